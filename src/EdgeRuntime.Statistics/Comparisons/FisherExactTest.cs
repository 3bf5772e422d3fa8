using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>Fisher's exact test of a table of two samples and two classes, two-sided.</summary>
public static class FisherExactTest
{
    // Tables as probable as the observed one count; they may differ from it by rounding.
    private const double Equal = 1 + 1e-7;

    /// <summary>Chance of a table as improbable as this one or more, when the classes are dealt at random.</summary>
    /// <param name="firstYes">Values of the one class in the first sample; this and the others 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static double PValue(long firstYes, long firstNo, long secondYes, long secondNo)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstYes);
        ArgumentOutOfRangeException.ThrowIfNegative(firstNo);
        ArgumentOutOfRangeException.ThrowIfNegative(secondYes);
        ArgumentOutOfRangeException.ThrowIfNegative(secondNo);
        long first = checked(firstYes + firstNo);
        long yes = checked(firstYes + secondYes);
        long all = checked(first + secondYes + secondNo);
        if (first == 0 || first == all || yes == 0 || yes == all)
        {
            return 1;
        }

        // Within the margins a table's chance is that of two binomials; the constant drops out.
        double share = (double)first / all;
        double Weight(long count) => Binomial.Probability(count, yes, share) * Binomial.Probability(first - count, all - yes, share);
        double observed = Weight(firstYes) * Equal;
        double sum = 0;
        double rarer = 0;
        for (long count = Math.Max(0, first - (all - yes)); count <= Math.Min(first, yes); count++)
        {
            double weight = Weight(count);
            sum += weight;
            rarer += weight <= observed ? weight : 0;
        }

        return Math.Min(rarer / sum, 1);
    }
}
