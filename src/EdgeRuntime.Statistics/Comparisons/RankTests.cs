using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>Tests by ranks: they ask nothing of the distribution, and values that are equal share their ranks.</summary>
public static class RankTests
{
    // Up to here and without ties the distribution is counted out.
    private const int ExactSize = 8;
    private const double MostWays = 5e7;

    /// <summary>Mann-Whitney: does one sample tend to be larger? Two-sided.</summary>
    /// <remarks>
    /// The statistic is the number of pairs in which the first sample's value is the larger, ties counting half. Exact where one
    /// sample has at most eight values and none is tied, else normal with corrections for ties and continuity.
    /// </remarks>
    public static TestResult MannWhitney(SortedSample first, SortedSample second)
    {
        if (first.Count == 0 || second.Count == 0)
        {
            return new TestResult(double.NaN, double.NaN);
        }

        MergedSample merged = new(first, second);
        double pairs = 0;
        double ties = 0;
        double below = 0;
        for (int i = 0; i < merged.Count; i++)
        {
            pairs += merged.First[i] * (below + (merged.Second[i] / 2.0));
            below += merged.Second[i];
            double tied = merged.First[i] + merged.Second[i];
            ties += (tied * tied * tied) - tied;
        }

        double n = first.Count;
        double m = second.Count;
        double all = n + m;
        double larger = Math.Max(pairs, (n * m) - pairs);
        if (Math.Min(n, m) <= ExactSize && ties == 0 && n * m * n * m <= MostWays)
        {
            return new TestResult(pairs, Math.Min(1, 2 * ExactUpper(first.Count, second.Count, (long)larger)));
        }

        double variance = n * m / 12 * (all + 1 - (ties / (all * (all - 1))));
        double z = (larger - (n * m / 2) - 0.5) / Math.Sqrt(variance);
        return new TestResult(pairs, variance > 0 ? Math.Min(1, 2 * Normal.Survival(z)) : 1);
    }

    /// <summary>Cramer-von Mises: the summed squared differences of the distribution functions (Anderson 1962), by its limit distribution.</summary>
    public static TestResult CramerVonMises(SortedSample first, SortedSample second)
    {
        if (first.Count == 0 || second.Count == 0)
        {
            return new TestResult(double.NaN, double.NaN);
        }

        MergedSample merged = new(first, second);
        double n = first.Count;
        double m = second.Count;
        double all = n + m;
        double firstSquares = 0;
        double secondSquares = 0;
        double passed = 0;
        double ofFirst = 0;
        double ofSecond = 0;
        for (int i = 0; i < merged.Count; i++)
        {
            double tied = merged.First[i] + merged.Second[i];
            double rank = passed + ((tied + 1) / 2);
            firstSquares += SquaresTo(rank, ofFirst, merged.First[i]);
            secondSquares += SquaresTo(rank, ofSecond, merged.Second[i]);
            passed += tied;
            ofFirst += merged.First[i];
            ofSecond += merged.Second[i];
        }

        double statistic = (((n * firstSquares) + (m * secondSquares)) / (n * m * all)) - (((4 * n * m) - 1) / (6 * all));
        double mean = (1 + (1 / all)) / 6;
        double variance = (all + 1) * ((4 * n * m * all) - (3 * ((n * n) + (m * m))) - (2 * n * m))
            / (45 * all * all * 4 * n * m);
        double scaled = (1.0 / 6) + ((statistic - mean) / Math.Sqrt(45 * variance));
        return new TestResult(statistic, Distributions.CramerVonMises.Survival(scaled));
    }

    // (rank - i)^2 over the next count values of a sample.
    private static double SquaresTo(double rank, double passed, long count)
    {
        double sum = 0;
        for (long i = 1; i <= count; i++)
        {
            double off = rank - passed - i;
            sum += off * off;
        }

        return sum;
    }

    // Probability of at least so many pairs, from the number of ways by the recurrence of Mann and Whitney (1947).
    private static double ExactUpper(int n, int m, long least)
    {
        (n, m) = (Math.Min(n, m), Math.Max(n, m));
        double[][] chances = [.. Enumerable.Range(0, n + 1).Select(i => new double[(i * m) + 1])];
        chances[0][0] = 1;

        // After each round chances[i] is the distribution for i values of the one and j of the other sample.
        for (int i = 1; i <= n; i++)
        {
            chances[i][0] = 1;
        }

        for (int j = 1; j <= m; j++)
        {
            for (int i = 1; i <= n; i++)
            {
                double share = (double)j / (i + j);
                for (int pairs = i * j; pairs >= 0; pairs--)
                {
                    // The largest of all belongs to either sample; when to the first, it is above all j of the second.
                    double without = pairs <= i * (j - 1) ? chances[i][pairs] : 0;
                    double with = pairs >= j ? chances[i - 1][pairs - j] : 0;
                    chances[i][pairs] = (share * without) + ((1 - share) * with);
                }
            }
        }

        double sum = 0;
        for (long pairs = (long)n * m; pairs >= least; pairs--)
        {
            sum += chances[n][pairs];
        }

        return sum;
    }
}
