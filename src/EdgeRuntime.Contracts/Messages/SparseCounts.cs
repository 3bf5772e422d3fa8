namespace EdgeRuntime.Contracts.Messages;

/// <summary>Counts on numbered bins, those that are not empty; exact to add.</summary>
public sealed record SparseCounts
{
    /// <summary>Nothing counted.</summary>
    public static SparseCounts Empty { get; } = new() { Bins = [], Counts = [] };

    /// <summary>Numbers of the bins, ascending from 0.</summary>
    public required IReadOnlyList<int> Bins { get; init; }

    /// <summary>Their counts.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Keeps what is not 0.</summary>
    public static SparseCounts Of(ReadOnlySpan<long> counts)
    {
        List<int> bins = [];
        List<long> kept = [];
        for (int bin = 0; bin < counts.Length; bin++)
        {
            if (counts[bin] != 0)
            {
                bins.Add(bin);
                kept.Add(counts[bin]);
            }
        }

        return new SparseCounts { Bins = bins, Counts = kept };
    }

    /// <summary>False where a sender left something out.</summary>
    internal bool IsWhole() => Bins is not null && Counts is not null && Bins.Count == Counts.Count;

    /// <summary>All bins, the empty ones too.</summary>
    /// <param name="length">How many there are.</param>
    /// <exception cref="FormatException">The numbers do not ascend below it, or there are not as many counts.</exception>
    public long[] ToArray(int length)
    {
        long[] all = new long[length];
        if (!IsWhole())
        {
            throw new FormatException("bins and their counts are not as many");
        }

        for (int i = 0; i < Bins.Count; i++)
        {
            if (Bins[i] < 0 || Bins[i] >= length || (i > 0 && Bins[i] <= Bins[i - 1]))
            {
                throw new FormatException($"bin {Bins[i]} at position {i} is not ascending below {length}");
            }

            all[Bins[i]] = Counts[i];
        }

        return all;
    }

    /// <summary>Both together.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static SparseCounts operator +(SparseCounts one, SparseCounts other)
    {
        SortedDictionary<int, long> sum = [];
        foreach ((int bin, long count) in one.Bins.Zip(one.Counts).Concat(other.Bins.Zip(other.Counts)))
        {
            sum[bin] = checked(sum.GetValueOrDefault(bin) + count);
        }

        return new SparseCounts { Bins = [.. sum.Keys], Counts = [.. sum.Values] };
    }
}
