namespace EdgeRuntime.Statistics;

/// <summary>
/// Counts values on fixed bins. The edges come from the reference, so the counts of any two devices or windows add up
/// exactly.
/// </summary>
/// <remarks>
/// Bin 0 lies below the first edge, bin i holds <c>edge[i-1] &lt;= x &lt; edge[i]</c>, the last bin holds the last edge and
/// everything above. NaN and the infinities are counted apart, as missing, and the infinities among them once more. Not thread-safe.
/// </remarks>
public sealed class BinCounter
{
    private readonly double[] _edges;
    private readonly long[] _counts;

    /// <summary>Creates an empty counter.</summary>
    /// <param name="edges">At least one, finite, strictly ascending; copied.</param>
    /// <exception cref="ArgumentException">The edges are not as said.</exception>
    public BinCounter(ReadOnlySpan<double> edges)
    {
        if (edges.IsEmpty)
        {
            throw new ArgumentException("bins need at least one edge", nameof(edges));
        }

        for (int i = 0; i < edges.Length; i++)
        {
            if (!double.IsFinite(edges[i]) || (i > 0 && edges[i] <= edges[i - 1]))
            {
                throw new ArgumentException($"edge {i} ({edges[i]}) is not finite and above the one before", nameof(edges));
            }
        }

        _edges = edges.ToArray();
        _counts = new long[edges.Length + 1];
    }

    /// <summary>The edges between the bins, ascending.</summary>
    public ReadOnlySpan<double> Edges => _edges;

    /// <summary>Values by bin: below, the bins, above; one more than there are edges.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Values that were NaN or infinite.</summary>
    public long Missing { get; private set; }

    /// <summary>Of these, values that were infinite: a sensor or a feature overflowed.</summary>
    public long Infinite { get; private set; }

    /// <summary>Values in the bins, those missing not included.</summary>
    public long Total { get; private set; }

    /// <summary>Counts one value. Allocates nothing.</summary>
    public void Record(double value)
    {
        if (!double.IsFinite(value))
        {
            Missing++;
            Infinite += double.IsNaN(value) ? 0 : 1;
            return;
        }

        _counts[BinOf(_edges, value)]++;
        Total++;
    }

    /// <summary>Adds the counts of <paramref name="other"/>, exactly.</summary>
    /// <exception cref="ArgumentException">The edges are not the same; nothing was added.</exception>
    public void Add(BinCounter other)
    {
        if (!_edges.AsSpan().SequenceEqual(other._edges))
        {
            throw new ArgumentException("counts on other edges cannot be added", nameof(other));
        }

        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = checked(_counts[i] + other._counts[i]);
        }

        Missing = checked(Missing + other.Missing);
        Infinite = checked(Infinite + other.Infinite);
        Total = checked(Total + other.Total);
    }

    /// <summary>Adds counts made on the same edges elsewhere, exactly.</summary>
    /// <param name="counts">One for each bin.</param>
    /// <param name="missing">Values that were NaN or infinite.</param>
    /// <exception cref="ArgumentException">There are more or fewer than bins, or one is negative; nothing was added.</exception>
    public void Add(ReadOnlySpan<long> counts, long missing)
    {
        if (counts.Length != _counts.Length || missing < 0 || counts.ContainsAnyInRange(long.MinValue, -1))
        {
            throw new ArgumentException($"{_counts.Length} bins need as many counts, none of them negative", nameof(counts));
        }

        for (int i = 0; i < counts.Length; i++)
        {
            _counts[i] = checked(_counts[i] + counts[i]);
            Total = checked(Total + counts[i]);
        }

        Missing = checked(Missing + missing);
    }

    /// <summary>Forgets all counts; the edges stay. Allocates nothing.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Missing = 0;
        Infinite = 0;
        Total = 0;
    }

    /// <summary>The bin of a value: the number of edges at or below it.</summary>
    /// <param name="edges">At least one, ascending.</param>
    /// <param name="value">Finite.</param>
    public static int BinOf(ReadOnlySpan<double> edges, double value)
    {
        // Halves a range without leaving early, so that the choice compiles to a conditional move: with values spread
        // evenly over the bins, which is what quantile edges are for, a branch would be mispredicted every other time.
        int start = 0;
        int length = edges.Length;
        while (length > 1)
        {
            int half = length / 2;
            start = edges[start + half - 1] <= value ? start + half : start;
            length -= half;
        }

        return start + (edges[start] <= value ? 1 : 0);
    }
}
