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

    /// <summary>What an online detector signalled within the newest window; null where nothing was.</summary>
    public SignalFinding? Signals { get; init; }

    /// <summary>True when there is a verdict: samples enough, or a signal, which needs no window.</summary>
    public bool HasVerdict => Enough || Signals is not null;

    /// <summary>False when there were too few samples for the window test.</summary>
    public bool Enough => Test?.Enough ?? Verdict.Enough;

    /// <summary>Chance of such a difference or a larger one without drift, before correction for many features.</summary>
    public double PValue => Test?.PValue ?? Verdict.PValue;

    /// <summary>True when the window test finds drift: more than chance, and large enough to matter.</summary>
    public bool Moved => Test?.Drifted ?? Verdict.Drifted;

    /// <summary>True when this is drift, by the window test or an online detector.</summary>
    public bool Drifted => Moved || Signals is not null;

    /// <summary>
    /// Above 1 is drift: the index by its threshold; of another test the smaller of effect by smallest effect, and the logarithm of the
    /// p-value by that of the level, since some tests have a p-value and no threshold. 0 where there is no difference. Where a
    /// detector signalled, at least one more than its signals.
    /// </summary>
    public double Ratio => Signals is SignalFinding signals ? Math.Max(TestRatio, 1 + signals.Count) : TestRatio;

    /// <summary>The same by the window test alone.</summary>
    public double TestRatio => Test is not ComparisonResult test ? Verdict.Ratio
        : test.Effect <= 0 ? 0
        : Math.Min(
            test.Limits.MinEffect > 0 ? test.Effect / test.Limits.MinEffect : double.MaxValue,
            Math.Min(Math.Log(test.PValue) / Math.Log(test.Limits.Level), double.MaxValue));

    /// <summary>What was compared, such as <c>psi</c>.</summary>
    public string Statistic => Test is ComparisonResult test ? WindowTest.NameOf(test.Method) : WindowTest.Psi;
}

/// <summary>What an online detector signalled of one feature.</summary>
/// <param name="Detector">Its name in the manifest.</param>
/// <param name="Count">How often; at least 1.</param>
/// <param name="FirstUnixMs">Sample at which it did first, UTC milliseconds.</param>
public sealed record SignalFinding(string Detector, long Count, long FirstUnixMs);
