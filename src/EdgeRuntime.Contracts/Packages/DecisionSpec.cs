namespace EdgeRuntime.Contracts.Packages;

/// <summary>From output to decision. Every stage but the threshold is optional; <c>null</c> leaves it out.</summary>
/// <remarks>
/// The stages work in this order, on every sample: staleness, confidence, threshold with hysteresis, votes, debounce,
/// refractory time. Each stage that is not satisfied leaves the decision in force.
/// </remarks>
public sealed record DecisionSpec
{
    /// <summary>
    /// A new decision needs a score of at least this. Classification: probability of the best label, 0 to 1.
    /// Regression and reconstruction: the value at which <see cref="Above"/> begins.
    /// </summary>
    public required double Threshold { get; init; }

    /// <summary>Classification: thresholds of single labels, in place of <see cref="Threshold"/>; 0 to 1.</summary>
    public IReadOnlyDictionary<string, double>? Thresholds { get; init; }

    /// <summary>
    /// Classification: the decision in force yields only when the new label leads it by this much. Regression and
    /// reconstruction: the alarm ends only below <c>threshold - hysteresis</c>. At least 0.
    /// </summary>
    public double Hysteresis { get; init; }

    /// <summary>Decision before any sample was sure enough. (default: unknown)</summary>
    public string Initial { get; init; } = "unknown";

    /// <summary>Regression and reconstruction: decision below the threshold. (default: normal)</summary>
    public string Below { get; init; } = "normal";

    /// <summary>Regression and reconstruction: decision at and above the threshold. (default: anomaly)</summary>
    public string Above { get; init; } = "anomaly";

    /// <summary>
    /// Classification: a sample whose best label is less probable than this is unsure, 0 to 1. It speaks for
    /// <see cref="Uncertain"/>, or for the decision in force where that is null.
    /// </summary>
    public double? MinConfidence { get; init; }

    /// <summary>What unsure samples speak for; only with <see cref="MinConfidence"/>.</summary>
    public string? Uncertain { get; init; }

    /// <summary>k of n: so many of the newest samples must speak for a decision.</summary>
    public VoteSpec? Vote { get; init; }

    /// <summary>A new decision must hold without a break for so many samples and for so long before it comes into force.</summary>
    public SampleSpanSpec? Debounce { get; init; }

    /// <summary>After a change no other follows for so many samples and for so long.</summary>
    public SampleSpanSpec? Refractory { get; init; }

    /// <summary>
    /// Milliseconds without a valid answer after which <see cref="Stale"/> comes into force at once, also when the
    /// sensor is dead; greater than 0.
    /// </summary>
    public double? StaleMs { get; init; }

    /// <summary>The fail-safe decision; required with <see cref="StaleMs"/>.</summary>
    public string? Stale { get; init; }
}

/// <summary>k of n.</summary>
/// <param name="K">
/// Samples that must agree, 1 to n. Classification: more than half of n, so that no two labels can have as many. Else
/// <c>above</c> holds while at least k of the newest n say so.
/// </param>
/// <param name="N">Newest samples that are asked; 1 to 1000.</param>
public sealed record VoteSpec(int K, int N);

/// <summary>A number of samples, a time, or both; then both must be over.</summary>
/// <param name="Samples">Valid answers; null for no demand.</param>
/// <param name="Ms">Milliseconds of the samples' own time; null for no demand.</param>
public sealed record SampleSpanSpec(int? Samples, double? Ms);
