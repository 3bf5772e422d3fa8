using System.Text.Json.Serialization;

namespace EdgeRuntime.Ctl.Fleet;

/// <summary>How the fleet's REST interface writes its records. Members that are not shown anywhere are left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(FleetErrors))]
[JsonSerializable(typeof(DeviceList))]
[JsonSerializable(typeof(DeviceDetail))]
[JsonSerializable(typeof(PackageList))]
[JsonSerializable(typeof(FleetPackage))]
[JsonSerializable(typeof(RolloutList))]
[JsonSerializable(typeof(Rollout))]
[JsonSerializable(typeof(StartRollout))]
[JsonSerializable(typeof(AbortRollout))]
internal sealed partial class FleetJson : JsonSerializerContext;

// Every member may be absent: a newer or older fleet must not make the tool fall over.
internal sealed record FleetErrors(IReadOnlyList<string>? Errors);

internal sealed record DeviceList(IReadOnlyList<Device>? Devices);

internal record Device
{
    public string? Id { get; init; }

    public string? State { get; init; }

    public long LastSeenUnixMs { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public string? Profile { get; init; }

    public DeviceHardware? Hardware { get; init; }

    public string? Runtime { get; init; }

    public IReadOnlyList<DeviceModel>? Models { get; init; }
}

internal sealed record DeviceHardware(string? Architecture, string? Cpu, int Cores, long MemoryBytes);

internal sealed record DeviceModel
{
    public string? Name { get; init; }

    public string? Phase { get; init; }

    public PackageName? Active { get; init; }

    public PackageName? Previous { get; init; }

    public PackageName? Candidate { get; init; }

    public PackageName? Desired { get; init; }

    public bool OnTarget { get; init; }

    public string? NotOnTarget { get; init; }

    public LatestDecision? Latest { get; init; }

    public double? RateHz { get; init; }

    public long Samples { get; init; }

    public long Failed { get; init; }

    public double? P50Ms { get; init; }

    public double? P99Ms { get; init; }

    public double? Drift { get; init; }

    public bool Drifting { get; init; }
}

internal sealed record PackageName(string? Digest, string? Version);

internal sealed record LatestDecision(string? Decision, double? Score);

internal sealed record DeviceDetail : Device
{
    public IReadOnlyList<DeviceEvent>? Events { get; init; }

    public IReadOnlyList<DeviceUpdate>? Updates { get; init; }
}

internal sealed record DeviceEvent(string? Kind, string? Severity, string? Model, string? Detail, long T);

internal sealed record DeviceUpdate(string? Deployment, string? State, string? Reason, long T);

internal sealed record PackageList(IReadOnlyList<FleetPackage>? Packages);

internal sealed record FleetPackage
{
    public string? Digest { get; init; }

    public string? Name { get; init; }

    public string? Version { get; init; }

    public long ReleaseCounter { get; init; }

    public string? Kind { get; init; }

    public long Size { get; init; }

    public IReadOnlyList<string>? SignedBy { get; init; }

    public long PushedUnixMs { get; init; }

    public int Devices { get; init; }
}

internal sealed record RolloutList(IReadOnlyList<Rollout>? Rollouts);

internal sealed record Rollout
{
    public string? Id { get; init; }

    public string? Model { get; init; }

    public PackageName? Package { get; init; }

    public string? State { get; init; }

    public string? Phase { get; init; }

    public int Stage { get; init; }

    public string? Reason { get; init; }

    public bool Active { get; init; }

    public long CreatedUnixMs { get; init; }

    public string? OnHalt { get; init; }

    public int Exposed { get; init; }

    public int Targets { get; init; }

    public IReadOnlyList<RolloutStage>? Stages { get; init; }

    public Gate? Gate { get; init; }

    public IReadOnlyList<RolloutChange>? History { get; init; }
}

internal sealed record RolloutStage
{
    public string? Name { get; init; }

    public double Percent { get; init; }

    public string? State { get; init; }
}

internal sealed record RolloutChange(long T, string? To, string? Cause, string? Detail, string? Device);

internal sealed record Gate(string? Verdict, string? Summary, IReadOnlyList<GateCriterion>? Criteria);

internal sealed record GateCriterion
{
    public string? Name { get; init; }

    public string? Title { get; init; }

    public string? Verdict { get; init; }

    public double? Value { get; init; }

    public double? Limit { get; init; }

    public string? Unit { get; init; }

    public double? ControlValue { get; init; }
}

internal sealed record StartRollout
{
    public required string Package { get; init; }

    public IReadOnlyList<StageOrder>? Stages { get; init; }

    public IReadOnlyList<string>? Canary { get; init; }

    public IReadOnlyList<string>? Devices { get; init; }

    public string? OnHalt { get; init; }

    public GateOrder? Gate { get; init; }
}

internal sealed record StageOrder(string Name, double Percent);

internal sealed record GateOrder
{
    public double? MinSamples { get; init; }

    public double? MinSoakSeconds { get; init; }

    public double? TimeoutSeconds { get; init; }

    public double? MaxErrorShare { get; init; }

    public double? MaxP99Ratio { get; init; }

    public double? MaxP99Ms { get; init; }

    public double? P99SlackMs { get; init; }

    public double? MinPredictionShift { get; init; }

    public double? MaxDriftShareIncrease { get; init; }

    public double? MaxFailedInstalls { get; init; }
}

internal sealed record AbortRollout(string Mode);
