using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Device.Serving;

/// <summary>Sends clips to whoever asked for them, a few pieces at a time, so that nothing else waits behind them.</summary>
internal sealed class CaptureSending(Publisher publisher)
{
    private const int MostRequests = 4;

    private readonly List<Request> _requests = [];

    /// <summary>Begins to send clips.</summary>
    /// <param name="name">Last level of the topic they go to.</param>
    /// <param name="clips">The oldest first; may be none.</param>
    public (bool Done, string Detail, Dictionary<string, double> Values) Begin(
        string? name, CaptureStore store, IReadOnlyList<CaptureStore.StoredClip> clips)
    {
        if (!DeviceId.TryParse(name, out _))
        {
            return (false, "capture needs a request: 1 to 63 of a-z, 0-9 and -", []);
        }

        if (_requests.Count == MostRequests)
        {
            return (false, $"{MostRequests} requests are being sent already; ask again when one of them has ended", []);
        }

        if (clips.Count > 0)
        {
            _requests.RemoveAll(request => request.Name == name);
            _requests.Add(new Request(name!, store, clips));
        }

        return (true, clips.Count == 0 ? "there are no such clips" : "the clips are sent", new()
        {
            ["clips"] = clips.Count,
            ["bytes"] = clips.Sum(clip => clip.Length),
        });
    }

    /// <summary>Sends on, as far as there is room.</summary>
    public void Step()
    {
        while (_requests.Count > 0 && publisher.HasRoomForSamples)
        {
            // Taken in turns, so that a long request does not hold up a short one.
            Request request = _requests[0];
            _requests.RemoveAt(0);
            if (SendNext(request))
            {
                _requests.Add(request);
            }
        }
    }

    // False when the last piece was sent. A clip that went meanwhile is told as an empty one, so that the receiver does not wait for it.
    private bool SendNext(Request request)
    {
        CaptureStore.StoredClip clip = request.Clips[request.At];
        byte[] bytes = new byte[(int)Math.Min(SampleChunk.MostBytes, clip.Length - request.Offset)];
        int read = request.Store.Read(clip, request.Offset, bytes);
        bool isGone = read < bytes.Length;
        publisher.Sample(
            $"{SampleChunk.TopicPrefix}{request.Name}",
            new SampleChunk(
                clip.Name, request.At, request.Clips.Count, isGone ? 0 : request.Offset, isGone ? 0 : clip.Length, isGone ? default : bytes).Write());
        request.Offset += bytes.Length;
        if (isGone || request.Offset >= clip.Length)
        {
            request.At++;
            request.Offset = 0;
        }

        return request.At < request.Clips.Count;
    }

    private sealed class Request(string name, CaptureStore store, IReadOnlyList<CaptureStore.StoredClip> clips)
    {
        public string Name => name;

        public CaptureStore Store => store;

        public IReadOnlyList<CaptureStore.StoredClip> Clips => clips;

        public int At { get; set; }

        public long Offset { get; set; }
    }
}
