using EdgeRuntime.Contracts.Protobuf;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>Puts clips together of the pieces in which they come, in any order and any number of times.</summary>
/// <remarks>
/// It holds what has come and no more: however large a piece says that its clip is, room is made for the piece alone. A device that is asked
/// twice begins anew, maybe with other clips; what comes later stands.
/// </remarks>
internal sealed class ClipCollection
{
    private const long LargestClip = 1L << 30;

    private readonly Dictionary<long, Clip> _clips = [];

    /// <summary>How many clips are to come; null before the first piece.</summary>
    public long? Expected { get; private set; }

    /// <summary>Whether all have come.</summary>
    public bool IsComplete => Expected is long expected && _clips.Count == expected && _clips.Values.All(clip => clip.IsWhole);

    /// <summary>Those that have come whole, in their order; clips that went before they could be sent are not among them.</summary>
    public IEnumerable<(string Name, byte[] Bytes)> Whole() =>
        _clips.OrderBy(clip => clip.Key).Where(clip => clip.Value is { IsWhole: true, Length: > 0 }).Select(clip => (clip.Value.Name, clip.Value.Joined()));

    /// <summary>Takes one piece.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public void Add(ReadOnlySpan<byte> message)
    {
        SampleChunk chunk = SampleChunk.Read(message);
        if (chunk.Length > LargestClip)
        {
            throw new FormatException($"clip '{chunk.Clip}' has {chunk.Length} bytes, more than the {LargestClip} that are read");
        }

        if (Expected != chunk.Clips)
        {
            _clips.Clear();
            Expected = chunk.Clips;
        }

        // One that went before it could be sent comes again, with a length of 0.
        if (!_clips.TryGetValue(chunk.Number, out Clip? clip) || clip.Name != chunk.Clip || clip.Length != chunk.Length)
        {
            clip = new Clip(chunk.Clip, chunk.Length);
            _clips[chunk.Number] = clip;
        }

        clip.Add(chunk.Offset, chunk.Data);
    }

    private sealed class Clip(string name, long length)
    {
        private readonly Dictionary<long, ReadOnlyMemory<byte>> _pieces = [];
        private long _received;

        public string Name => name;

        public long Length => length;

        public bool IsWhole => _received == length;

        public void Add(long offset, ReadOnlyMemory<byte> piece)
        {
            if (_pieces.TryAdd(offset, piece))
            {
                _received += piece.Length;
            }
        }

        public byte[] Joined()
        {
            byte[] joined = new byte[length];
            foreach ((long offset, ReadOnlyMemory<byte> piece) in _pieces)
            {
                piece.Span.CopyTo(joined.AsSpan((int)offset));
            }

            return joined;
        }
    }
}
