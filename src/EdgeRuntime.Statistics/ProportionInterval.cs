namespace EdgeRuntime.Statistics;

/// <summary>How sure a share is that was counted: 0 errors of 20 is not the same as 0 of 20,000.</summary>
public static class ProportionInterval
{
    /// <summary>Wilson's score interval of the share <c>k / n</c>.</summary>
    /// <param name="k">Events; 0 to <paramref name="n"/>.</param>
    /// <param name="n">Trials; with none the interval is 0 to 1.</param>
    /// <param name="confidence">Two-sided, 0 to 1 exclusive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static (double Low, double High) Wilson(long k, long n, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, n);
        double z = NormalQuantile(confidence);
        if (n == 0)
        {
            return (0, 1);
        }

        double share = (double)k / n;
        double square = z * z / n;
        double center = (share + (square / 2)) / (1 + square);
        double half = z / (1 + square) * Math.Sqrt((share * (1 - share) / n) + (square / (4 * n)));

        // The ends are exact in theory; rounding must not make an interval that excludes the share itself.
        return (k == 0 ? 0 : Math.Max(center - half, 0), k == n ? 1 : Math.Min(center + half, 1));
    }

    /// <summary>Newcombe's interval of the difference <c>k1 / n1 - k2 / n2</c>, built from the two Wilson intervals.</summary>
    /// <remarks>For a gate: a canary is worse than the control when the lower end lies above the margin that is tolerated.</remarks>
    /// <param name="k1">Events of the first; 0 to <paramref name="n1"/>.</param>
    /// <param name="n1">Trials of the first.</param>
    /// <param name="k2">Events of the second; 0 to <paramref name="n2"/>.</param>
    /// <param name="n2">Trials of the second.</param>
    /// <param name="confidence">Two-sided, 0 to 1 exclusive.</param>
    /// <returns>Both ends lie within -1 to 1; they are -1 and 1 when neither side has a trial.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static (double Low, double High) Difference(long k1, long n1, long k2, long n2, double confidence)
    {
        (double low1, double high1) = Wilson(k1, n1, confidence);
        (double low2, double high2) = Wilson(k2, n2, confidence);

        if (n1 == 0 || n2 == 0)
        {
            // One share is unknown, so the difference is only known to lie between the extremes.
            return (low1 - high2, high1 - low2);
        }

        double share1 = (double)k1 / n1;
        double share2 = (double)k2 / n2;
        double difference = share1 - share2;
        double down = Math.Sqrt(Square(share1 - low1) + Square(high2 - share2));
        double up = Math.Sqrt(Square(high1 - share1) + Square(share2 - low2));
        return (Math.Max(difference - down, -1), Math.Min(difference + up, 1));
    }

    /// <summary>How many standard deviations either side of the mean hold a share <paramref name="confidence"/> of a normal distribution; 1.96 for 0.95.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="confidence"/> is not between 0 and 1.</exception>
    public static double NormalQuantile(double confidence)
    {
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "a confidence lies between 0 and 1");
        }

        // The square of a standard normal is chi-squared with one degree of freedom.
        return Math.Sqrt(ChiSquared.Quantile(confidence, 1));
    }

    private static double Square(double x) => x * x;
}
