namespace EdgeRuntime.Statistics.Attribution;

/// <summary>
/// How much each player mattered over many answers: sums of |value| in fixed point and how often each mattered most. Those of any
/// devices and windows add up to the same bytes in any order.
/// </summary>
/// <remarks>Recording allocates nothing. Not thread-safe.</remarks>
public sealed class AttributionCounters
{
    /// <summary>One unit of <see cref="Sums"/>: 2^-32 of the answer's unit.</summary>
    public const double Unit = 1.0 / (1L << 32);

    // Beyond it a value is counted as this, so that 2^32 samples cannot overflow a sum.
    private const double Largest = 1L << 60;

    private readonly Int128[] _sums;
    private readonly long[] _tops;

    /// <param name="players">At least 1.</param>
    public AttributionCounters(int players)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(players, 1);
        _sums = new Int128[players];
        _tops = new long[players];
    }

    /// <summary>Counters as they were told.</summary>
    /// <param name="samples">Answers counted; at least 0.</param>
    /// <param name="sums">In <see cref="Unit"/>, at least 0; shape [players].</param>
    /// <param name="tops">At least 0, together at most <paramref name="samples"/>; shape [players].</param>
    /// <exception cref="ArgumentException">They are not as said.</exception>
    public AttributionCounters(long samples, ReadOnlySpan<Int128> sums, ReadOnlySpan<long> tops)
        : this(Math.Max(sums.Length, 1))
    {
        Int128 together = 0;
        bool isWrong = samples < 0 || sums.IsEmpty || sums.Length != tops.Length;
        for (int i = 0; i < sums.Length && !isWrong; i++)
        {
            isWrong = sums[i] < 0 || tops[i] < 0;
            together += tops[i];
        }

        if (isWrong || together > samples)
        {
            throw new ArgumentException("no counters of attributions: a count is negative, missing, or more than there are samples");
        }

        Samples = samples;
        sums.CopyTo(_sums);
        tops.CopyTo(_tops);
    }

    /// <summary>Answers counted.</summary>
    public long Samples { get; private set; }

    /// <summary>Answers left out because a value was NaN or infinite.</summary>
    public long Skipped { get; private set; }

    /// <summary>Sum of |value| in <see cref="Unit"/>; shape [players].</summary>
    public ReadOnlySpan<Int128> Sums => _sums;

    /// <summary>How often each had the largest |value|, the first of equals; shape [players]. Nobody has where all are 0.</summary>
    public ReadOnlySpan<long> Tops => _tops;

    /// <summary>Counts one attribution.</summary>
    /// <param name="values">Shape [players].</param>
    public void Record(ReadOnlySpan<double> values)
    {
        if (values.Length != _sums.Length)
        {
            throw new ArgumentException($"there are {values.Length} values for {_sums.Length} players");
        }

        int top = -1;
        double most = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                Skipped++;
                return;
            }

            if (Math.Abs(values[i]) > most)
            {
                (top, most) = (i, Math.Abs(values[i]));
            }
        }

        for (int i = 0; i < values.Length; i++)
        {
            _sums[i] += (Int128)Math.Round(Math.Min(Math.Abs(values[i]), Largest) / Unit);
        }

        if (top >= 0)
        {
            _tops[top]++;
        }

        Samples++;
    }

    /// <summary>Adds the counts of another, exactly.</summary>
    /// <exception cref="ArgumentException">It counts other players; nothing was added.</exception>
    public void Add(AttributionCounters other)
    {
        if (other._sums.Length != _sums.Length)
        {
            throw new ArgumentException("attributions of other players cannot be added", nameof(other));
        }

        for (int i = 0; i < _sums.Length; i++)
        {
            _sums[i] += other._sums[i];
            _tops[i] += other._tops[i];
        }

        Samples += other.Samples;
        Skipped += other.Skipped;
    }

    /// <summary>Forgets all counts.</summary>
    public void Clear()
    {
        Array.Clear(_sums);
        Array.Clear(_tops);
        Samples = 0;
        Skipped = 0;
    }

    /// <summary>Mean |value| of each player; shape [players]; zeros before the first sample.</summary>
    public double[] Means()
    {
        double[] means = new double[_sums.Length];
        for (int i = 0; i < means.Length && Samples > 0; i++)
        {
            means[i] = (double)_sums[i] * Unit / Samples;
        }

        return means;
    }
}
