namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>What one cell adds to a statistic that is a sum over cells.</summary>
/// <param name="method">A method that is such a sum.</param>
/// <param name="referenceSize">Values in the reference; at least 1.</param>
/// <param name="currentSize">Values in the current sample; at least 1.</param>
/// <param name="cells">Cells that are compared.</param>
internal readonly struct CellTerm(ComparisonMethod method, long referenceSize, long currentSize, int cells)
{
    private const double Prior = 0.5;

    private readonly double _size = (double)referenceSize + currentSize;

    /// <summary>The term of a cell with <paramref name="total"/> values, <paramref name="current"/> of them in the current sample.</summary>
    /// <remarks>
    /// Of the squared Hellinger distance, which is the sum; of the Jensen-Shannon divergence in bits; of the others the
    /// statistic itself.
    /// </remarks>
    public double Of(long total, long current)
    {
        double p = (double)current / currentSize;
        double q = (double)(total - current) / referenceSize;
        switch (method)
        {
            case ComparisonMethod.PopulationStability:
                p = (current + Prior) / (currentSize + (Prior * cells));
                q = (total - current + Prior) / (referenceSize + (Prior * cells));
                return (p - q) * Math.Log(p / q);
            case ComparisonMethod.JensenShannon:
                return (Information(p, (p + q) / 2) + Information(q, (p + q) / 2)) / 2;
            case ComparisonMethod.LikelihoodRatio:
                double share = total / _size;
                return 2 * (Surprise(current, share * currentSize) + Surprise(total - current, share * referenceSize));
            case ComparisonMethod.ChiSquared:
                double expected = total / _size * currentSize;
                double off = current - expected;
                return off * off * _size / (expected * referenceSize);
            case ComparisonMethod.Hellinger:
                double root = Math.Sqrt(p) - Math.Sqrt(q);
                return root * root / 2;
            case ComparisonMethod.TotalVariation:
                return Math.Abs(p - q) / 2;
            default:
                throw new ArgumentException($"{method} is not a sum over cells");
        }
    }

    private static double Information(double share, double mixture) => share > 0 ? share * Math.Log2(share / mixture) : 0;

    private static double Surprise(long observed, double expected) =>
        observed > 0 ? observed * Math.Log(observed / expected) : 0;
}
