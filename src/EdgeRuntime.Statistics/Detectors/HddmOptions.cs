namespace EdgeRuntime.Statistics.Detectors;

/// <summary>What a detector of error bits does about fewer errors than before.</summary>
public enum Decreases
{
    /// <summary>Nothing: only more errors are looked for. river's default.</summary>
    Ignored,

    /// <summary>Begins anew, without a signal. MOA's and scikit-multiflow's default.</summary>
    Restart,

    /// <summary>Signals them as it does increases.</summary>
    Signalled,
}

/// <summary>How <see cref="HddmA"/> and <see cref="HddmW"/> work; the defaults are the published ones.</summary>
public sealed record HddmOptions
{
    /// <summary>Chance at which a difference is a change. (default: 0.001; above 0, below 1)</summary>
    public double DriftConfidence { get; init; } = 0.001;

    /// <summary>Chance at which a difference warns. (default: 0.005; at least that of a change, below 1)</summary>
    public double WarningConfidence { get; init; } = 0.005;

    /// <summary>Weight of the newest bit, of <see cref="HddmW"/> only. (default: 0.05; above 0, below 1)</summary>
    public double Lambda { get; init; } = 0.05;

    /// <summary>What is done about decreases. (default: they are ignored)</summary>
    public Decreases Decreases { get; init; }
}
