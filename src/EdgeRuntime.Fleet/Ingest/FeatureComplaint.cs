using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Says what is wrong with the counts of a feature: what is not valid is never merged.</summary>
/// <remarks>
/// A device reads these messages into the same sums: the engine's FeatureReport does it there, which nothing of a fleet may depend on, and
/// the contracts know no statistics.
/// </remarks>
internal static class FeatureComplaint
{
    private const int MostBins = 1024;

    // Far below where sums of many windows would overflow.
    private const long MostValues = 1L << 40;

    /// <summary>True for a count that a window can have.</summary>
    public static bool IsPossible(long count) => count is >= 0 and <= MostValues;

    /// <summary>What is wrong with the feature, by its name; null when nothing is.</summary>
    public static string? Of(FeatureCounts feature)
    {
        bool possible = feature.Counts.Count <= MostBins && feature.Counts.All(IsPossible)
            && IsPossible(feature.Missing) && feature.Infinite >= 0 && feature.Infinite <= feature.Missing
            && feature.Unseen >= 0 && feature.Unseen <= feature.Counts.Sum();
        string? complaint = !possible ? "a count is impossible"
            : feature.Moments is MomentCounts moments && Of(moments, feature.Counts.Sum()) is string wrong ? wrong
            : feature.Quantiles is QuantileCounts quantiles && Of(quantiles, feature.Counts.Sum()) is string none ? none
            : feature.Signals is { } signals && (signals.Count is < 1 or > MostValues || signals.FirstUnixMs < 0) ? "its signals are impossible"
            : feature.Test is { Ratio: not (>= 0 and < double.PositiveInfinity) } ? "the ratio of its test is impossible"
            : null;
        return complaint is null ? null : $"{feature.Name}: {complaint}";
    }

    /// <summary>The sums of moments that a message tells of so many values.</summary>
    public static MomentSums Sums(MomentCounts moments, long values) => new()
    {
        Count = values,
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

    /// <summary>The counts of a sketch that a message tells.</summary>
    public static SketchCounts Sketch(QuantileCounts quantiles) => new()
    {
        PositiveKeys = quantiles.PositiveKeys,
        PositiveCounts = quantiles.PositiveCounts,
        NegativeKeys = quantiles.NegativeKeys,
        NegativeCounts = quantiles.NegativeCounts,
        Zeros = quantiles.Zeros,
        PositiveCollapsed = quantiles.PositiveCollapsed,
        NegativeCollapsed = quantiles.NegativeCollapsed,
    };

    private static string? Of(QuantileCounts quantiles, long values)
    {
        if (!(quantiles.Accuracy is >= 1e-4 and <= 0.5) || quantiles.Classes is < 16 or > 4096 || !int.IsPow2(quantiles.Classes))
        {
            return $"no sketch has {quantiles.Classes} classes and an accuracy of {quantiles.Accuracy}";
        }

        SketchCounts counts = Sketch(quantiles);
        return counts.Complaint(quantiles.Classes) is string complaint ? $"its quantiles: {complaint}"
            : counts.PositiveCounts.Sum() + counts.NegativeCounts.Sum() + counts.Zeros != values ? "its quantiles are not of the values in its bins"
            : null;
    }

    private static string? Of(MomentCounts moments, long values) =>
        !double.IsFinite(moments.Origin) || !double.IsNormal(moments.Step) || moments.Step < 0
            ? "the scale of its moments is impossible"
            : Sums(moments, values).Complaint();
}
