namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// The Anderson-Darling test of k samples, here two: differences of the distribution functions, weighted up in the tails.
/// </summary>
/// <remarks>
/// F. W. Scholz and M. A. Stephens, "K-sample Anderson-Darling tests", J. Am. Stat. Assoc. 82 (1987): the version for ties
/// (eq. 7), standardized by its exact mean and variance; p from a parabola through their table 1, and so bounded to 0.001 to 0.25.
/// </remarks>
public static class AndersonDarlingTest
{
    private static readonly double[] Levels = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];

    // Table 1 for two samples: b0 + b1 + b2 of each level.
    private static readonly double[] Critical =
    [
        0.675 - 0.245 - 0.105, 1.281 + 0.25 - 0.305, 1.645 + 0.678 - 0.362, 1.96 + 1.149 - 0.391, 2.326 + 1.822 - 0.396,
        2.573 + 2.364 - 0.345, 3.085 + 3.615 - 0.154,
    ];

    /// <summary>Compares two samples of at least two values each, of which not all are equal; otherwise NaN.</summary>
    public static TestResult Compare(SortedSample first, SortedSample second)
    {
        MergedSample merged = new(first, second);
        if (first.Count < 2 || second.Count < 2 || merged.Count < 2)
        {
            return new TestResult(double.NaN, double.NaN);
        }

        double all = first.Count + second.Count;
        double sum = (Weighted(merged, merged.First, first.Count, all) / first.Count)
            + (Weighted(merged, merged.Second, second.Count, all) / second.Count);
        double statistic = ((sum * (all - 1) / all) - 1) / Math.Sqrt(Variance(first.Count, second.Count));
        return new TestResult(statistic, PValue(statistic));
    }

    private static double Weighted(MergedSample merged, ReadOnlySpan<long> counts, double size, double all)
    {
        double sum = 0;
        double passed = 0;
        double own = 0;
        for (int i = 0; i < merged.Count; i++)
        {
            double tied = merged.First[i] + merged.Second[i];
            double before = passed + (tied / 2);
            double off = (all * (own + (counts[i] / 2.0))) - (before * size);
            sum += tied / all * off * off / ((before * (all - before)) - (all * tied / 4));
            passed += tied;
            own += counts[i];
        }

        return sum;
    }

    // Eq. 4 for two samples.
    private static double Variance(double n, double m)
    {
        double all = n + m;
        double inverse = (1 / n) + (1 / m);
        double h = 1;
        double g = 0;
        for (int i = 2; i < all; i++)
        {
            // Sums over the larger numbers first, of which each step has one more.
            double next = all - i + 1;
            h += 1 / next;
            g += (h - 1) / i;
        }

        const double K = 2;
        double a = (((4 * g) - 6) * (K - 1)) + ((10 - (6 * g)) * inverse);
        double b = (((2 * g) - 4) * K * K) + (8 * h * K) + (((2 * g) - (14 * h) - 4) * inverse) - (8 * h) + (4 * g) - 6;
        double c = (((6 * h) + (2 * g) - 2) * K * K) + (((4 * h) - (4 * g) + 6) * K) + (((2 * h) - 6) * inverse) + (4 * h);
        double d = (((2 * h) + 6) * K * K) - (4 * h * K);
        return ((((((a * all) + b) * all) + c) * all) + d) / ((all - 1) * (all - 2) * (all - 3));
    }

    private static double PValue(double statistic)
    {
        if (statistic < Critical[0])
        {
            return Levels[0];
        }

        return statistic > Critical[^1] ? Levels[^1] : Math.Exp(Parabola(statistic));
    }

    // Least squares of the levels' logarithms on the critical values, by orthogonal polynomials over the seven points.
    private static double Parabola(double x)
    {
        double mean = Critical.Average();
        double squares = 0;
        double cubes = 0;
        foreach (double point in Critical)
        {
            squares += (point - mean) * (point - mean);
            cubes += (point - mean) * (point - mean) * (point - mean);
        }

        double constant = 0;
        double linear = 0;
        double quadratic = 0;
        double norm = 0;
        for (int i = 0; i < Critical.Length; i++)
        {
            double u = Critical[i] - mean;
            double v = (u * u) - (cubes / squares * u) - (squares / Critical.Length);
            double y = Math.Log(Levels[i]);
            constant += y / Critical.Length;
            linear += u * y / squares;
            quadratic += v * y;
            norm += v * v;
        }

        double at = x - mean;
        return constant + (linear * at)
            + (quadratic / norm * ((at * at) - (cubes / squares * at) - (squares / Critical.Length)));
    }
}
