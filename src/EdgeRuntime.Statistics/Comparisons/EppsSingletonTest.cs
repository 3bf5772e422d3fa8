namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// The Epps-Singleton test: compares the characteristic functions of two samples at two points, and sees differences of scale
/// and shape as well as of place; values may be tied.
/// </summary>
/// <remarks>
/// T. W. Epps and K. J. Singleton, "An omnibus test for the two-sample problem using the empirical characteristic function",
/// J. Stat. Comput. Simul. 26 (1986); points 0.4 and 0.8 in units of half the pooled quartiles' distance, and the correction
/// for small samples, after S. J. Goerg and J. Kaiser, Stata Journal 9 (2009).
/// </remarks>
public static class EppsSingletonTest
{
    private const int Terms = 4;
    private static readonly double[] Points = [0.4, 0.8];

    /// <summary>Compares two samples of at least five values each whose quartiles differ; otherwise NaN.</summary>
    public static TestResult Compare(SortedSample first, SortedSample second)
    {
        SortedSample both = new([.. first.Values, .. second.Values]);
        double scale = both.Count == 0 ? 0 : (both.Quantile(0.75) - both.Quantile(0.25)) / 2;
        if (first.Count < 5 || second.Count < 5 || !(scale > 0))
        {
            return new TestResult(double.NaN, double.NaN);
        }

        double n = first.Count;
        double m = second.Count;
        double all = n + m;
        (double[] firstMean, double[,] firstCovariance) = Moments(first, scale);
        (double[] secondMean, double[,] secondCovariance) = Moments(second, scale);
        double[,] covariance = new double[Terms, Terms];
        double[] difference = new double[Terms];
        for (int i = 0; i < Terms; i++)
        {
            difference[i] = firstMean[i] - secondMean[i];
            for (int j = 0; j < Terms; j++)
            {
                covariance[i, j] = (all / n * firstCovariance[i, j]) + (all / m * secondCovariance[i, j]);
            }
        }

        (double form, int rank) = SymmetricForm.OfInverse(covariance, difference);
        double statistic = all * form;
        if (Math.Max(n, m) < 25)
        {
            statistic /= 1 + Math.Pow(all, -0.45) + (10.1 * (Math.Pow(n, -1.7) + Math.Pow(m, -1.7)));
        }

        return new TestResult(statistic, rank == 0 ? 1 : ChiSquared.Survival(statistic, rank));
    }

    private static (double[] Mean, double[,] Covariance) Moments(SortedSample sample, double scale)
    {
        double[] mean = new double[Terms];
        double[,] covariance = new double[Terms, Terms];
        Span<double> term = stackalloc double[Terms];
        foreach (double value in sample.Values)
        {
            Fill(term, value / scale);
            for (int i = 0; i < Terms; i++)
            {
                mean[i] += term[i] / sample.Count;
            }
        }

        foreach (double value in sample.Values)
        {
            Fill(term, value / scale);
            for (int i = 0; i < Terms; i++)
            {
                for (int j = 0; j < Terms; j++)
                {
                    covariance[i, j] += (term[i] - mean[i]) * (term[j] - mean[j]) / sample.Count;
                }
            }
        }

        return (mean, covariance);
    }

    private static void Fill(Span<double> term, double value)
    {
        for (int point = 0; point < Points.Length; point++)
        {
            term[point] = Math.Cos(Points[point] * value);
            term[Points.Length + point] = Math.Sin(Points[point] * value);
        }
    }
}
