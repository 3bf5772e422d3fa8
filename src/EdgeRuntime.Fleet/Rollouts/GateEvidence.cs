using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Everything a gate looks at, and nothing else: stored with its finding, so that every decision can be replayed.</summary>
public sealed record GateEvidence
{
    /// <summary>When the gate looked, UTC milliseconds.</summary>
    public required long AtMs { get; init; }

    /// <summary>The stage judged.</summary>
    public required int Stage { get; init; }

    /// <summary>When the last device of the stage trusted the package, UTC milliseconds.</summary>
    public required long SoakSinceMs { get; init; }

    /// <summary>What must be shown.</summary>
    public required GateLimits Limits { get; init; }

    /// <summary>Version of the new package, for sentences.</summary>
    public required string Version { get; init; }

    /// <summary>True when labels have a meaning of their own; false when they are bins of one package's reference.</summary>
    public required bool IsClassification { get; init; }

    /// <summary>True when the package holds no model, so that no window tells of it: installs and time alone decide.</summary>
    public bool WithoutWindows { get; init; }

    /// <summary>Share of samples that count as independent, under the new package; 0 (exclusive) to 1.</summary>
    public required double EffectiveShare { get; init; }

    /// <summary>Labels of the counts of every <see cref="InputRegime"/>.</summary>
    public required IReadOnlyList<string> RegimeLabels { get; init; }

    /// <summary>Failed installs among the exposed devices.</summary>
    public required int FailedInstalls { get; init; }

    /// <summary>Failed installs that are tolerated, those a person accepted included.</summary>
    public required int ToleratedInstalls { get; init; }

    /// <summary>Devices the stage exposed, at most <see cref="MaxDevices"/> of them; at least one.</summary>
    public required IReadOnlyList<DeviceEvidence> Canary { get; init; }

    /// <summary>Devices exposed by earlier stages, at most <see cref="MaxDevices"/>.</summary>
    public required IReadOnlyList<DeviceEvidence> Earlier { get; init; }

    /// <summary>Devices still on the old package, at most <see cref="MaxDevices"/>.</summary>
    public required IReadOnlyList<DeviceEvidence> Control { get; init; }

    /// <summary>Devices of each group that are looked at. The first in the rollout's order, which a hash has mixed.</summary>
    public const int MaxDevices = 64;
}

/// <summary>What one device reported on both sides of the moment at which the stage's first device switched.</summary>
public sealed record DeviceEvidence
{
    /// <summary>The device.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>
    /// Before: for a device of the stage under its old package, for the others before that moment.
    /// </summary>
    public required WindowSum Before { get; init; }

    /// <summary>After: for a device of the stage under the new package, for the others from that moment on.</summary>
    public required WindowSum After { get; init; }

    /// <summary>What inputs looked like, and what the old package made of them; the newest few.</summary>
    public required IReadOnlyList<InputRegime> Old { get; init; }

    /// <summary>What inputs looked like, and what the new package made of them; the newest few.</summary>
    public required IReadOnlyList<InputRegime> New { get; init; }
}

/// <summary>One window's inputs as a point, and its predictions.</summary>
/// <param name="Position">
/// Mean of each feature over the window, from its bins, as a multiple of the range between the outermost edges of the
/// old package's reference. Features both packages compute in the same way, in the old one's order.
/// </param>
/// <param name="Counts">Predictions, in the order of <see cref="GateEvidence.RegimeLabels"/>.</param>
public sealed record InputRegime(IReadOnlyList<double> Position, IReadOnlyList<long> Counts);

/// <summary>Windows of one model, added up.</summary>
public sealed record WindowSum
{
    /// <summary>No window.</summary>
    public static WindowSum Empty { get; } = new();

    /// <summary>Windows in the sum.</summary>
    public int Windows { get; init; }

    /// <summary>Windows of them in which a feature or the predictions drifted.</summary>
    public int Drifting { get; init; }

    /// <summary>Samples that reached the model.</summary>
    public long Samples { get; init; }

    /// <summary>Samples of them that failed, or answered NaN.</summary>
    public long Failed { get; init; }

    /// <summary>Labels of the predictions; empty without a window.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Predictions by label.</summary>
    public IReadOnlyList<long> Counts { get; init; } = [];

    /// <summary>Buckets of the inference time that are not empty, ascending; as in LatencyHistogram.</summary>
    public IReadOnlyList<int> Buckets { get; init; } = [];

    /// <summary>Inferences in those buckets.</summary>
    public IReadOnlyList<long> BucketCounts { get; init; } = [];

    /// <summary>Longest inference, nanoseconds.</summary>
    public long MaxNanoseconds { get; init; }
}
