using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>Window tests: compares the counts of a window with those of a reference on the same cells.</summary>
/// <remarks>
/// <para>
/// What chance does is worked out for the very counts at hand: under no drift the window is a random part of both samples
/// together, so sums over cells have known moments (<see cref="ConditionalMoments"/>, Pearson's curve through the first four) and
/// largest differences a known distribution (<see cref="PathProbability"/>). So the level holds for fifty values on thirty cells, for rare
/// cells and for ties, where the chi-squared forms do not; the largest differences are discrete, and alarm at most at the level.
/// </para>
/// <para>
/// Between a reference's own quantiles its counts are fixed, and a deal would give them noise that they do not have: with thirty values in
/// a bin half the alarms. There sums have the moments of the window that such a reference foretells.
/// </para>
/// <para>
/// Where counts are worth less than they are many (<see cref="BinnedSample.EffectiveSize"/>), the statistic is held against a null
/// that is wider by what the sizes shrink. Made once a window, not once a sample; it allocates.
/// </para>
/// </remarks>
public static class CountComparison
{
    /// <summary>Values that chi-squared and G expect in every cell of the smaller sample; W. G. Cochran's rule (1954).</summary>
    private const double ExpectedInCell = 5;

    /// <summary>The methods that need counts alone.</summary>
    public static IReadOnlyList<ComparisonMethod> Methods { get; } =
        [.. Enum.GetValues<ComparisonMethod>().Where(method => method != ComparisonMethod.Wasserstein)];

    /// <summary>Compares two samples.</summary>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="reference">What the other sample is held against.</param>
    /// <param name="current">The window.</param>
    /// <param name="limits">What has to be shown for drift.</param>
    /// <param name="cells">What the bins are.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of bins differ, a count is negative, categories were to be ordered, or the method needs more than counts.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is not between 0 and 1.</exception>
    public static ComparisonResult Compare(
        ComparisonMethod method, in BinnedSample reference, in BinnedSample current, ComparedCells cells, ComparisonLimits limits)
    {
        if (!(limits.Level > 0 && limits.Level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(limits), limits.Level, "a level between 0 and 1 is needed");
        }

        if (method == ComparisonMethod.KolmogorovSmirnov && cells == ComparedCells.Categories)
        {
            throw new ArgumentException("categories have no order, so no Kolmogorov-Smirnov statistic");
        }

        // Missing values lie on no side of the others.
        Pooled pooled = Pooled.Of(reference, current, missing: method != ComparisonMethod.KolmogorovSmirnov);
        if (pooled.CurrentSize == 0 || pooled.ReferenceSize == 0)
        {
            return Nothing(method, reference, current, limits);
        }

        if (method is ComparisonMethod.ChiSquared or ComparisonMethod.LikelihoodRatio)
        {
            pooled = pooled.Merged(ExpectedInCell, ordered: cells != ComparedCells.Categories);
        }

        double widening = ((1 / Math.Max(reference.EffectiveSize, 1)) + (1 / Math.Max(current.EffectiveSize, 1)))
            / ((1 / (double)pooled.ReferenceSize) + (1 / (double)pooled.CurrentSize));
        ComparisonResult result = new()
        {
            Method = method,
            Statistic = 0,
            Threshold = double.NaN,
            PValue = 1,
            Effect = 0,
            ReferenceSize = reference.EffectiveSize,
            CurrentSize = current.EffectiveSize,
            Cells = pooled.Cells,
            Limits = limits,
        };
        return method is ComparisonMethod.LInfinity or ComparisonMethod.KolmogorovSmirnov
            ? OfLargest(result, pooled, widening)
            : OfSum(result, pooled, cells, widening);
    }

    /// <summary>Compares two vectors of counts without missing values, each value worth one observation.</summary>
    /// <exception cref="ArgumentException">The numbers of bins differ, or a count is negative.</exception>
    public static ComparisonResult Compare(
        ComparisonMethod method, ReadOnlySpan<long> reference, ReadOnlySpan<long> current, ComparedCells cells, ComparisonLimits limits) =>
        Compare(
            method, new BinnedSample(reference, 0, Sum(reference)), new BinnedSample(current, 0, Sum(current)), cells, limits);

