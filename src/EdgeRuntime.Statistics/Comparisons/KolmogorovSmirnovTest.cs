using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>The two-sample Kolmogorov-Smirnov test: the largest difference of the distribution functions.</summary>
public static class KolmogorovSmirnovTest
{
    /// <summary>Compares two samples, two-sided.</summary>
    /// <remarks>
    /// Exact, with values that occur more than once too: what chance does is counted for the very ties at hand, where most
    /// programs take the larger p-value of untied ones. Beyond some 1e8 pairs the limit distribution takes its place.
    /// </remarks>
    public static TestResult Compare(SortedSample first, SortedSample second)
    {
        if (first.Count == 0 || second.Count == 0)
        {
            return new TestResult(double.NaN, double.NaN);
        }

        MergedSample merged = new(first, second);
        Pooled pooled = Pooled.Of(
            new BinnedSample(merged.First, 0, first.Count), new BinnedSample(merged.Second, 0, second.Count), missing: false);
        Int128 difference = PathProbability.LargestOfSums(pooled);
        double statistic = (double)difference / ((double)first.Count * second.Count);
        if (PathProbability.Steps(pooled) <= PathProbability.MostSteps)
        {
            return new TestResult(statistic, PathProbability.AtLeast(pooled, difference, sums: true));
        }

        double scale = Math.Sqrt((double)first.Count * second.Count / ((double)first.Count + second.Count));
        return new TestResult(statistic, Kolmogorov.Survival(statistic * scale));
    }
}
