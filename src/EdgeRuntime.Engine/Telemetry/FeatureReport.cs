using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Turns what was counted of a feature into what goes on the wire.</summary>
internal static class FeatureReport
{
    /// <summary>The counts of one feature, with the verdict on them.</summary>
    public static FeatureCounts Of(ReferenceBins feature, FeatureDrift drift) => new()
    {
        Name = feature.Name,
        Counts = feature.Live.Counts.ToArray(),
        Missing = feature.Live.Missing,
        Infinite = feature.Live.Infinite,
        Moments = feature.Moments is ExactMoments moments ? Of(moments) : null,
        Psi = drift.Verdict.Index,
        Threshold = drift.Verdict.Threshold,
        PValue = drift.PValue,
        Test = drift.Test is ComparisonResult test ? Of(test, drift) : null,
        Signals = drift.Signals is SignalFinding signals ? new FeatureSignals(signals.Detector, signals.Count, signals.FirstUnixMs) : null,
    };

    private static FeatureTest Of(in ComparisonResult test, FeatureDrift drift) => new()
    {
        Name = drift.Statistic,
        Statistic = test.Statistic,
        Effect = test.Effect,
        Level = test.Limits.Level,
        MinEffect = test.Limits.MinEffect,
        Ratio = drift.TestRatio,
    };

    private static MomentCounts Of(ExactMoments moments)
    {
        MomentSums sums = moments.ToSums();
        return new MomentCounts
        {
            Origin = moments.Scale.Origin,
            Step = moments.Scale.Step,
            Outside = sums.Outside,
            Pairs = sums.Pairs,
            Sum = sums.Sum,
            Squares = sums.Squares,
            Cubes = sums.Cubes,
            Fourths = sums.Fourths,
            Differences = sums.Differences,
            Min = sums.Min,
            Max = sums.Max,
        };
    }
}
