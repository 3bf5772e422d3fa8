using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// Exact null distributions of largest differences, when the pooled counts are dealt at random to the two samples: of
/// cumulated shares (Kolmogorov-Smirnov, ties and all) and of shares (L-infinity).
/// </summary>
/// <remarks>
/// The counts make a path over the cells; the probability of paths that leave the corridor is added up at the cell where
/// they leave it, as J. L. Hodges has it for untied values ("The significance probability of the Smirnov two-sample test",
/// 1958). Nothing is subtracted, so that small probabilities keep their digits. Differences are compared as whole numbers.
/// </remarks>
internal static class PathProbability
{
    /// <summary>Steps beyond which the exact answer is not worth its time.</summary>
    public const double MostSteps = 2e8;

    // Cumulated counts further out than this many standard deviations weigh less than any p-value that is told.
    private const double Reach = 12;

    /// <summary>Largest difference of cumulated shares, times both sample sizes.</summary>
    public static Int128 LargestOfSums(in Pooled pooled)
    {
        Int128 largest = 0;
        long total = 0;
        long current = 0;
        for (int cell = 0; cell < pooled.Cells; cell++)
        {
            total += pooled.Totals[cell];
            current += pooled.Current[cell];
            largest = Int128.Max(largest, Difference(current, total, pooled));
        }

        return largest;
    }

    /// <summary>Largest difference of shares, times both sample sizes.</summary>
    public static Int128 LargestOfCells(in Pooled pooled)
    {
        Int128 largest = 0;
        for (int cell = 0; cell < pooled.Cells; cell++)
        {
            largest = Int128.Max(largest, Difference(pooled.Current[cell], pooled.Totals[cell], pooled));
        }

        return largest;
    }

    /// <summary>Steps that <see cref="AtLeast"/> takes, about.</summary>
    public static double Steps(in Pooled pooled)
    {
        double share = (double)pooled.CurrentSize / pooled.Size;
        double band = Math.Min(pooled.CurrentSize, Reach * Math.Sqrt(pooled.Size * share * (1 - share)));
        double steps = 0;
        foreach (long total in pooled.Totals)
        {
            steps += band * Math.Min(total, (2 * Reach * Math.Sqrt(total * share * (1 - share))) + 2);
        }

        return steps;
    }

    /// <summary>Probability of a largest difference of at least <paramref name="difference"/>, 0 to 1.</summary>
    /// <param name="pooled">At least one value in each sample.</param>
    /// <param name="difference">As <see cref="LargestOfSums"/> or <see cref="LargestOfCells"/> gives it.</param>
    /// <param name="sums">Whether differences of cumulated shares are meant.</param>
    public static double AtLeast(in Pooled pooled, Int128 difference, bool sums)
    {
        if (difference <= 0)
        {
            return 1;
        }

        double share = (double)pooled.CurrentSize / pooled.Size;
        double[] paths = [1];
        long start = 0;
        long passed = 0;
        double left = 0;
        foreach (long total in pooled.Totals)
        {
            passed += total;
            (long low, long high) = Band(passed, pooled, share);
            Remainder rest = new(pooled.CurrentSize - low, pooled.Size - passed, share, (int)(high - low + 1));
            (long least, long most) = Counts(total, share);
            double[] weights = new double[most - least + 1];
            bool[] inside = new bool[weights.Length];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = Binomial.Probability(least + i, total, share);
                inside[i] = sums || Difference(least + i, total, pooled) < difference;
            }

            double[] next = new double[high - low + 1];
            for (int from = 0; from < paths.Length; from++)
            {
                long first = start + from + least - low;
                int skip = (int)Math.Max(0, -first);
                int end = (int)Math.Min(weights.Length, next.Length - first);
                for (int i = skip; i < end && paths[from] > 0; i++)
                {
                    double weight = paths[from] * weights[i];
                    int to = (int)(first + i);
                    if (inside[i])
                    {
                        next[to] += weight;
                    }
                    else
                    {
                        left += weight * rest.After(to);
                    }
                }
            }

            for (int i = 0; sums && i < next.Length; i++)
            {
                if (next[i] > 0 && Difference(low + i, passed, pooled) >= difference)
                {
                    left += next[i] * rest.After(i);
                    next[i] = 0;
                }
            }

            paths = next;
            start = low;
        }

        return Math.Clamp(left / Binomial.Probability(pooled.CurrentSize, pooled.Size, share), 0, 1);
    }

    private static Int128 Difference(long current, long total, in Pooled pooled) =>
        Int128.Abs(((Int128)current * pooled.Size) - ((Int128)total * pooled.CurrentSize));

    // Cumulated counts of the current sample that are possible and plausible once so many values have passed.
    private static (long Low, long High) Band(long passed, in Pooled pooled, double share)
    {
        double mean = passed * share;
        double reach = (Reach * Math.Sqrt(mean * (1 - ((double)passed / pooled.Size)) * (1 - share))) + 40;
        long low = Math.Max(0, pooled.CurrentSize - (pooled.Size - passed));
        long high = Math.Min(pooled.CurrentSize, passed);
        return (Math.Max(low, (long)Math.Floor(mean - reach)), Math.Min(high, (long)Math.Ceiling(mean + reach)));
    }

    private static (long Least, long Most) Counts(long total, double share)
    {
        double mean = total * share;
        double reach = (Reach * Math.Sqrt(mean * (1 - share))) + 40;
        return ((long)Math.Max(0, Math.Floor(mean - reach)), (long)Math.Min(total, Math.Ceiling(mean + reach)));
    }

    /// <summary>Weights of all ways on from a cell to the end, for the states that need them.</summary>
    private readonly struct Remainder(long current, long values, double share, int states)
    {
        private readonly double[] _weights = new double[states];

        /// <summary>From the state with <paramref name="state"/> values more in the current sample than the lowest.</summary>
        public double After(int state) => _weights[state] > 0
            ? _weights[state]
            : _weights[state] = Binomial.Probability(current - state, values, share);
    }
}
