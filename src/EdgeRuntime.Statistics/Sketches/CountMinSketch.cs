namespace EdgeRuntime.Statistics.Sketches;

/// <summary>How often each of any number of values came, at most: fixed memory, and exact to merge whatever the order.</summary>
/// <remarks>
/// Cormode and Muthukrishnan (2005). An estimate is never too small, and too large by more than <c>e N / Width</c> of N values with a
/// probability of at most <c>e^-4</c>, 1.8 %. Every row is added to each time, since a sketch that spares rows could not be merged.
/// Not thread-safe.
/// </remarks>
public sealed class CountMinSketch
{
    /// <summary>Rows, each with places of its own for every value.</summary>
    public const int Depth = 4;

    private readonly long[] _counts;
    private readonly int _mask;

    /// <summary>Creates an empty sketch; its memory is 32 bytes for each place of a row.</summary>
    /// <param name="width">Places of a row; a power of two, 16 to 65,536. (default: 32)</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is outside its range.</exception>
    public CountMinSketch(int width = 32)
    {
        if (width is < 16 or > 65_536 || !int.IsPow2(width))
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, "a width is a power of two, 16 to 65,536");
        }

        Width = width;
        _mask = width - 1;
        _counts = new long[Depth * width];
    }

    /// <summary>Places of a row.</summary>
    public int Width { get; }

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The counts, row by row; each row adds up to <see cref="Count"/>.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Records one value. Allocates nothing.</summary>
    public void Record(double value)
    {
        ulong hash = ValueHash.Of(value);
        for (int row = 0; row < Depth; row++)
        {
            _counts[PlaceOf(hash, row)]++;
        }

        Count++;
    }

    /// <summary>The most times that a value can have come.</summary>
    public long AtMost(double value)
    {
        ulong hash = ValueHash.Of(value);
        long least = Count;
        for (int row = 0; row < Depth; row++)
        {
            least = Math.Min(least, _counts[PlaceOf(hash, row)]);
        }

        return least;
    }

    /// <summary>Adds every value of another sketch, exactly.</summary>
    /// <exception cref="ArgumentException">Its width is another; nothing was added.</exception>
    /// <exception cref="OverflowException">A count would leave the range of 64 bits; nothing was added.</exception>
    public void Add(CountMinSketch other)
    {
        if (Width != other.Width)
        {
            throw new ArgumentException("sketches of another width cannot be added", nameof(other));
        }

        AddValid(other._counts, other.Count);
    }

    /// <summary>Adds the counts of another sketch, exactly.</summary>
    /// <param name="counts">Row by row.</param>
    /// <exception cref="FormatException">No sketch of this width has these counts; nothing was added.</exception>
    /// <exception cref="OverflowException">A count would leave the range of 64 bits; nothing was added.</exception>
    public void Add(ReadOnlySpan<long> counts)
    {
        long count = counts.Length == _counts.Length ? RowSum(counts[..Width]) : -1;
        for (int row = 1; count >= 0 && row < Depth; row++)
        {
            count = RowSum(counts.Slice(row * Width, Width)) == count ? count : -1;
        }

        if (count < 0)
        {
            throw new FormatException($"{counts.Length} counts are not {Depth} rows of {Width} with one sum");
        }

        AddValid(counts, count);
    }

    /// <summary>Forgets everything. Allocates nothing.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    // Every row holds each of the values once, so no place can overflow where the count does not.
    private void AddValid(ReadOnlySpan<long> counts, long count)
    {
        Count = checked(Count + count);
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += counts[i];
        }
    }

    // -1 where a count is negative, or their sum leaves 64 bits.
    private static long RowSum(ReadOnlySpan<long> row)
    {
        long sum = 0;
        foreach (long count in row)
        {
            if (count < 0 || count > long.MaxValue - sum)
            {
                return -1;
            }

            sum += count;
        }

        return sum;
    }

    // Sixteen bits of the hash for each row.
    private int PlaceOf(ulong hash, int row) => (row * Width) + ((int)(hash >> (16 * row)) & _mask);
}
