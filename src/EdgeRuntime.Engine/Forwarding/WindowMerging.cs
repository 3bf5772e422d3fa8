using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Makes one window of two: every count is the sum of both, exactly, whatever was merged first.</summary>
/// <remarks>
/// A stability index cannot be computed again here, without the reference; the merged window keeps the index and threshold
/// of the one that had drifted further, so that no alarm is lost.
/// </remarks>
public static class WindowMerging
{
    /// <summary>Merges two windows of one package.</summary>
    /// <param name="earlier">Made first.</param>
    /// <param name="later">Its identity (boot, sequence, time) is the result's.</param>
    /// <returns>Null when their counters do not mean the same: another package, other bins, another policy.</returns>
    public static WindowMessage? Merge(WindowMessage earlier, WindowMessage later)
    {
        if (!AreAlike(earlier, later))
        {
            return null;
        }

        QualityCounts? quality = QualityMerging.Sum(earlier.Quality, later.Quality, out bool alike);
        GroupCounts? groups = QualityMerging.Sum(earlier.Groups, later.Groups, ref alike);
        LossTally? loss = QualityMerging.Sum(earlier.Loss, later.Loss, ref alike);
        IReadOnlyList<CategoryCounts>? categories = CategoryMerging.Sum(earlier.Categories, later.Categories, ref alike);
        return !alike ? null : later with
        {
            ClockSynchronized = earlier.ClockSynchronized && later.ClockSynchronized,
            Merged = checked(earlier.Merged + later.Merged + 1),
            StartUnixMs = Math.Min(earlier.StartUnixMs, later.StartUnixMs),
            EndUnixMs = Math.Max(earlier.EndUnixMs, later.EndUnixMs),
            Samples = checked(earlier.Samples + later.Samples),
            Failed = checked(earlier.Failed + later.Failed),
            Due = checked(earlier.Due + later.Due),
            Dropped = Sum(earlier.Dropped, later.Dropped),
            DeadlineMisses = checked(earlier.DeadlineMisses + later.DeadlineMisses),
            Predictions = Sum(earlier.Predictions, later.Predictions),
            Infer = Sum(earlier.Infer, later.Infer),
            Path = Sum(earlier.Path, later.Path),
            Stages = Sum(earlier.Stages, later.Stages),
            Features = [.. earlier.Features.Zip(later.Features, Sum)],
            Channels = Sum(earlier.Channels, later.Channels),
            Shadow = earlier.Shadow is null ? later.Shadow : later.Shadow is null ? earlier.Shadow : earlier.Shadow + later.Shadow,
            Clock = earlier.Clock is null ? later.Clock : later.Clock is null ? earlier.Clock : Sum(earlier.Clock, later.Clock),
            Quality = quality,
            Expected = earlier.Expected is null ? later.Expected : later.Expected is null ? earlier.Expected : earlier.Expected + later.Expected,
            Loss = loss,
            Groups = groups,
            Estimates = null,
            Attributions = AttributionCounts.Sum(earlier.Attributions, later.Attributions),
            Categories = categories,

            // Nobody can judge the sum as the device judged its parts.
            VerdictHash = null,
        };
    }

    private static bool AreAlike(WindowMessage one, WindowMessage other) =>
        IsComplete(one) && IsComplete(other)
        && one.Model == other.Model && one.Digest == other.Digest && one.Version == other.Version
        && one.Overload == other.Overload && one.Gate == other.Gate
        && one.Predictions.Labels.SequenceEqual(other.Predictions.Labels)
        && one.Predictions.Counts.Count == other.Predictions.Counts.Count
        && one.Predictions.Confidence.Count == other.Predictions.Confidence.Count
        && one.Features.Count == other.Features.Count
        && IsWhole(one) && IsWhole(other) && AttributionCounts.AreAlike(one.Attributions, other.Attributions)
        && one.Features.Zip(other.Features).All(pair =>
            pair.First.Name == pair.Second.Name && pair.First.Counts.Count == pair.Second.Counts.Count
            && (pair.First.Test?.Name == pair.Second.Test?.Name || pair.First.Test is null || pair.Second.Test is null)
            && MomentMerging.AreAlike(pair.First.Moments, pair.Second.Moments)
            && QuantileMerging.AreAlike(pair.First.Quantiles, pair.Second.Quantiles))
        && IsSparse(one) && IsSparse(other);

    // A member that an older program did not write is null, whatever its type says.
    private static bool IsComplete(WindowMessage window) =>
        window is { Dropped: not null, Features: not null, Predictions.Confidence: not null };

    // What this program wrote is whole and sparse; a log may hold anything.
    private static bool IsWhole(WindowMessage window) =>
        window.IsQualityWhole() && (window.Attributions?.IsWhole() ?? true) && !window.Features.Contains(null!) && !(window.Stages?.Values.Contains(null!) ?? false) && !(window.Channels?.Contains(null!) ?? false);

    private static bool IsSparse(WindowMessage window) =>
        new[] { window.Infer, window.Path }.Concat(window.Stages?.Values ?? []).All(counts =>
            counts.Buckets.Count == counts.Counts.Count && counts.Buckets.Zip(counts.Buckets.Skip(1)).All(pair => pair.First < pair.Second));

