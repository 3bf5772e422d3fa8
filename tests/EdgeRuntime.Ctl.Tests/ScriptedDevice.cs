using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>A device without a model: answers commands, checks orders, fetches packages chunk by chunk, and ends as scripted.</summary>
internal sealed class ScriptedDevice : ILinkEvents, IDisposable
{
    private static readonly long NowMs = ImpatientTime.Now.ToUnixTimeMilliseconds();

    private readonly Topics _topics = new(Topics.DefaultRoot);
    private readonly DeviceId _id;
    private readonly VerifyingKey _deployKey;
    private readonly InMemoryLink _link;
    private long _sequence;
    private DesiredState? _order;
    private byte[] _fetched = [];
    private long _generation;

    public ScriptedDevice(InMemoryBroker broker, string name, VerifyingKey deployKey, long generation = 0)
    {
        _id = DeviceId.Parse(name);
        _deployKey = deployKey;
        _generation = generation;
        _link = new InMemoryLink(broker, new LinkOptions
        {
            Host = "memory",
            ClientId = name,
            Subscriptions = [($"{_topics.Root}/{name}/down/#", 1)],
        });
        _link.Start(this);
    }

    /// <summary>How it judges the package once it has it.</summary>
    public UpdateState Verdict { get; init; } = UpdateState.Committed;

    /// <summary>Why, where that is not a commit.</summary>
    public string? Reason { get; init; }

    /// <summary>False to fetch nothing.</summary>
    public bool Fetches { get; init; } = true;

    /// <summary>What it says that packages are to be encrypted with.</summary>
    public byte[]? EncryptionKey { get; init; }

    /// <summary>The order it took, or null.</summary>
    public DesiredState? Order => _order;

    /// <summary>Hash of what it fetched.</summary>
    public string FetchedSha256 => Convert.ToHexStringLower(SHA256.HashData(_fetched));

    /// <summary>Model named by the undo command that came, or null.</summary>
    public string? Undone { get; private set; }

    /// <summary>Completed once it took an order.</summary>
    public TaskCompletionSource Ordered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _link.Dispose();

    public void OnConnected(bool sessionPresent)
    {
        Publish("status", new StatusMessage { Boot = default, Sequence = ++_sequence, UnixMs = NowMs, ClockSynchronized = true, State = DeviceState.Online }, WireJson.Default.StatusMessage, retain: true);
        Report(UpdateState.Idle);
    }

    public void OnDisconnected(string reason)
    {
    }

    public void OnPublished(long token)
    {
    }

    public void OnMessage(in LinkMessage message)
    {
        _topics.TrySplit(message.Topic, out _, out _, out string rest);
        if (rest.StartsWith("command/", StringComparison.Ordinal))
        {
            OnCommand(rest["command/".Length..], message);
        }
        else if (rest == "desired")
        {
            OnDesired(message.Payload.Span);
        }
        else if (rest.StartsWith(ChunkCodec.ChunkTopicPrefix, StringComparison.Ordinal)
            && ChunkCodec.TryReadChunk(message.Payload.Span, out ChunkHeader header, out ReadOnlySpan<byte> bytes))
        {
            bytes.CopyTo(_fetched.AsSpan((int)header.Offset));
            Continue(header.Offset + header.Length);
        }
    }

    /// <summary>Tells its key.</summary>
    public ScriptedDevice TellKey()
    {
        Publish("info", new InfoMessage
        {
            Boot = default, Sequence = ++_sequence, UnixMs = NowMs, ClockSynchronized = true, Hardware = new HardwareInfo("x64", "", 1, 1),
            OperatingSystem = "", Runtime = "", Profile = "", EncryptionKey = EncryptionKey,
        }, WireJson.Default.InfoMessage, retain: true);
        return this;
    }

    private PackageReference Package => _order!.Slots.Values.Single();

    private void OnCommand(string name, in LinkMessage message)
    {
        CommandMessage command = JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.CommandMessage)!;
        Undone = name == "undo" ? command.Model : Undone;
        ResponseMessage answer = new()
        {
            Boot = default, Sequence = ++_sequence, UnixMs = NowMs, ClockSynchronized = true, Done = true, Detail = name == "undo" ? "it returns" : "pong",
        };
        _link.TryPublish(new LinkMessage { Topic = message.ResponseTopic!, Qos = 1, Payload = JsonSerializer.SerializeToUtf8Bytes(answer, WireJson.Default.ResponseMessage) }, 0);
    }

    private void OnDesired(ReadOnlySpan<byte> message)
    {
        SignedEnvelope envelope = JsonSerializer.Deserialize(message, WireJson.Default.SignedEnvelope)!;
        if (!Dsse.TryOpen(envelope, DesiredState.PayloadType, [_deployKey], out ReadOnlyMemory<byte> payload))
        {
            Publish("event/update", new EventMessage
            {
                Boot = default, Sequence = ++_sequence, UnixMs = NowMs, ClockSynchronized = true, Kind = "update", Severity = EventSeverity.Warning,
                Detail = DesiredState.IgnoredWords + "no deploy key that this device trusts signed it",
            }, WireJson.Default.EventMessage);
            return;
        }

        DesiredState desired = JsonSerializer.Deserialize(payload.Span, WireJson.Default.DesiredState)!;
        if (desired.Generation <= _generation)
        {
            return;
        }

        _generation = desired.Generation;
        _order = desired;
        _fetched = new byte[Package.Size];
        Report(UpdateState.Downloading);
        Ordered.TrySetResult();
        if (Fetches)
        {
            Continue(0);
        }
    }

    private void Continue(long offset)
    {
        if (offset < Package.Size)
        {
            byte[] bytes = new byte[ChunkCodec.MaxRequestBytes];
            int length = ChunkCodec.WriteRequest(new ChunkRequest(Package.ArchiveSha256, offset, Package.ChunkBytes, 1, "t"), bytes);
            _link.TryPublish(new LinkMessage { Topic = _topics.Up(_id, ChunkCodec.RequestTopic), Payload = bytes.AsMemory(0, length) }, 0);
            return;
        }

        Publish($"update/{_order!.Deployment}", new UpdateMessage
        {
            Boot = default, Sequence = ++_sequence, UnixMs = NowMs, ClockSynchronized = true, Deployment = _order.Deployment,
            Generation = _generation, Model = "vitals", Digest = Package.Digest, State = Verdict, Reason = Reason,
        }, WireJson.Default.UpdateMessage);
        Report(Verdict);
    }

    private void Report(UpdateState phase) => Publish("reported", new ReportedMessage
    {
        Boot = default, Sequence = ++_sequence, UnixMs = NowMs, ClockSynchronized = true, Generation = _generation, ConfigurationSha256 = "",
        Models = [new ReportedModel
        {
            Name = "vitals",
            Phase = phase,
            Active = phase == UpdateState.Committed ? new PackageLabel(Package.Digest, Package.Version) : null,
            Candidate = phase == UpdateState.Downloading ? new PackageLabel(Package.Digest, Package.Version) : null,
        }],
    }, WireJson.Default.ReportedMessage, retain: true);

    private void Publish<T>(string rest, T message, JsonTypeInfo<T> type, bool retain = false) => _link.TryPublish(new LinkMessage
    {
        Topic = _topics.Up(_id, rest),
        Payload = JsonSerializer.SerializeToUtf8Bytes(message, type),
        Qos = 1,
        Retain = retain,
    }, 0);
}
