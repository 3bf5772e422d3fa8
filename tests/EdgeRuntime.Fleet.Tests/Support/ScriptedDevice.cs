using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Fleet.Tests.Support;

/// <summary>
/// A device that does what the wire asks of one, without a model: births, windows, orders checked and obeyed, packages
/// fetched chunk by chunk and checked. How packages behave on it is scripted.
/// </summary>
internal sealed class ScriptedDevice : ILinkEvents
{
    private const int ChunksAtOnce = 4;

    private readonly ManualTime _time;
    private readonly Topics _topics = new(Topics.DefaultRoot);
    private readonly Random _random;
    private readonly Dictionary<string, long> _sequences = [];
    private readonly InMemoryBroker _broker;
    private readonly HpkePrivateKey? _key;
    private BootId _boot;
    private DesiredState? _order;
    private byte[] _fetched = [];
    private long _windowStartMs;

    /// <param name="key">What packages are encrypted with for it, or null where it tells none.</param>
    public ScriptedDevice(string name, InMemoryBroker broker, ManualTime time, PackageLabel active, int seed, HpkePrivateKey? key = null)
    {
        _key = key;
        Id = DeviceId.Parse(name);
        _broker = broker;
        _time = time;
        Active = active;
        _random = new Random(seed);
        _boot = BootId.Draw(_random);
        _windowStartMs = time.NowMs;
        Link = Connect();
    }

    public DeviceId Id { get; }

    public InMemoryLink Link { get; private set; }

    public PackageLabel Active { get; private set; }

    public PackageLabel? Previous { get; private set; }

    public UpdateState Phase { get; private set; } = UpdateState.Idle;

    public long Generation { get; private set; }

    /// <summary>Whether it takes configurations too; it commits them at once, and fetches nothing.</summary>
    public bool TakesSettings
    {
        get;
        set
        {
            field = value;
            SendReported();
        }
    }

    /// <summary>The configuration package in force, or null.</summary>
    public PackageLabel? Settings { get; private set; }

    /// <summary>Every package that ever answered on it, in order.</summary>
    public List<PackageLabel> Served { get; } = [];

    /// <summary>How each package behaves; those not named are good.</summary>
    public Dictionary<ModelId, Behaviour> Behaviours { get; } = [];

    /// <summary>Packages it refuses, with the reason.</summary>
    public Dictionary<ModelId, string> Refuses { get; } = [];

    /// <summary>Loads it sees, in turn, one a window.</summary>
    public int[] Loads { get; set; } = [0, 1, 2];

    /// <summary>Receipts it got: highest contiguous sequence by class.</summary>
    public Dictionary<string, long> Receipts { get; } = [];

    public int OrdersHeard { get; private set; }

    /// <summary>The newest order it accepted, or null.</summary>
    public DesiredState? Order => _order;

    /// <summary>The newest order it heard, old ones that come again included, or null.</summary>
    public DesiredState? Retold { get; private set; }

    /// <summary>All that chunks ever brought, as it came.</summary>
    public List<byte> Carried { get; } = [];

    /// <summary>Starts it again, as after a power cut: another boot, the same store.</summary>
    public void Restart()
    {
        Link.Dispose();
        _boot = BootId.Draw(_random);
        _sequences.Clear();
        _order = null;
        Link = Connect();
    }

    /// <summary>Sends the window since the last one.</summary>
    public WindowMessage SendWindow(int samples = 50)
    {
        long endMs = _time.NowMs - 1;
        int load = Loads[(int)(_sequences.GetValueOrDefault("window") % Loads.Length)];
        Behaviour behaviour = Behaviours.GetValueOrDefault(Active.Digest, Behaviour.Good);
        WindowMessage window = TestWindows.Make(
            Active, _boot, Next("window"), _windowStartMs, endMs, samples, load, behaviour, _random);
        _windowStartMs = _time.NowMs;
        Publish($"window/{TestPackages.Model}", window, WireJson.Default.WindowMessage);
        return window;
    }

    public void SendLatest() => Publish($"latest/{TestPackages.Model}", new LatestMessage
    {
        Boot = _boot,
        Sequence = Next("latest"),
        UnixMs = _time.NowMs,
        ClockSynchronized = true,
        Model = TestPackages.Model,
        Version = Active.Version,
        Digest = Active.Digest,
        N = _sequences["latest"],
        SampleUnixMs = _time.NowMs,
        Decision = "idle",
        Label = "idle",
        Score = 0.9,
        Scores = [0.9, 0.05, 0.05],
        Labels = TestPackages.Labels,
        InferMicroseconds = 50,
        PathMicroseconds = 90,
    }, WireJson.Default.LatestMessage, qos: 0, retain: true);

    public void SendEvent(string kind, string detail) => Publish($"event/{kind}", new EventMessage
    {
        Boot = _boot,
        Sequence = Next("event"),
        UnixMs = _time.NowMs,
        ClockSynchronized = true,
        Kind = kind,
        Severity = EventSeverity.Warning,
        Detail = detail,
    }, WireJson.Default.EventMessage);

