using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>What a gate, or one criterion of it, says.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateVerdict>))]
public enum GateVerdict
{
    /// <summary>Not enough evidence yet.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Good.</summary>
    [JsonStringEnumMemberName("pass")]
    Pass,

    /// <summary>Bad.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>There is nothing to compare with, and never will be; left out of the verdict.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>What a gate came to, criterion by criterion.</summary>
public sealed record GateFinding
{
    /// <summary>When it looked, UTC milliseconds.</summary>
    [JsonPropertyName("t")]
    public required long AtMs { get; init; }

    /// <summary>The stage judged.</summary>
    public required int Stage { get; init; }

    /// <summary>Fail when one criterion fails; pass when none fails or waits; else waiting.</summary>
    public required GateVerdict Verdict { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Summary { get; init; }

    /// <summary>Seconds since the last device of the stage trusted the package.</summary>
    public required double SoakSeconds { get; init; }

    /// <summary>Seconds it must be.</summary>
    public required double SoakNeededSeconds { get; init; }

    /// <summary>Devices judged.</summary>
    public required IReadOnlyList<DeviceId> Canary { get; init; }

    /// <summary>Devices they were compared with.</summary>
    public required IReadOnlyList<DeviceId> Control { get; init; }

    /// <summary>Each criterion.</summary>
    public required IReadOnlyList<GateCriterion> Criteria { get; init; }

    /// <summary>The counts behind the criterion on predictions; null when there are none.</summary>
    public PredictionTable? Predictions { get; init; }
}

/// <summary>One criterion. For every one but <c>samples</c>, bad is a value above the limit.</summary>
public sealed record GateCriterion
{
    /// <summary><c>installs</c>, <c>samples</c>, <c>errors</c>, <c>latency</c>, <c>predictions</c> or <c>drift</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Title { get; init; }

    /// <summary>What it says.</summary>
    public required GateVerdict Verdict { get; init; }

    /// <summary>What was measured; null when nothing was.</summary>
    public double? Value { get; init; }

    /// <summary>What it must not exceed; null when there is nothing to compare with.</summary>
    public double? Limit { get; init; }

    /// <summary>Unit of both.</summary>
    public required string Unit { get; init; }

    /// <summary>Samples (for drift: windows) behind the value.</summary>
    public long Samples { get; init; }

    /// <summary>How many are needed.</summary>
    public long SamplesNeeded { get; init; }

    /// <summary>The same figure of what it is compared with; null without.</summary>
    public double? ControlValue { get; init; }

    /// <summary>Samples (for drift: windows) behind that.</summary>
    public long ControlSamples { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Detail { get; init; }
}

/// <summary>Predictions by label, on both sides of the switch.</summary>
public sealed record PredictionTable
{
    /// <summary>Labels of all four.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Devices of the stage under their old package.</summary>
    public required IReadOnlyList<long> CanaryBefore { get; init; }

    /// <summary>Devices of the stage under the new one.</summary>
    public required IReadOnlyList<long> CanaryAfter { get; init; }

    /// <summary>The others before the switch.</summary>
    public required IReadOnlyList<long> ControlBefore { get; init; }

    /// <summary>The others since.</summary>
    public required IReadOnlyList<long> ControlAfter { get; init; }
}
