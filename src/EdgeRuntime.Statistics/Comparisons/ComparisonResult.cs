namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>What a comparison of two samples came to.</summary>
public readonly record struct ComparisonResult
{
    /// <summary>How they were compared.</summary>
    public required ComparisonMethod Method { get; init; }

    /// <summary>The statistic, as its method defines it; at least 0.</summary>
    public required double Statistic { get; init; }

    /// <summary>What the statistic exceeds with the level's probability without drift; NaN where that depends on the path, and only the p-value is known.</summary>
    public required double Threshold { get; init; }

    /// <summary>Chance of such a statistic or a larger one without drift, 0 to 1.</summary>
    public required double PValue { get; init; }

    /// <summary>Size of the difference whatever the sample sizes; 0 when there is none.</summary>
    public required double Effect { get; init; }

    /// <summary>Effective size of the reference.</summary>
    public required double ReferenceSize { get; init; }

    /// <summary>Effective size of the other sample.</summary>
    public required double CurrentSize { get; init; }

    /// <summary>Cells that were compared: not empty in both samples, and merged where the method merges.</summary>
    public required int Cells { get; init; }

    /// <summary>What had to be shown.</summary>
    public required ComparisonLimits Limits { get; init; }

    /// <summary>False when one sample was too small for a verdict.</summary>
    public bool Enough => Math.Min(ReferenceSize, CurrentSize) >= Limits.MinSample;

    /// <summary>True when the difference is more than chance at the level; says nothing of its size.</summary>
    public bool Significant => PValue <= Limits.Level;

    /// <summary>True when this is drift: enough samples, more than chance, and large enough to matter.</summary>
    public bool Drifted => Enough && Significant && Effect >= Limits.MinEffect;
}