    /// <summary>Publishes bytes of one's own on one of its topics.</summary>
    public void PublishRaw(string rest, byte[] payload, int qos = 1) =>
        Link.TryPublish(new LinkMessage { Topic = _topics.Up(Id, rest), Payload = payload, Qos = qos }, 0);

    public void OnConnected(bool sessionPresent)
    {
        SendStatus(DeviceState.Online);
        Publish("info", new InfoMessage
        {
            Boot = _boot,
            Sequence = Next("info"),
            UnixMs = _time.NowMs,
            ClockSynchronized = true,
            Hardware = new HardwareInfo("x64", "test", 2, 1 << 30),
            OperatingSystem = "test",
            Runtime = "test",
            Profile = "test",
            EncryptionKey = _key?.PublicKey,
            Labels = new Dictionary<string, string> { ["site"] = "test" },
        }, WireJson.Default.InfoMessage, retain: true);
        SendReported();
    }

    public void OnDisconnected(string reason)
    {
    }

    public void OnPublished(long token)
    {
    }

    public void OnMessage(in LinkMessage message)
    {
        if (!_topics.TrySplit(message.Topic, out DeviceId device, out _, out string rest) || device != Id)
        {
            return;
        }

        if (rest == "desired")
        {
            Obey(message.Payload.Span);
        }
        else if (rest == "ack")
        {
            AckMessage ack = JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.AckMessage)!;
            if (ack.Boot == _boot)
            {
                Receipts[ack.Class] = ack.Highest;
            }
        }
        else if (rest.StartsWith(ChunkCodec.ChunkTopicPrefix, StringComparison.Ordinal))
        {
            Receive(message.Payload.Span);
        }
    }

    private PackageReference? Wanted => _order?.Slots.GetValueOrDefault(TestPackages.Model);

    private InMemoryLink Connect()
    {
        StatusMessage gone = Status(DeviceState.Lost, Next("status"));
        InMemoryLink link = new(_broker, new LinkOptions
        {
            Host = "in-memory",
            ClientId = Id.ToString(),
            Subscriptions = [(_topics.Down(Id, "#"), 1)],
            WillDelaySeconds = 0,
            Will = new LinkMessage
            {
                Topic = _topics.Up(Id, "status"),
                Payload = JsonSerializer.SerializeToUtf8Bytes(gone, WireJson.Default.StatusMessage),
                Qos = 1,
                Retain = true,
            },
        });
        link.Start(this);
        return link;
    }

    private void Obey(ReadOnlySpan<byte> envelope)
    {
        OrdersHeard++;
        SignedEnvelope sealedOrder = JsonSerializer.Deserialize(envelope, WireJson.Default.SignedEnvelope)!;
        if (!Dsse.TryOpen(sealedOrder, DesiredState.PayloadType, [TestPackages.DeployKey.Public], out ReadOnlyMemory<byte> payload))
        {
            throw new InvalidOperationException("an order without a valid signature");
        }

        DesiredState order = JsonSerializer.Deserialize(payload.Span, WireJson.Default.DesiredState)!;
        if (order.Device != Id)
        {
            throw new InvalidOperationException("an order for another device");
        }

        Retold = order;
        if (order.Generation <= Generation)
        {
            return;
        }

        Generation = order.Generation;
        _order = order;
        if (order.Slots.GetValueOrDefault(TestPackages.Settings) is PackageReference settings)
        {
            Settings = new PackageLabel(settings.Digest, settings.Version);
        }
        else if (order.Without?.Contains(TestPackages.Settings) == true)
        {
            Settings = null;
        }

        if (Wanted is not PackageReference wanted)
        {
            SendReported();
            return;
        }

        if (wanted.Digest == Active.Digest)
        {
            Phase = UpdateState.Idle;
            SendReported();
        }
        else if (wanted.Revert && wanted.Digest == Previous?.Digest)
        {
            Switch(wanted);
        }
        else
        {
            Phase = UpdateState.Downloading;
            _fetched = [];
            Step(UpdateState.Downloading, null);
            SendReported();
            Ask();
        }
    }

    private void Ask()
    {
        byte[] request = new byte[ChunkCodec.MaxRequestBytes];
        int length = ChunkCodec.WriteRequest(
            new ChunkRequest(
                Wanted!.Carried().Sha256, _fetched.Length / Wanted.ChunkBytes * CarriedChunkBytes, CarriedChunkBytes, ChunksAtOnce, "t1"),
            request);
        PublishRaw(ChunkCodec.RequestTopic, request[..length], qos: 0);
    }

    private void Receive(ReadOnlySpan<byte> message)
    {
        if (Phase != UpdateState.Downloading
            || !ChunkCodec.TryReadChunk(message, out ChunkHeader header, out ReadOnlySpan<byte> payload)
            || header.Offset != _fetched.Length / Wanted!.ChunkBytes * CarriedChunkBytes)
        {
            return;
        }

        Carried.AddRange(payload);
        int number = (int)(header.Offset / CarriedChunkBytes);
        byte[] chunk = Opened(payload, number);
        string hash = Convert.ToHexStringLower(SHA256.HashData(chunk));
        if (hash != Wanted!.ChunkSha256[number])
        {
            throw new InvalidOperationException("a chunk that is not the one ordered");
        }

        _fetched = [.. _fetched, .. chunk];
        if (_fetched.Length == Wanted.Size)
        {
            Install();
        }
        else if (_fetched.Length / Wanted.ChunkBytes % ChunksAtOnce == 0)
        {
            Ask();
        }
    }

    private int CarriedChunkBytes => Wanted!.ChunkBytes + (Wanted.Encryption is null ? 0 : ChunkCipher.TagBytes);

    private byte[] Opened(ReadOnlySpan<byte> carried, int number)
    {
        if (Wanted!.Encryption is not PackageEncryption encryption)
        {
            return carried.ToArray();
        }

        byte[] chunk = new byte[carried.Length - ChunkCipher.TagBytes];
        ContentKey? content = ContentKey.Unwrap(encryption, _key!, Id, Wanted.ArchiveSha256, out string? objection);
        using ChunkCipher cipher = content?.CipherOf(Wanted.ArchiveSha256, Wanted.ChunkSha256.Count) ?? throw new InvalidOperationException(objection);
        return cipher.TryOpen(number, carried, chunk) ? chunk : throw new InvalidOperationException("a chunk that was not encrypted for this order");
    }

    private void Install()
    {
        PackageArchive package = PackageArchive.Read(_fetched, [TestPackages.ReleaseKey.Public]);
        if (package.Id != Wanted!.Digest)
        {
            throw new InvalidOperationException("another package than ordered");
        }

        if (Refuses.TryGetValue(Wanted.Digest, out string? reason))
        {
            Phase = UpdateState.Rejected;

            // The report first: the manager must not lose the reason that follows.
            SendReported();
            Step(UpdateState.Rejected, reason);
            return;
        }

        Step(UpdateState.Verifying, null);
        Switch(Wanted);
    }

    private void Switch(PackageReference wanted)
    {
        Previous = Active;
        Active = new PackageLabel(wanted.Digest, wanted.Version);
        Served.Add(Active);
        _windowStartMs = _time.NowMs;
        Phase = UpdateState.Committed;
        Step(UpdateState.Soaking, null);
        Step(UpdateState.Committed, null);
        SendReported();
    }

    private void Step(UpdateState state, string? reason) => Publish($"update/{_order!.Deployment}", new UpdateMessage
    {
        Boot = _boot,
        Sequence = Next("update"),
        UnixMs = _time.NowMs,
        ClockSynchronized = true,
        Deployment = _order.Deployment,
        Generation = _order.Generation,
        Model = TestPackages.Model,
        Digest = Wanted!.Digest,
        State = state,
        Reason = reason,
    }, WireJson.Default.UpdateMessage);

    private void SendReported() => Publish("reported", new ReportedMessage
    {
        Boot = _boot,
        Sequence = Next("reported"),
        UnixMs = _time.NowMs,
        ClockSynchronized = true,
        Generation = Generation,
        Deployment = _order?.Deployment,
        ConfigurationSha256 = new string('0', 64),
        Models =
        [
            new ReportedModel { Name = TestPackages.Model, Phase = Phase, Active = Active, Previous = Previous },
            .. TakesSettings ? [SettingsLine] : Array.Empty<ReportedModel>(),
        ],
    }, WireJson.Default.ReportedMessage, retain: true);

    private ReportedModel SettingsLine => new()
    {
        Name = TestPackages.Settings, Kind = PackageManifest.ConfigurationKind, Active = Settings,
        Phase = Settings is null ? UpdateState.Idle : UpdateState.Committed,
    };

    private void SendStatus(DeviceState state) => Publish("status", Status(state, Next("status")), WireJson.Default.StatusMessage, retain: true);

    private StatusMessage Status(DeviceState state, long sequence) => new()
    {
        Boot = _boot,
        Sequence = sequence,
        UnixMs = _time.NowMs,
        ClockSynchronized = true,
        State = state,
        Models = new Dictionary<string, ModelId> { [TestPackages.Model] = Active.Digest },
    };

    private long Next(string messageClass)
    {
        long next = _sequences.GetValueOrDefault(messageClass) + 1;
        _sequences[messageClass] = next;
        return next;
    }

    private void Publish<T>(string rest, T message, JsonTypeInfo<T> type, int qos = 1, bool retain = false) => Link.TryPublish(
        new LinkMessage { Topic = _topics.Up(Id, rest), Payload = JsonSerializer.SerializeToUtf8Bytes(message, type), Qos = qos, Retain = retain }, 0);
}
