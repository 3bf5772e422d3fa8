using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Bench;

/// <summary>The least of a fleet manager that one device needs: orders, chunks, and an ear for what the device tells.</summary>
internal sealed class TrialManager : ILinkEvents, IDisposable
{
    private const int ChunkBytes = 32 * 1024;

    private readonly object _gate = new();
    private readonly Dictionary<string, byte[]> _shelf = [];
    private readonly List<UpdateMessage> _steps = [];
    private readonly List<PredictionMessage> _predictions = [];
    private readonly List<WindowMessage> _windows = [];
    private readonly Dictionary<(string Class, BootId Boot), long> _stored = [];
    private readonly Topics _topics = new(Topics.DefaultRoot);
    private readonly DeviceId _device;
    private readonly SigningKey _deployKey;
    private readonly ILink _link;
    private ReportedMessage? _reported;
    private ResponseMessage? _response;
    private long _generation;
    private bool _isConnected;

    /// <param name="connect">Makes the link, subscribed to what a manager subscribes to.</param>
    public TrialManager(string device, SigningKey deployKey, Func<IReadOnlyList<(string, int)>, ILink> connect)
    {
        _device = DeviceId.Parse(device);
        _deployKey = deployKey;
        _link = connect([(_topics.Up(_device, "#"), 1)]);
        _link.Start(this);
    }

    /// <summary>Steps of updates in the order in which they came, progress left out.</summary>
    public IReadOnlyList<UpdateMessage> Steps => Copy(_steps);

    /// <summary>Batches of predictions in the order in which they came.</summary>
    public IReadOnlyList<PredictionMessage> Predictions => Copy(_predictions);

    /// <summary>Windows in the order in which they came.</summary>
    public IReadOnlyList<WindowMessage> Windows => Copy(_windows);

    /// <summary>What the device reported last, or null.</summary>
    public ReportedMessage? Reported
    {
        get
        {
            lock (_gate)
            {
                return _reported;
            }
        }
    }

    /// <summary>Orders a package; returns once the broker has the order.</summary>
    /// <returns>Name of the deployment.</returns>
    public string Order(byte[] archive, bool revert = false)
    {
        PackageArchive package = PackageArchive.ReadUnverified(archive);
        PackageReference reference = package.ToReference(ChunkBytes, revert);
        WaitUntil(() => _isConnected, 30, "the manager is connected");
        DesiredState desired;
        lock (_gate)
        {
            _shelf[reference.ArchiveSha256] = archive;
            _generation++;
            desired = new DesiredState
            {
                Device = _device,
                Deployment = $"trial-{_generation}",
                Generation = _generation,
                IssuedUnixMs = _generation,
                Slots = new Dictionary<string, PackageReference> { [package.Manifest.Name] = reference },
            };
        }

        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(desired, WireJson.Default.DesiredState);
        SignedEnvelope envelope = Dsse.Seal(DesiredState.PayloadType, payload, _deployKey);
        LinkMessage message = new()
        {
            Topic = _topics.Down(_device, "desired"),
            Payload = JsonSerializer.SerializeToUtf8Bytes(envelope, WireJson.Default.SignedEnvelope),
            Qos = 1,
            Retain = true,
        };
        WaitUntil(() => _link.TryPublish(message, 0), 30, "the order is sent");
        return desired.Deployment;
    }

    /// <summary>Waits for the end of an update.</summary>
    public UpdateMessage EndOf(string deployment, int seconds)
    {
        UpdateMessage? end = null;
        WaitUntil(
            () => (end = _steps.Find(step => step.Deployment == deployment
                && step.State is UpdateState.Committed or UpdateState.Rejected or UpdateState.Undone)) is not null,
            seconds, $"{deployment} came to its end");
        return end!;
    }

    /// <summary>Sends a command and waits for the answer to it; one at a time.</summary>
    /// <param name="name">Such as <c>explain</c>.</param>
    public ResponseMessage Ask(string name, CommandMessage command, int seconds)
    {
        Note(() => _response = null);
        LinkMessage message = new()
        {
            Topic = _topics.Down(_device, $"command/{name}"),
            Payload = JsonSerializer.SerializeToUtf8Bytes(command, WireJson.Default.CommandMessage),
            Qos = 1,
        };
        WaitUntil(() => _link.TryPublish(message, 0), 30, "the command is sent");
        WaitUntil(() => _response is not null, seconds, $"{name} was answered");
        return _response!;
    }

