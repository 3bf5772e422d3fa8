namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// Shares of two samples on bins of one width over the range of both, as most other programs bin them. Such bins move with
/// every window, so windows cannot be added up; they are here to give the same numbers.
/// </summary>
public sealed class EqualWidthHistograms
{
    private readonly double[] _first;
    private readonly double[] _second;

    /// <summary>Bins two samples.</summary>
    /// <param name="bins">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no bins.</exception>
    /// <exception cref="ArgumentException">A sample has no values.</exception>
    public EqualWidthHistograms(SortedSample first, SortedSample second, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        if (first.Count == 0 || second.Count == 0)
        {
            throw new ArgumentException("a sample has no values");
        }

        double low = Math.Min(first.Values[0], second.Values[0]);
        double high = Math.Max(first.Values[^1], second.Values[^1]);
        double[] edges = new double[bins + 1];
        for (int i = 0; i <= bins; i++)
        {
            edges[i] = i == bins ? high : low + (i * ((high - low) / bins));
        }

        _first = Shares(first, edges);
        _second = Shares(second, edges);
    }

    /// <summary>Hellinger distance, 0 to 1.</summary>
    public double Hellinger => Math.Sqrt(Sum((p, q) => (Math.Sqrt(p) - Math.Sqrt(q)) * (Math.Sqrt(p) - Math.Sqrt(q)) / 2));

    /// <summary>Bhattacharyya distance, <c>-ln sum sqrt(p q)</c>; infinite where nothing overlaps.</summary>
    /// <param name="floor">Added to every share first.</param>
    public double Bhattacharyya(double floor) =>
        -Math.Log(Math.Min(Sum((p, q) => Math.Sqrt((p + floor) * (q + floor))), 1));

    /// <summary>One minus the histograms' intersection: what of the values lies elsewhere, 0 to 1.</summary>
    public double IntersectionComplement => 1 - Sum(Math.Min);

    /// <summary>Jensen-Shannon divergence in bits, 0 to 1.</summary>
    public double JensenShannon => Sum((p, q) => (Information(p, (p + q) / 2) + Information(q, (p + q) / 2)) / 2);

    /// <summary>Population stability index with a floor under empty bins, whose choice makes the number.</summary>
    /// <param name="floor">What stands for a share of nought.</param>
    public double Stability(double floor) => Sum((p, q) =>
    {
        double first = p == 0 ? floor : p;
        double second = q == 0 ? floor : q;
        return (first - second) * Math.Log(first / second);
    });

    private static double Information(double share, double mixture) => share > 0 ? share * Math.Log2(share / mixture) : 0;

    // Bins are closed below; the last one is closed above too.
    private static double[] Shares(SortedSample sample, double[] edges)
    {
        double[] shares = new double[edges.Length - 1];
        int bin = 0;
        foreach (double value in sample.Values)
        {
            while (bin + 1 < shares.Length && value >= edges[bin + 1])
            {
                bin++;
            }

            shares[bin]++;
        }

        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] /= sample.Count;
        }

        return shares;
    }

    private double Sum(Func<double, double, double> term)
    {
        double sum = 0;
        for (int i = 0; i < _first.Length; i++)
        {
            sum += term(_first[i], _second[i]);
        }

        return sum;
    }
}
