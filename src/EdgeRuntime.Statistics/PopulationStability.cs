using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics;

/// <summary>
/// Population stability index with a threshold that knows the sample sizes: how far counts lie from a reference, and
/// whether that is more than chance.
/// </summary>
/// <remarks>
/// <para>
/// The index is <c>sum (p - q) ln(p / q)</c> in nats over shares smoothed with Jeffreys' prior,
/// <c>p = (count + 0.5) / (total + 0.5 bins)</c>. Bins that are empty in both samples say nothing and are left out; the
/// missing values are one more bin.
/// </para>
/// <para>
/// Without drift the index is distributed like <c>chi2(bins - 1) * (1/N + 1/M)</c> for effective sample sizes N and M,
/// so an upper quantile of that is the threshold. The usual fixed 0.1 or 0.25 would flag four of five healthy windows
/// of a hundred samples, or miss real drift in ten thousand; it survives as the smallest effect worth an alarm.
/// With fewer than some thirty values a bin that form errs towards silence, with two it never alarms:
/// <see cref="StabilityChance"/> has the distribution for the reference at hand.
/// </para>
/// <para>Sums run in the order of the bins, so every machine gets the same bits from the same counts.</para>
/// </remarks>
public static class PopulationStability
{
    private const double Prior = 0.5;

    /// <summary>The index of two samples, in nats; 0 when they agree, the same whichever comes first.</summary>
    /// <exception cref="ArgumentException">The numbers of bins differ.</exception>
    public static double Index(in BinnedSample reference, in BinnedSample current)
    {
        int bins = LiveBins(reference, current);
        double referenceTotal = reference.Total + (Prior * bins);
        double currentTotal = current.Total + (Prior * bins);
        double index = 0;
        for (int cell = 0; cell < reference.Cells; cell++)
        {
            if (reference.Cell(cell) + current.Cell(cell) > 0)
            {
                double q = (reference.Cell(cell) + Prior) / referenceTotal;
                double p = (current.Cell(cell) + Prior) / currentTotal;
                index += (p - q) * Math.Log(p / q);
            }
        }

        return index;
    }

    /// <summary>The index of two vectors of counts without missing values.</summary>
    /// <exception cref="ArgumentException">The numbers of bins differ.</exception>
    public static double Index(ReadOnlySpan<long> reference, ReadOnlySpan<long> current) =>
        Index(new BinnedSample(reference, 0, 1), new BinnedSample(current, 0, 1));

