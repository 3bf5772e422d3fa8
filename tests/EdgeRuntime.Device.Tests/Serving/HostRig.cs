using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Engine.Tests.Sampling;

namespace EdgeRuntime.Device.Tests.Serving;

/// <summary>One model's host on a scripted sensor, with no thread: the test is the sensor's, the model's and the agent's.</summary>
internal sealed class HostRig : IDisposable
{
    private readonly Outbox _outbox;
    private readonly DurableOutbox _durable;
    private readonly OutboxKeeper _keeper;
    private readonly InMemoryLink _link;
    private readonly SensorFeed _feed;

    public HostRig(
        OverloadOptions? overload = null, IReadOnlyList<ActionConfiguration>? actions = null, ModelTotals? totals = null,
        string predictions = "changes", bool protobuf = false)
    {
        DeviceId device = DeviceId.TryParse("rig", out DeviceId id) ? id : default;
        _outbox = new Outbox(new OutboxOptions(), Time);
        _durable = new DurableOutbox(new DurableOutboxOptions { AcknowledgedByManager = false }, Time);
        _durable.OnConnected();
        _keeper = new OutboxKeeper(_durable, new SimulatedDisk(), Time, clockSynchronized: true);
        _link = new InMemoryLink(new InMemoryBroker(Time), new LinkOptions { Host = "broker", ClientId = "rig" });
        Publisher = new Publisher(device, new Topics("edge/v1"), new MessageStamp(BootId.Draw(new Random(1)), Time), _outbox, _durable, _link, Time);
        Sensor = new ScriptedSensor(Time);
        FrameSource source = new(Sensor);
        ModelConfiguration configuration = new()
        {
            Name = "plant",
            Sensor = new SensorConfiguration("scripted", _ => source) { Name = "plant" },
            Overload = overload ?? new OverloadOptions(),
            Actions = actions ?? [],
        };
        Host = new ModelHost(
            configuration, source, gate: null, opens: [], totals ?? new ModelTotals(), Publisher,
            new TelemetryConfiguration { WindowSeconds = 1, Predictions = predictions, Protobuf = protobuf }, Time, (decision, _) => Decided.Add(decision));
        _feed = new SensorFeed(source, Time, [Host.Path]);
    }

    public ManualTime Time { get; } = new();

    public ScriptedSensor Sensor { get; }

    public ModelHost Host { get; }

    public Publisher Publisher { get; }

    /// <summary>Changes of decision as the log is told them.</summary>
    public List<string> Decided { get; } = [];

    /// <summary>Everything posted so far, in its order: topic and payload.</summary>
    public List<LinkMessage> Sent { get; } = [];

    /// <summary>Wants a package whose every frame is a sample.</summary>
    public void Activate(float gain = 1, Func<ModelManifest, ModelManifest>? change = null, ReferenceProfile? reference = null)
    {
        byte[] package = TestPackages.Make(
            1, LinearModel.File(2, 2, gain, 0, 0, gain), gain, manifest => EveryFrame(change?.Invoke(manifest) ?? manifest),
            TestPackages.ReleaseKey, reference);
        Host.Activate(TestPackages.Verification.Verify(package, TestPackages.Site, _ => null), onTrial: false);
    }

    /// <summary>Reads frames, a tenth of a second apart.</summary>
    public void Read(int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            Time.Advance(0.1);
            _feed.Step();
        }
    }

    /// <summary>Infers everything that waits.</summary>
    public void ServeAll()
    {
        while (Host.Path.ServeNext())
        {
        }
    }

    /// <summary>What the agent does twenty times a second.</summary>
    public void Beat()
    {
        Host.HasChanged(out _);
        Host.Pump();
        Collect();
    }

    public void Stop()
    {
        Host.Path.Stop();
        Host.Stop();
        Collect();
    }

    /// <summary>What was sent on topics that begin so, read.</summary>
    public IReadOnlyList<T> Messages<T>(string topic, JsonTypeInfo<T> type) =>
    [
        .. Sent.Where(message => message.Topic.StartsWith($"edge/v1/rig/up/{topic}", StringComparison.Ordinal))
            .Select(message => JsonSerializer.Deserialize(message.Payload.Span, type)!),
    ];

    public void Dispose()
    {
        Host.Dispose();
        _link.Dispose();
        Sensor.Dispose();
    }

    private void Collect()
    {
        while (_outbox.TryTake(out LinkMessage message, out long token))
        {
            Sent.Add(message);
            _outbox.OnPublished(token);
        }

        _keeper.Step();
        while (_durable.TryTake(out StoredMessage kept, out long token))
        {
            Sent.Add(new LinkMessage { Topic = $"edge/v1/rig/up/{kept.Rest}", Payload = kept.Payload, Qos = kept.Qos });
            _durable.OnPublished(token);
        }
    }

    private static ModelManifest EveryFrame(ModelManifest manifest) => manifest with
    {
        Pipeline = manifest.Pipeline with { WindowFrames = 1, HopFrames = 1 },
    };
}