    /// <summary>Waits until something holds of what was heard.</summary>
    /// <exception cref="TimeoutException">It did not within the time.</exception>
    public void WaitUntil(Func<bool> holds, int seconds, string what)
    {
        long begin = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            while (!holds())
            {
                TimeSpan left = TimeSpan.FromSeconds(seconds) - TimeProvider.System.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero)
                {
                    string told = string.Join(", ", _steps.TakeLast(5).Select(step => $"{step.Deployment} {step.State} {step.Reason}"));
                    throw new TimeoutException($"waited {seconds} s in vain until {what}; told last: {told}");
                }

                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Min(left.TotalMilliseconds, 50)));
            }
        }
    }

    /// <summary>Forgets the predictions heard so far.</summary>
    public void ForgetPredictions()
    {
        lock (_gate)
        {
            _predictions.Clear();
            _windows.Clear();
        }
    }

    /// <inheritdoc/>
    public void OnConnected(bool sessionPresent) => Note(() => _isConnected = true);

    /// <inheritdoc/>
    public void OnDisconnected(string reason) => Note(() => _isConnected = false);

    /// <inheritdoc/>
    public void OnPublished(long token)
    {
    }

    /// <inheritdoc/>
    public void OnMessage(in LinkMessage message)
    {
        if (!_topics.TrySplit(message.Topic, out _, out _, out string rest))
        {
            return;
        }

        ReadOnlySpan<byte> payload = message.Payload.Span;
        if (rest == ChunkCodec.RequestTopic)
        {
            if (ChunkCodec.TryReadRequest(payload, out ChunkRequest request))
            {
                Serve(request);
            }
        }
        else if (rest.StartsWith("update/", StringComparison.Ordinal))
        {
            if (Read(payload, WireJson.Default.UpdateMessage) is { Percent: null } step)
            {
                Store("update", step);
                Note(() => _steps.Add(step));
            }
        }
        else if (rest.StartsWith("prediction/", StringComparison.Ordinal))
        {
            PredictionMessage batch = Read(payload, WireJson.Default.PredictionMessage);
            Store("prediction", batch);
            Note(() => _predictions.Add(batch));
        }
        else if (rest.StartsWith("event/", StringComparison.Ordinal))
        {
            Store("event", Read(payload, WireJson.Default.EventMessage));
        }
        else if (rest.StartsWith("window/", StringComparison.Ordinal))
        {
            WindowMessage window = Read(payload, WireJson.Default.WindowMessage);
            Store("window", window);
            Acknowledge();
            Note(() => _windows.Add(window));
        }
        else if (rest.StartsWith("response/", StringComparison.Ordinal))
        {
            ResponseMessage response = Read(payload, WireJson.Default.ResponseMessage);
            Note(() => _response = response);
        }
        else if (rest == "reported")
        {
            ReportedMessage reported = Read(payload, WireJson.Default.ReportedMessage);
            Note(() => _reported = reported);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Stop(TimeSpan.FromSeconds(1));
        _link.Dispose();
    }

    private void Store(string messageClass, DeviceMessage message) => _stored[(messageClass, message.Boot)] = message.Sequence;

    // A device keeps what no manager has acknowledged. On the link's thread, as all that it hears; with each window, a second apart.
    private void Acknowledge()
    {
        foreach (((string messageClass, BootId boot), long highest) in _stored)
        {
            // One that the link does not take goes with the next window.
            _ = _link.TryPublish(
                new LinkMessage
                {
                    Topic = _topics.Down(_device, "ack"),
                    Payload = JsonSerializer.SerializeToUtf8Bytes(new AckMessage(messageClass, boot, highest), WireJson.Default.AckMessage),
                    Qos = 1,
                },
                0);
        }
    }

    private void Serve(ChunkRequest request)
    {
        byte[]? archive;
        lock (_gate)
        {
            archive = _shelf.GetValueOrDefault(request.ArchiveSha256);
        }

        for (int i = 0; archive is not null && i < request.Window; i++)
        {
            long offset = request.Offset + ((long)i * request.Length);
            if (offset >= archive.Length)
            {
                break;
            }

            int length = (int)Math.Min(request.Length, archive.Length - offset);
            byte[] chunk = new byte[ChunkCodec.HeaderBytes + length];
            archive.AsSpan((int)offset, length).CopyTo(chunk.AsSpan(ChunkCodec.HeaderBytes));
            ChunkCodec.WriteChunkHeader(chunk, offset);

            // One that the link does not take is asked for again.
            _ = _link.TryPublish(
                new LinkMessage
                {
                    Topic = _topics.Down(_device, ChunkCodec.ChunkTopicPrefix + request.Transfer),
                    Payload = chunk,
                },
                0);
        }
    }

    private static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(json, type)!;

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }

    private void Note(Action what)
    {
        lock (_gate)
        {
            what();
            Monitor.PulseAll(_gate);
        }
    }
}
