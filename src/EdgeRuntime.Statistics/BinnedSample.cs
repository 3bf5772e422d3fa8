namespace EdgeRuntime.Statistics;

/// <summary>Counts of one sample on bins, with what they are worth as evidence.</summary>
/// <param name="bins">Values by bin.</param>
/// <param name="missing">Values that were missing; they form a bin of their own, since a sensor that goes silent has drifted.</param>
/// <param name="effectiveSize">
/// Independent observations that the counts are worth. Less than their sum where windows overlap or a machine has
/// inertia; neighbouring values then repeat each other and a test that believed them all would alarm at nothing.
/// </param>
public readonly ref struct BinnedSample(ReadOnlySpan<long> bins, long missing, double effectiveSize)
{
    /// <summary>Values by bin.</summary>
    public ReadOnlySpan<long> Bins { get; } = bins;

    /// <summary>Values that were missing.</summary>
    public long Missing { get; } = missing;

    /// <summary>Independent observations that the counts are worth.</summary>
    public double EffectiveSize { get; } = effectiveSize;

    /// <summary>Bins, the one for missing values included.</summary>
    internal int Cells => Bins.Length + 1;

    /// <summary>Sum of all counts, the missing included.</summary>
    public long Total
    {
        get
        {
            long total = Missing;
            foreach (long count in Bins)
            {
                total += count;
            }

            return total;
        }
    }

    /// <summary>Count of one bin; the missing ones come last.</summary>
    internal long Cell(int cell) => cell < Bins.Length ? Bins[cell] : Missing;
}