    /// <summary>The index that two samples of the same source exceed with probability <paramref name="level"/>, in nats.</summary>
    /// <param name="bins">Bins that are not empty in both samples; at least 2.</param>
    /// <param name="referenceSize">Effective size of the reference; below 1 counts as 1.</param>
    /// <param name="currentSize">Effective size of the other sample; below 1 counts as 1.</param>
    /// <param name="level">0 exclusive to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static double Threshold(int bins, double referenceSize, double currentSize, double level)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        return ChiSquared.UpperQuantile(level, bins - 1) * Spread(referenceSize, currentSize);
    }

    /// <summary>Compares a sample with the reference.</summary>
    /// <param name="chance">What chance makes of this reference's windows; null for the chi-squared form.</param>
    /// <exception cref="ArgumentException">The numbers of bins differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside 0 to 1.</exception>
    public static StabilityVerdict Judge(
        in BinnedSample reference, in BinnedSample current, StabilityLimits limits, StabilityChance? chance = null)
    {
        int bins = LiveBins(reference, current);
        double index = Index(reference, current);
        (double byChance, double pValue) = chance is not null && bins >= 2 && reference.Total > 0 && current.Total > 0
            ? ByChance(chance, bins, index, reference, current, limits.Level)
            : ByChance(bins, index, reference, current, limits.Level);
        double threshold = Math.Max(byChance, limits.MinEffect);
        bool enough = Math.Min(reference.EffectiveSize, current.EffectiveSize) >= limits.MinSample;
        return new StabilityVerdict
        {
            Index = index,

            // Whoever compares index and threshold later, without the sample sizes, must come to the same verdict.
            Threshold = enough ? threshold : Math.Max(threshold, index),
            PValue = pValue,
            Bins = bins,
            Enough = enough,
        };
    }

    private static (double Threshold, double PValue) ByChance(
        int bins, double index, in BinnedSample reference, in BinnedSample current, double level)
    {
        double spread = Spread(reference.EffectiveSize, current.EffectiveSize);
        return (
            Threshold(Math.Max(bins, 2), reference.EffectiveSize, current.EffectiveSize, level),
            bins < 2 ? 1 : ChiSquared.Survival(index / spread, bins - 1));
    }

    private static (double Threshold, double PValue) ByChance(
        StabilityChance chance, int bins, double index, in BinnedSample reference, in BinnedSample current, double level)
    {
        // The counts are as many as they are; where they are worth fewer, the index is as much larger.
        double widening = Spread(reference.EffectiveSize, current.EffectiveSize) / Spread(reference.Total, current.Total);
        PearsonCurve curve = WithNeverSeen(reference, current) ?? chance.At(bins, reference.Total, current.Total);
        return (curve.UpperQuantile(level) * widening, curve.Survival(index / widening));
    }

    // A bin that the reference never had, such as the one beyond its largest value, is rarely among those compared, and then weighs much:
    // what chance makes of that is worked out for the window at hand, null where there is none.
    private static PearsonCurve? WithNeverSeen(in BinnedSample reference, in BinnedSample current)
    {
        bool isThere = false;
        for (int cell = 0; cell < reference.Cells; cell++)
        {
            isThere |= reference.Cell(cell) == 0 && current.Cell(cell) > 0;
        }

        if (!isThere)
        {
            return null;
        }

        Pooled pooled = Pooled.Of(reference, current, missing: true);
        CellTerm term = new(ComparisonMethod.PopulationStability, pooled.ReferenceSize, pooled.CurrentSize, pooled.Cells);
        return ConditionalMoments.IsForetold(pooled) ? ConditionalMoments.OfWindow(pooled, term).Curve : null;
    }

    private static double Spread(double referenceSize, double currentSize) =>
        (1 / Math.Max(referenceSize, 1)) + (1 / Math.Max(currentSize, 1));

    private static int LiveBins(in BinnedSample reference, in BinnedSample current)
    {
        if (reference.Bins.Length != current.Bins.Length)
        {
            throw new ArgumentException(
                $"the reference has {reference.Bins.Length} bins and the sample has {current.Bins.Length}");
        }

        int live = 0;
        for (int cell = 0; cell < reference.Cells; cell++)
        {
            live += reference.Cell(cell) + current.Cell(cell) > 0 ? 1 : 0;
        }

        return live;
    }
}

/// <summary>What a stability index must exceed to count as drift.</summary>
/// <param name="Level">Chance of an alarm without drift; 0 exclusive to 1.</param>
/// <param name="MinEffect">Smallest index worth an alarm however many samples agree; at least 0.</param>
/// <param name="MinSample">Effective samples below which there is no verdict; at least 0.</param>
public readonly record struct StabilityLimits(double Level, double MinEffect, double MinSample);

/// <summary>What a comparison of two samples came to.</summary>
public readonly record struct StabilityVerdict
{
    /// <summary>Stability index, nats.</summary>
    public required double Index { get; init; }

    /// <summary>The index above which this is drift: the larger of chance's bound and the smallest effect. With too few samples never below the index.</summary>
    public required double Threshold { get; init; }

    /// <summary>Chance of such an index or a larger one without drift, 0 to 1; the smallest effect is not part of it.</summary>
    public required double PValue { get; init; }

    /// <summary>Bins that were not empty in both samples.</summary>
    public required int Bins { get; init; }

    /// <summary>False when one sample was too small for a verdict.</summary>
    public required bool Enough { get; init; }

    /// <summary>True when this is drift.</summary>
    public bool Drifted => Index > Threshold;

    /// <summary>Index by threshold: above 1 is drift. 0 when both are 0.</summary>
    public double Ratio => Index > 0 ? Index / Threshold : 0;
}
