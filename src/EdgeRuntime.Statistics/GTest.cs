namespace EdgeRuntime.Statistics;

/// <summary>
/// Likelihood-ratio test that two samples of counts come from one source, such as the predictions of canaries and of
/// the devices that still run the old model.
/// </summary>
public static class GTest
{
    /// <summary>Compares two samples.</summary>
    /// <remarks>
    /// <c>G = 2 sum O ln(O / E)</c> over both samples' bins (the missing values are one), E from their common shares,
    /// with <c>bins - 1</c> degrees of freedom; bins empty in both are left out. G is scaled down by the effective
    /// sizes where these are below the counts. Sums run in the order of the bins.
    /// </remarks>
    /// <exception cref="ArgumentException">The numbers of bins differ.</exception>
    public static GTestResult Compare(in BinnedSample first, in BinnedSample second)
    {
        if (first.Bins.Length != second.Bins.Length)
        {
            throw new ArgumentException($"the samples have {first.Bins.Length} and {second.Bins.Length} bins");
        }

        double firstTotal = first.Total;
        double secondTotal = second.Total;
        if (firstTotal == 0 || secondTotal == 0)
        {
            return new GTestResult(0, 0, 1);
        }

        double sum = 0;
        int live = 0;
        for (int cell = 0; cell < first.Cells; cell++)
        {
            double both = (double)first.Cell(cell) + second.Cell(cell);
            if (both > 0)
            {
                live++;
                double share = both / (firstTotal + secondTotal);
                sum += Term(first.Cell(cell), share * firstTotal) + Term(second.Cell(cell), share * secondTotal);
            }
        }

        double counted = (1 / firstTotal) + (1 / secondTotal);
        double effective = (1 / Math.Max(first.EffectiveSize, 1)) + (1 / Math.Max(second.EffectiveSize, 1));

        // Rounding may leave -1e-16 where the samples agree.
        double statistic = Math.Max(2 * sum * (counted / effective), 0);
        int degrees = live - 1;
        return new GTestResult(statistic, degrees, degrees == 0 ? 1 : ChiSquared.Survival(statistic, degrees));
    }

    private static double Term(long observed, double expected) =>
        observed == 0 ? 0 : observed * Math.Log(observed / expected);
}

/// <summary>What a test came to.</summary>
/// <param name="Statistic">G; at least 0.</param>
/// <param name="Degrees">Degrees of freedom; 0 when there was nothing to compare.</param>
/// <param name="PValue">Chance of such a difference or a larger one between samples of one source, 0 to 1.</param>
public readonly record struct GTestResult(double Statistic, int Degrees, double PValue);
