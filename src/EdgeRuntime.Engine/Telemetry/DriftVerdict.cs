using EdgeRuntime.Statistics;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>How far one window lies from the package's reference.</summary>
public sealed record DriftVerdict
{
    /// <summary>One entry for each feature of the reference, in its order.</summary>
    public required IReadOnlyList<FeatureDrift> Features { get; init; }

    /// <summary>The predictions, or null when the reference does not say how they were distributed.</summary>
    public required StabilityVerdict? Predictions { get; init; }

    /// <summary>Samples that were judged, of all the windows the verdict rests on.</summary>
    public required long Samples { get; init; }

    /// <summary>Sequence of the oldest window that the verdict rests on; 0 for counters that were judged by themselves.</summary>
    public long FirstWindow { get; init; }

    /// <summary>True when a feature drifted. Predictions alone do not count: a machine may simply be in one state.</summary>
    public bool Drifted => Drifting.Count > 0;

    /// <summary>Names of the features that drifted, in the reference's order.</summary>
    public IReadOnlyList<string> Drifting => [.. Features.Where(feature => feature.Drifted).Select(feature => feature.Name)];

    /// <summary>The feature that drifted most for its threshold, or null when no feature had samples enough for a verdict.</summary>
    public FeatureDrift? Worst => Features.Where(feature => feature.HasVerdict).MaxBy(feature => feature.Ratio);

    /// <summary>Largest <see cref="FeatureDrift.Ratio"/> of a feature: above 1 is drift. Null as <see cref="Worst"/> is.</summary>
    public double? MaxRatio => Worst?.Ratio;
}
