using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Configuration;

/// <summary>
/// The device's configuration file (<c>edge.json</c>): who it is, where the broker is, whom it trusts, and which models
/// it serves from which sensors. What a package's manifest says is never repeated here.
/// </summary>
public sealed record DeviceConfiguration
{
    /// <summary>The device's name on the wire, its MQTT client id and user name.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>Name of a device profile, or the whole path of one (ending in <c>.json</c>).</summary>
    public required string Profile { get; init; }

    /// <summary>Directory of everything the device keeps.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Whether packages and optimized graphs are kept encrypted. (default: false)</summary>
    public bool EncryptAtRest { get; init; }

    /// <summary>The file of the device's key, or null for one that the device makes in its state directory.</summary>
    public string? DeviceKeyFile { get; init; }

    /// <summary>The broker.</summary>
    public required LinkConfiguration Link { get; init; }

    /// <summary>Whose signatures count.</summary>
    public required TrustConfiguration Trust { get; init; }

    /// <summary>Group, site and whatever else the fleet should know.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What is reported, and how often.</summary>
    public required TelemetryConfiguration Telemetry { get; init; }

    /// <summary>What packages may come by, and what an update may cost.</summary>
    public TransferPolicy Transfer { get; init; } = new();

    /// <summary>What packages may change beside the models.</summary>
    public UpdatesConfiguration Updates { get; init; } = new();

    /// <summary>At least one.</summary>
    public required IReadOnlyList<ModelConfiguration> Models { get; init; }

    /// <summary>Every sensor that a model reads, once, in the order of the first of its models.</summary>
    public IReadOnlyList<SensorConfiguration> Sensors => [.. Models.Select(model => model.Sensor).DistinctBy(sensor => sensor.Name)];

    /// <summary>What waits for certain decisions of a model, gates and actions: a word for it, and the decisions.</summary>
    public IEnumerable<(string Who, IReadOnlyList<string> Decisions)> WaitingFor(string model) =>
    [
        .. Models.Select(gated => gated.Gate).OfType<GateConfiguration>().Where(gate => gate.Model == model)
            .Select(gate => ("a gate", gate.Decisions)),
        .. Models.Where(each => each.Name == model).SelectMany(each => each.Actions).Select(action => ("an action", action.Decisions)),
    ];
}

/// <summary>How the broker is reached.</summary>
public sealed record LinkConfiguration
{
    /// <summary>Host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port. (default: 1883)</summary>
    public int Port { get; init; } = 1883;

    /// <summary>First levels of every topic. (default: edge/v1)</summary>
    public string Root { get; init; } = Topics.DefaultRoot;

    /// <summary>Password for the user named as the device, or null for an anonymous connection.</summary>
    public string? Password { get; init; }

    /// <summary>Seconds the broker waits before it says that the device is lost. (default: 90; 0 to 3600)</summary>
    public int WillDelaySeconds { get; init; } = 90;

    /// <summary>Seconds of silence after which the broker is asked whether it lives. (default: 20; 5 to 3600)</summary>
    public int KeepAliveSeconds { get; init; } = 20;
}

/// <summary>Whose signatures count: public keys in PEM files.</summary>
/// <param name="ReleaseKeys">Signers of packages.</param>
/// <param name="DeployKeys">Signers of orders.</param>
/// <param name="Root">
/// A TUF root, or null. With one, packages must be listed in the fleet's TUF metadata, and orders be signed by its deploy role.
/// </param>
/// <param name="MetadataUrl">
/// Where the metadata of that root's repository lies, an http or https address of a directory; null where it comes over the link only.
/// </param>
/// <param name="Development">Whether the files may hold development keys, those of 'edgectl new'. (default: refused)</param>
public sealed record TrustConfiguration(
    IReadOnlyList<string> ReleaseKeys,
    IReadOnlyList<string> DeployKeys,
    string? Root = null,
    string? MetadataUrl = null,
    DevelopmentKeys Development = DevelopmentKeys.Refused);

/// <summary>What is reported, and how often.</summary>
public sealed record TelemetryConfiguration
{
    /// <summary>Seconds of samples in one window of counters. (default: 60; 1 to 3600)</summary>
    public double WindowSeconds { get; init; } = 60;

    /// <summary>Milliseconds between two newest decisions on the wire. (default: 1000; 200 to 60000)</summary>
    public int LatestMs { get; init; } = 1000;

    /// <summary>Which single predictions are sent: <c>none</c>, <c>changes</c> of decision, or <c>all</c>. (default: changes)</summary>
    public string Predictions { get; init; } = "changes";

    /// <summary>True for windows as protobuf instead of JSON: a fifth of the bytes, for the fleet alone to read. (default: false)</summary>
    public bool Protobuf { get; init; }

    /// <summary>What waits on the disk to be sent: how much, for how long, and until whose word.</summary>
    public DurableOutboxOptions Outbox { get; init; } = new();
}

/// <summary>One model and what feeds it.</summary>
public sealed record ModelConfiguration
{
    /// <summary>Name of the model; the package's manifest must carry the same.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>.edgepkg</c> to serve until the fleet wants another; null when the first comes from the fleet.</summary>
    public string? Package { get; init; }

    /// <summary>What feeds it: its own, or one of <c>sensors</c> that other models may read too.</summary>
    public required SensorConfiguration Sensor { get; init; }

    /// <summary>What happens when samples come faster than the model answers.</summary>
    public OverloadOptions Overload { get; init; } = new();

    /// <summary>The model that says when this one is asked at all; null where nothing gates it.</summary>
    public GateConfiguration? Gate { get; init; }

    /// <summary>What its decisions do; none where it is empty.</summary>
    public IReadOnlyList<ActionConfiguration> Actions { get; init; } = [];

    /// <summary>The sensor's channel for a channel of the manifest, where the names differ.</summary>
    public IReadOnlyDictionary<string, string> Channels { get; init; } = new Dictionary<string, string>();
}

/// <summary>A model asks only while another's decision wants it to: a cheap one gates a costly one.</summary>
/// <param name="Model">Name of the cheap model.</param>
/// <param name="Decisions">Its decisions that open the gate; at least one.</param>
/// <param name="Hold">How long the gate stays open once none of them is in force. (default: 0; 0 to 1 h)</param>
public sealed record GateConfiguration(string Model, IReadOnlyList<string> Decisions, TimeSpan Hold);

/// <summary>A sensor, described well enough to be made.</summary>
/// <param name="Driver">Kind: <c>vitals</c>, <c>replay</c>, <c>simulated</c> or <c>aligned</c>.</param>
/// <param name="Make">Makes it; throws <see cref="IOException"/> when the source is not there.</param>
public sealed record SensorConfiguration(string Driver, Func<TimeProvider, FrameSource> Make)
{
    /// <summary>Its name among <c>sensors</c>, or that of the only model that reads it.</summary>
    public string Name { get; init; } = "";
}
