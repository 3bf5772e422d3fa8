using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Turns what was counted of a feature into what goes on the wire.</summary>
public static class FeatureReport
{
    /// <summary>The counts of one feature, with the verdict on them.</summary>
    internal static FeatureCounts Of(ReferenceBins feature, FeatureDrift drift) => Of(drift) with
    {
        Name = feature.Name,
        Counts = feature.Live.Counts.ToArray(),
        Missing = feature.Live.Missing,
        Infinite = feature.Live.Infinite,
        Unseen = feature.Unseen,
        Moments = feature.Moments is ExactMoments moments ? Of(moments) : null,
        Quantiles = feature.Quantiles is DDSketch quantiles ? Of(quantiles) : null,
    };

    /// <summary>The verdict on one feature as it would be told, without the counts that it rests on.</summary>
    internal static FeatureCounts Of(FeatureDrift drift) => new()
    {
        Name = drift.Name,
        Counts = [],
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

    /// <summary>A sketch as it goes on the wire.</summary>
    public static QuantileCounts Of(DDSketch sketch)
    {
        SketchCounts counts = SketchCounts.Of(sketch);
        return new QuantileCounts
        {
            Accuracy = sketch.Accuracy,
            Classes = sketch.Classes,
            PositiveKeys = counts.PositiveKeys,
            PositiveCounts = counts.PositiveCounts,
            NegativeKeys = counts.NegativeKeys,
            NegativeCounts = counts.NegativeCounts,
            Zeros = counts.Zeros,
            PositiveCollapsed = counts.PositiveCollapsed,
            NegativeCollapsed = counts.NegativeCollapsed,
        };
    }

    /// <summary>The counts of a sketch that a message tells; not checked.</summary>
    public static SketchCounts SketchOf(QuantileCounts told) => new()
    {
        PositiveKeys = told.PositiveKeys,
        PositiveCounts = told.PositiveCounts,
        NegativeKeys = told.NegativeKeys,
        NegativeCounts = told.NegativeCounts,
        Zeros = told.Zeros,
        PositiveCollapsed = told.PositiveCollapsed,
        NegativeCollapsed = told.NegativeCollapsed,
    };

    /// <summary>Moments as they go on the wire.</summary>
    public static MomentCounts Of(ExactMoments moments)
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

    /// <summary>The sums that a message tells of a feature's values.</summary>
    /// <returns>Null where it tells none; not checked.</returns>
    public static MomentSums? SumsOf(FeatureCounts feature) => feature.Moments is not MomentCounts moments ? null : new MomentSums
    {
        Count = feature.Counts.Sum(),
        Outside = moments.Outside,
        Pairs = moments.Pairs,
        Sum = moments.Sum,
        Squares = moments.Squares,
        Cubes = moments.Cubes,
        Fourths = moments.Fourths,
        Differences = moments.Differences,
        Min = moments.Min,
        Max = moments.Max,
    };
}
