using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>How far one feature lies from its reference.</summary>
public sealed record FeatureDrift
{
    /// <summary>Name of the feature.</summary>
    public required string Name { get; init; }

    /// <summary>By the stability index, which is told of every window whatever test decides.</summary>
    public required StabilityVerdict Verdict { get; init; }

    /// <summary>By the test that the manifest wants in its place; null where it wants none.</summary>
    public ComparisonResult? Test { get; init; }

    /// <summary>False when there were too few samples for a verdict.</summary>
    public bool Enough => Test?.Enough ?? Verdict.Enough;

    /// <summary>Chance of such a difference or a larger one without drift, before correction for many features.</summary>
    public double PValue => Test?.PValue ?? Verdict.PValue;

    /// <summary>True when this is drift: more than chance, and large enough to matter.</summary>
    public bool Drifted => Test?.Drifted ?? Verdict.Drifted;

    /// <summary>
    /// Above 1 is drift: the index by its threshold; of another test the smaller of effect by smallest effect, and the logarithm of the
    /// p-value by that of the level, since some tests have a p-value and no threshold. 0 where there is no difference.
    /// </summary>
    public double Ratio => Test is not ComparisonResult test ? Verdict.Ratio
        : test.Effect <= 0 ? 0
        : Math.Min(
            test.Limits.MinEffect > 0 ? test.Effect / test.Limits.MinEffect : double.MaxValue,
            Math.Min(Math.Log(test.PValue) / Math.Log(test.Limits.Level), double.MaxValue));

    /// <summary>What was compared, such as <c>psi</c>.</summary>
    public string Statistic => Test is ComparisonResult test ? WindowTest.NameOf(test.Method) : WindowTest.Psi;
}
