using System.Numerics;

namespace EdgeRuntime.Statistics;

/// <summary>
/// Durations in buckets that grow with the value: fixed memory, no allocation, and exact to merge whatever the order.
/// </summary>
/// <remarks>
/// Nanoseconds below 32 have a bucket each; above, every power of two is split into 32 equal buckets, so a quantile is
/// at most 1/32 (3.2 %) above the recorded value and never below it. Everything from 2^37 ns (137 s) up shares the last
/// bucket; <see cref="Max"/> stays exact. Not thread-safe.
/// </remarks>
public sealed class LatencyHistogram
{
    /// <summary>Number of buckets; bucket numbers run from 0 to one less.</summary>
    public const int BucketCount = ((HighestExponent - SubBits + 1) * SubBuckets) + SubBuckets;

    /// <summary>Largest number of values that <see cref="AddSparse"/> takes at once: a sample every nanosecond for three days.</summary>
    public const long LargestSparseTotal = 1L << 48;

    private const int SubBits = 5;
    private const int SubBuckets = 1 << SubBits;
    private const int HighestExponent = 36;

    private readonly long[] _counts = new long[BucketCount];

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Largest value recorded, nanoseconds; 0 when empty.</summary>
    public long Max { get; private set; }

    /// <summary>Counts by bucket number; all <see cref="BucketCount"/> of them.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Records one duration. Allocates nothing.</summary>
    /// <param name="nanoseconds">A negative one (a clock that stepped) counts as 0.</param>
    public void Record(long nanoseconds)
    {
        long value = Math.Max(nanoseconds, 0);
        _counts[BucketOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    /// <summary>Adds every value of <paramref name="other"/>, exactly.</summary>
    /// <exception cref="OverflowException">A count left the range of 64 bits; this histogram is then unspecified.</exception>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] = checked(_counts[i] + other._counts[i]);
        }

        Count = checked(Count + other.Count);
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>
    /// Adds what another thread's histogram holds now: every value that it recorded before the call, and perhaps some
    /// recorded meanwhile. That thread goes on undisturbed, but must not clear it.
    /// </summary>
    /// <remarks>On 64-bit machines a count is read whole; <see cref="Count"/> follows from the counts that were read.</remarks>
    public void AddSnapshot(LatencyHistogram live)
    {
        int last = -1;
        for (int i = 0; i < _counts.Length; i++)
        {
            long count = Volatile.Read(ref live._counts[i]);
            _counts[i] += count;
            Count += count;
            last = count != 0 ? i : last;
        }

        // The maximum may be of a value that was recorded between the two readings; it must fit the counts.
        long max = live.Max;
        if (last >= 0)
        {
            (long low, long high) = RangeOf(last);
            Max = Math.Max(Max, BucketOf(max) == last ? max : last == BucketCount - 1 ? low : high);
        }
    }

    /// <summary>Adds a histogram in its sparse form, exactly.</summary>
    /// <param name="buckets">Bucket numbers, strictly ascending.</param>
    /// <param name="counts">As many counts, none negative; at most <see cref="LargestSparseTotal"/> together.</param>
    /// <param name="max">Largest value recorded, nanoseconds.</param>
    /// <exception cref="FormatException">The three do not describe a histogram; nothing was added.</exception>
    public void AddSparse(IReadOnlyList<int> buckets, IReadOnlyList<long> counts, long max)
    {
        long total = CheckSparse(buckets, counts, max);
        for (int i = 0; i < buckets.Count; i++)
        {
            _counts[buckets[i]] = checked(_counts[buckets[i]] + counts[i]);
        }

        Count = checked(Count + total);
        Max = Math.Max(Max, max);
    }

    /// <summary>Writes the numbers and counts of the buckets that are not empty, ascending.</summary>
    /// <returns>How many there are; the spans must hold as many (at most <see cref="BucketCount"/>).</returns>
    public int CopySparse(Span<int> buckets, Span<long> counts)
    {
        int written = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] != 0)
            {
                buckets[written] = i;
                counts[written] = _counts[i];
                written++;
            }
        }

        return written;
    }

    /// <summary>The value that a share <paramref name="q"/> of the recorded values does not exceed, nanoseconds.</summary>
    /// <param name="q">0 to 1; 0.99 for the 99th percentile.</param>
    /// <returns>
    /// The upper end of the bucket that holds the value of rank <c>ceil(q * Count)</c>, at most <see cref="Max"/>;
    /// 0 when empty.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is outside 0 to 1.</exception>
    public long Quantile(double q)
    {
        if (!(q >= 0 && q <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "a quantile lies between 0 and 1");
        }

        // 0.07 * 100 is 7.000000000000001 in double precision, and must not ask for the eighth rank; the error grows with the product.
        double rank = q * Count;
        return ValueAtRank((long)Math.Ceiling(rank - Math.Max(1e-9, rank * 4e-16)));
    }

    /// <summary>An interval that holds the true quantile of the source with the given confidence, nanoseconds.</summary>
    /// <remarks>
    /// Free of any assumption about the distribution: the number of values below the true quantile is binomial, so the
    /// ranks <c>n q ± z sqrt(n q (1 - q))</c> bracket it. With few values the upper end is <see cref="Max"/> and says little.
    /// </remarks>
    /// <param name="q">0 to 1.</param>
    /// <param name="confidence">Two-sided, 0 to 1 exclusive.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public (long Low, long High) QuantileInterval(double q, double confidence)
    {
        if (!(q >= 0 && q <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "a quantile lies between 0 and 1");
        }

        double z = ProportionInterval.NormalQuantile(confidence);
        double margin = z * Math.Sqrt(Count * q * (1 - q));
        long lowRank = (long)Math.Floor((q * Count) - margin);
        long highRank = (long)Math.Ceiling((q * Count) + margin);
        return Count == 0 ? (0, 0) : (RangeOf(BucketAtRank(lowRank)).Low, ValueAtRank(highRank));
    }

    /// <summary>Forgets everything. Allocates nothing.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = 0;
    }

    /// <summary>Number of the bucket that holds <paramref name="nanoseconds"/>.</summary>
    public static int BucketOf(long nanoseconds)
    {
        if (nanoseconds < SubBuckets)
        {
            return (int)Math.Max(nanoseconds, 0);
        }

        int exponent = BitOperations.Log2((ulong)nanoseconds);
        if (exponent > HighestExponent)
        {
            return BucketCount - 1;
        }

        int sub = (int)(nanoseconds >> (exponent - SubBits)) - SubBuckets;
        return ((exponent - SubBits + 1) * SubBuckets) + sub;
    }

    /// <summary>Smallest and largest nanoseconds of a bucket, both inclusive; the last one ends at <see cref="long.MaxValue"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such bucket.</exception>
    public static (long Low, long High) RangeOf(int bucket)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bucket);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bucket, BucketCount);
        if (bucket < SubBuckets)
        {
            return (bucket, bucket);
        }

        int shift = (bucket / SubBuckets) - 1;
        long low = (long)(SubBuckets + (bucket % SubBuckets)) << shift;
        return (low, bucket == BucketCount - 1 ? long.MaxValue : low + (1L << shift) - 1);
    }

    private long ValueAtRank(long rank) => Count == 0 ? 0 : Math.Min(RangeOf(BucketAtRank(rank)).High, Max);

    private int BucketAtRank(long rank)
    {
        long wanted = Math.Clamp(rank, 1, Count);
        long seen = 0;
        int bucket = -1;
        while (seen < wanted)
        {
            bucket++;
            seen += _counts[bucket];
        }

        return bucket;
    }

    private static long CheckSparse(IReadOnlyList<int> buckets, IReadOnlyList<long> counts, long max)
    {
        if (buckets.Count != counts.Count)
        {
            throw new FormatException($"histogram has {buckets.Count} bucket numbers and {counts.Count} counts");
        }

        long total = 0;
        int previous = -1;
        for (int i = 0; i < buckets.Count; i++)
        {
            if (buckets[i] <= previous || buckets[i] >= BucketCount)
            {
                throw new FormatException(
                    $"histogram bucket {buckets[i]} at position {i} is not ascending within 0 to {BucketCount - 1}");
            }

            if (counts[i] < 0 || counts[i] > LargestSparseTotal - total)
            {
                throw new FormatException($"histogram count {counts[i]} at position {i} is negative or too large");
            }

            previous = buckets[i];
            total += counts[i];
        }

        // The maximum must lie in the last bucket that holds something, or the quantiles above it would be wrong, and those of the sum.
        if (max < 0 || (total > 0 ? BucketOf(max) != LastFilled(buckets, counts) : max > 0))
        {
            throw new FormatException($"histogram maximum of {max} ns is not in the last bucket that holds a value");
        }

        return total;
    }

    private static int LastFilled(IReadOnlyList<int> buckets, IReadOnlyList<long> counts)
    {
        int i = counts.Count - 1;
        while (counts[i] == 0)
        {
            i--;
        }

        return buckets[i];
    }
}
