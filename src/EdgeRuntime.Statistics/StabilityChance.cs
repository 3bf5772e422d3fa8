using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics;

/// <summary>
/// What chance alone makes of the stability index of windows of one reference: its moments by the window's size, worked out offline, so
/// that a device only reads them off.
/// </summary>
/// <remarks>
/// <para>
/// The chi-squared distribution stands for large counts. With one or two values a bin it is far off: of fifty values on 32 bins its 5 %
/// threshold is never passed, of 200 by 3.3 %. Here a window's counts are what the reference's foretell: negative
/// binomial in each bin, under the condition that they sum to the window's size (the Dirichlet-multinomial distribution; between a
/// reference's own quantiles, of values without ties, that is exactly how a window falls). <see cref="ConditionalMoments"/> has the
/// moments, <see cref="PearsonCurve"/> the tails.
/// </para>
/// <para>Of a window with values in a bin that the reference never had the device works them out itself: that is rare.</para>
/// <para>Between two sizes the moments are linear in the logarithm; below the smallest and above the largest they are taken as there.</para>
/// </remarks>
public sealed class StabilityChance
{
    // Below, the integral behind the moments does not hold, and the chi-squared form is no worse.
    private const int FewestValues = 50;

    private readonly StabilityMoments[] _moments;

    /// <param name="moments">Of one size at least, sizes ascending; copied.</param>
    /// <exception cref="ArgumentException">There are none, or the sizes do not ascend.</exception>
    public StabilityChance(IReadOnlyList<StabilityMoments> moments)
    {
        _moments = [.. moments];
        for (int i = 0; i < _moments.Length; i++)
        {
            if (!(_moments[i].Size > (i > 0 ? _moments[i - 1].Size : 0)))
            {
                throw new ArgumentException($"the size {_moments[i].Size} at {i} is not above the one before", nameof(moments));
            }
        }

        if (_moments.Length == 0)
        {
            throw new ArgumentException("there are no moments", nameof(moments));
        }
    }

    /// <summary>
    /// Window sizes between which the moments hardly bend, 32 to 8,192: closer while bins have few values. Between them a level of 5 %
    /// becomes 4.6 to 5.1 %.
    /// </summary>
    public static IReadOnlyList<long> Sizes { get; } = [32, 45, 64, 91, 128, 181, 256, 362, 512, 1_024, 2_048, 4_096, 8_192];

    /// <summary>Works the moments out.</summary>
    /// <param name="reference">Counts by bin, the missing values among them; 0 or more. Bins without any are left out.</param>
    /// <param name="sizes">Of windows, 1 or more, ascending.</param>
    /// <returns>One for each size; none where fewer than two bins have counts, or all together fewer than 50.</returns>
    public static IReadOnlyList<StabilityMoments> Of(IEnumerable<long> reference, IEnumerable<long> sizes)
    {
        long[] counts = [.. reference.Where(count => count > 0)];
        long total = counts.Sum();
        int degrees = counts.Length - 1;
        return degrees < 1 || total < FewestValues ? [] : [.. sizes.Select(size =>
        {
            double spread = (1.0 / total) + (1.0 / size);
            CellTerm term = new(ComparisonMethod.PopulationStability, total, size, counts.Length);
            SumMoments of = ConditionalMoments.OfWindow(counts, size, term);
            return new StabilityMoments(
                size, of.Mean / (degrees * spread), of.Variance / (2 * degrees * spread * spread), of.Skewness, of.Excess);
        })];
    }

    /// <summary>The distribution of the index. Allocates nothing.</summary>
    /// <param name="bins">Bins that are not empty in both samples; at least 2.</param>
    /// <param name="referenceSize">Values in the reference, above 0.</param>
    /// <param name="size">Values in the window, above 0.</param>
    internal PearsonCurve At(int bins, double referenceSize, double size)
    {
        double degrees = bins - 1;
        double spread = (1 / referenceSize) + (1 / size);
        StabilityMoments at = Between(size);
        return new PearsonCurve(
            at.Mean * degrees * spread, at.Variance * 2 * degrees * spread * spread, at.Skewness, at.Excess);
    }

    private StabilityMoments Between(double size)
    {
        int above = 0;
        while (above < _moments.Length && _moments[above].Size < size)
        {
            above++;
        }

        if (above == 0)
        {
            return _moments[0];
        }

        StabilityMoments low = _moments[above - 1];
        if (above == _moments.Length)
        {
            return low;
        }

        StabilityMoments high = _moments[above];
        return low.Toward(high, Math.Log(size / low.Size) / Math.Log(high.Size / low.Size));
    }
}

/// <summary>Moments of the stability index without drift, for windows of one size.</summary>
/// <param name="Size">Values in a window; above 0.</param>
/// <param name="Mean">Of the index, by the <c>(bins - 1) (1/N + 1/M)</c> of the chi-squared form.</param>
/// <param name="Variance">Likewise, by <c>2 (bins - 1) (1/N + 1/M)^2</c>.</param>
/// <param name="Skewness">Third standardized moment.</param>
/// <param name="Excess">Fourth standardized moment less 3.</param>
public readonly record struct StabilityMoments(double Size, double Mean, double Variance, double Skewness, double Excess)
{
    internal StabilityMoments Toward(in StabilityMoments other, double share) => new(
        Size,
        Mean + (share * (other.Mean - Mean)),
        Variance + (share * (other.Variance - Variance)),
        Skewness + (share * (other.Skewness - Skewness)),
        Excess + (share * (other.Excess - Excess)));
}