    private static ComparisonResult OfSum(ComparisonResult result, in Pooled pooled, ComparedCells cells, double widening)
    {
        CellTerm term = new(result.Method, pooled.ReferenceSize, pooled.CurrentSize, pooled.Cells);
        double sum = 0;
        for (int cell = 0; cell < pooled.Cells; cell++)
        {
            sum += term.Of(pooled.Totals[cell], pooled.Current[cell]);
        }

        // Rounding may leave -1e-17 where the samples agree.
        sum = Math.Max(sum, 0);

        // Sums of squares grow by the widening, sums of absolute differences by its root.
        double stretch = result.Method == ComparisonMethod.TotalVariation ? Math.Sqrt(widening) : widening;
        bool foretold = cells == ComparedCells.OwnQuantiles && ConditionalMoments.IsForetold(pooled);
        PearsonCurve chance = (foretold ? ConditionalMoments.OfWindow(pooled, term) : ConditionalMoments.Of(pooled, term)).Curve;
        double threshold = chance.UpperQuantile(result.Limits.Level) * stretch;
        double effect = result.Method switch
        {
            ComparisonMethod.JensenShannon or ComparisonMethod.Hellinger => Math.Sqrt(sum),
            ComparisonMethod.ChiSquared or ComparisonMethod.LikelihoodRatio =>
                CramersV.OfShares(pooled, result.ReferenceSize, result.CurrentSize),
            _ => sum,
        };
        bool rooted = result.Method == ComparisonMethod.Hellinger;
        return result with
        {
            Statistic = rooted ? effect : sum,
            Threshold = rooted ? Math.Sqrt(threshold) : threshold,
            PValue = chance.Survival(sum / stretch),
            Effect = effect,
        };
    }

    private static ComparisonResult OfLargest(ComparisonResult result, in Pooled pooled, double widening)
    {
        bool sums = result.Method == ComparisonMethod.KolmogorovSmirnov;
        Int128 difference = sums ? PathProbability.LargestOfSums(pooled) : PathProbability.LargestOfCells(pooled);
        double statistic = (double)difference / ((double)pooled.CurrentSize * pooled.ReferenceSize);

        // Rounded up, since a smaller difference has the larger probability.
        Int128 shrunk = widening > 1 ? (Int128)Math.Floor((double)difference / Math.Sqrt(widening)) : difference;
        double pValue = PathProbability.Steps(pooled) <= PathProbability.MostSteps
            ? PathProbability.AtLeast(pooled, shrunk, sums)
            : LargeSample(pooled, shrunk, sums);
        return result with { Statistic = statistic, PValue = pValue, Effect = statistic };
    }

    // Both bounds are above the exact answer but for terms of the order of 1 / sqrt(size), with sizes of many thousands.
    private static double LargeSample(in Pooled pooled, Int128 difference, bool sums)
    {
        double scale = Math.Sqrt((double)pooled.CurrentSize * pooled.ReferenceSize * pooled.Size);
        double z = (double)difference / scale;
        if (sums)
        {
            return Kolmogorov.Survival(z);
        }

        double either = 0;
        foreach (long total in pooled.Totals)
        {
            double share = (double)total / pooled.Size;
            either += share is > 0 and < 1 ? Normal.TwoSided(z / Math.Sqrt(share * (1 - share))) : 0;
        }

        return Math.Min(either, 1);
    }

    private static ComparisonResult Nothing(
        ComparisonMethod method, in BinnedSample reference, in BinnedSample current, ComparisonLimits limits) => new()
        {
            Method = method,
            Statistic = 0,
            Threshold = double.NaN,
            PValue = 1,
            Effect = 0,
            ReferenceSize = reference.Total == 0 ? 0 : reference.EffectiveSize,
            CurrentSize = current.Total == 0 ? 0 : current.EffectiveSize,
            Cells = 0,
            Limits = limits,
        };

    private static long Sum(ReadOnlySpan<long> counts)
    {
        long sum = 0;
        foreach (long count in counts)
        {
            sum += count;
        }

        return sum;
    }
}
