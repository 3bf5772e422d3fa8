namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>Distances between the distribution functions F and G of two samples.</summary>
public static class SampleDistances
{
    /// <summary>Wasserstein-1 or earth mover's distance, the integral of |F - G|, in the unit of the values; NaN without values.</summary>
    public static double Wasserstein(SortedSample first, SortedSample second) => Integral(first, second, squared: false);

    /// <summary>Energy distance, the root of twice the integral of (F - G)^2, in the root of the values' unit; NaN without values.</summary>
    public static double Energy(SortedSample first, SortedSample second) =>
        Math.Sqrt(2 * Integral(first, second, squared: true));

    private static double Integral(SortedSample first, SortedSample second, bool squared)
    {
        if (first.Count == 0 || second.Count == 0)
        {
            return double.NaN;
        }

        MergedSample merged = new(first, second);
        double sum = 0;
        long a = 0;
        long b = 0;
        for (int i = 0; i + 1 < merged.Count; i++)
        {
            a += merged.First[i];
            b += merged.Second[i];
            double difference = Math.Abs(((double)a / first.Count) - ((double)b / second.Count));
            sum += (merged.Values[i + 1] - merged.Values[i]) * (squared ? difference * difference : difference);
        }

        return sum;
    }
}