    // By name, as everywhere here, so that the bytes do not hang on which was first.
    private static SortedDictionary<string, long> Sum(IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other)
    {
        SortedDictionary<string, long> sum = new(one.ToDictionary(), StringComparer.Ordinal);
        foreach ((string name, long count) in other)
        {
            sum[name] = checked(sum.GetValueOrDefault(name) + count);
        }

        return sum;
    }

    private static PredictionCounts Sum(PredictionCounts one, PredictionCounts other)
    {
        PredictionCounts drifted = IsFurther(other.Psi, other.Threshold, one.Psi, one.Threshold) ? other : one;
        return one with
        {
            Counts = Sum(one.Counts, other.Counts),
            Confidence = Sum(one.Confidence, other.Confidence),
            Psi = drifted.Psi,
            Threshold = drifted.Threshold,
        };
    }

    private static FeatureCounts Sum(FeatureCounts one, FeatureCounts other)
    {
        FeatureCounts drifted = IsFurther(other.Psi, other.Threshold, one.Psi, one.Threshold) ? other : one;
        return one with
        {
            Counts = Sum(one.Counts, other.Counts),
            Missing = checked(one.Missing + other.Missing),
            Infinite = checked(one.Infinite + other.Infinite),
            Unseen = checked(one.Unseen + other.Unseen),
            Moments = MomentMerging.Sum(one, other),
            Quantiles = QuantileMerging.Sum(one.Quantiles, other.Quantiles),
            Psi = drifted.Psi,
            Threshold = drifted.Threshold,
            PValue = null,
            Test = Further(one.Test, other.Test),
            Signals = Sum(one.Signals, other.Signals),
        };
    }

    private static FeatureTest? Further(FeatureTest? one, FeatureTest? other) =>
        one is null || (other is not null && OrderOf(other).CompareTo(OrderOf(one)) > 0) ? other : one;

    private static (double, double, double, double, double) OrderOf(FeatureTest test) =>
        (test.Ratio, test.Effect, test.Statistic, test.Level, test.MinEffect);

    private static FeatureSignals? Sum(FeatureSignals? one, FeatureSignals? other) => one is null ? other : other is null ? one
        : new FeatureSignals(
            string.CompareOrdinal(one.Detector, other.Detector) <= 0 ? one.Detector : other.Detector, checked(one.Count + other.Count),
            Math.Min(one.FirstUnixMs, other.FirstUnixMs));

    // A total order, so that the result does not hang on what was merged first.
    private static bool IsFurther(double psi, double threshold, double than, double thanThreshold) =>
        (Ratio(psi, threshold), psi, threshold).CompareTo((Ratio(than, thanThreshold), than, thanThreshold)) > 0;

    private static double Ratio(double psi, double threshold) => threshold > 0 ? psi / threshold : 0;

    private static List<long> Sum(IReadOnlyList<long> one, IReadOnlyList<long> other) =>
        [.. one.Zip(other, (left, right) => checked(left + right))];

    private static SortedDictionary<string, LatencyCounts>? Sum(
        IReadOnlyDictionary<string, LatencyCounts>? one, IReadOnlyDictionary<string, LatencyCounts>? other)
    {
        if (one is null && other is null)
        {
            return null;
        }

        SortedDictionary<string, LatencyCounts> sum = new((one ?? new Dictionary<string, LatencyCounts>()).ToDictionary(), StringComparer.Ordinal);
        foreach ((string stage, LatencyCounts counts) in other ?? new Dictionary<string, LatencyCounts>())
        {
            sum[stage] = sum.TryGetValue(stage, out LatencyCounts? known) ? Sum(known, counts) : counts;
        }

        return sum;
    }

    private static LatencyCounts Sum(LatencyCounts one, LatencyCounts other)
    {
        List<int> buckets = new(one.Buckets.Count + other.Buckets.Count);
        List<long> counts = new(buckets.Capacity);
        int left = 0;
        int right = 0;
        while (left < one.Buckets.Count || right < other.Buckets.Count)
        {
            int bucket = Math.Min(
                left < one.Buckets.Count ? one.Buckets[left] : int.MaxValue,
                right < other.Buckets.Count ? other.Buckets[right] : int.MaxValue);
            long count = 0;
            if (left < one.Buckets.Count && one.Buckets[left] == bucket)
            {
                count = checked(count + one.Counts[left++]);
            }

            if (right < other.Buckets.Count && other.Buckets[right] == bucket)
            {
                count = checked(count + other.Counts[right++]);
            }

            buckets.Add(bucket);
            counts.Add(count);
        }

        return new LatencyCounts
        {
            Buckets = buckets,
            Counts = counts,
            MaxMicroseconds = Math.Max(one.MaxMicroseconds, other.MaxMicroseconds),
        };
    }

    private static List<ChannelCounts>? Sum(IReadOnlyList<ChannelCounts>? one, IReadOnlyList<ChannelCounts>? other)
    {
        if (one is null && other is null)
        {
            return null;
        }

        SortedDictionary<string, IReadOnlyDictionary<string, long>> sum = new(StringComparer.Ordinal);
        foreach (ChannelCounts channel in (one ?? []).Concat(other ?? []))
        {
            sum[channel.Name] = sum.TryGetValue(channel.Name, out IReadOnlyDictionary<string, long>? known)
                ? Sum(known, channel.Faults)
                : channel.Faults;
        }

        return [.. sum.Select(pair => new ChannelCounts { Name = pair.Key, Faults = pair.Value })];
    }
}
