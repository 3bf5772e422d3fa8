using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>Tests that two samples have one mean, two-sided.</summary>
public static class MeanTests
{
    /// <summary>Welch's t: the variances may differ.</summary>
    public static TestResult Welch(SortedSample first, SortedSample second)
    {
        double a = first.Variance / first.Count;
        double b = second.Variance / second.Count;
        double degrees = (a + b) * (a + b) / ((a * a / (first.Count - 1)) + (b * b / (second.Count - 1)));
        return Judge(first, second, a + b, degrees);
    }

    /// <summary>Student's t: one variance for both.</summary>
    public static TestResult Student(SortedSample first, SortedSample second)
    {
        double degrees = first.Count + second.Count - 2;
        double variance = (((first.Count - 1) * first.Variance) + ((second.Count - 1) * second.Variance)) / degrees;
        return Judge(first, second, variance * ((1.0 / first.Count) + (1.0 / second.Count)), degrees);
    }

    private static TestResult Judge(SortedSample first, SortedSample second, double variance, double degrees)
    {
        double difference = first.Mean - second.Mean;

        // Of constants any difference is certain, and none is none.
        return variance > 0 ? Of(difference / Math.Sqrt(variance), degrees)
            : variance == 0 && difference == 0 ? new TestResult(0, 1)
            : variance == 0 ? new TestResult(difference > 0 ? double.PositiveInfinity : double.NegativeInfinity, 0)
            : new TestResult(double.NaN, double.NaN);
    }

    private static TestResult Of(double t, double degrees) => new(t, StudentT.TwoSided(t, degrees));
}
