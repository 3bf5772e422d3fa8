namespace EdgeRuntime.Statistics.Sketches;

/// <summary>A <see cref="DDSketch"/> as it is stored and sent: the classes that hold something. The same sketch is always the same counts.</summary>
public sealed record SketchCounts
{
    /// <summary>Largest number of values that one takes: a sample every nanosecond for three days.</summary>
    public const long LargestTotal = 1L << 48;

    // Keys of the smallest and the largest double at the finest accuracy lie well inside.
    private const int FurthestKey = 1 << 24;

    /// <summary>Keys of the positive classes, strictly ascending.</summary>
    public IReadOnlyList<int> PositiveKeys { get; init; } = [];

    /// <summary>As many counts, each at least 1.</summary>
    public IReadOnlyList<long> PositiveCounts { get; init; } = [];

    /// <summary>Keys of the negative values' magnitudes, strictly ascending.</summary>
    public IReadOnlyList<int> NegativeKeys { get; init; } = [];

    /// <summary>As many counts, each at least 1.</summary>
    public IReadOnlyList<long> NegativeCounts { get; init; } = [];

    /// <summary>Values that were zero.</summary>
    public long Zeros { get; init; }

    /// <summary>Values that were NaN or infinite.</summary>
    public long Missing { get; init; }

    /// <summary>Positive values that share the lowest class of the store.</summary>
    public long PositiveCollapsed { get; init; }

    /// <summary>Negative values that share the lowest class of the store.</summary>
    public long NegativeCollapsed { get; init; }

    /// <summary>The counts of a sketch.</summary>
    public static SketchCounts Of(DDSketch sketch)
    {
        (int[] positiveKeys, long[] positiveCounts) = Sparse(sketch.Positive);
        (int[] negativeKeys, long[] negativeCounts) = Sparse(sketch.Negative);
        return new SketchCounts
        {
            PositiveKeys = positiveKeys,
            PositiveCounts = positiveCounts,
            NegativeKeys = negativeKeys,
            NegativeCounts = negativeCounts,
            Zeros = sketch.Zeros,
            Missing = sketch.Missing,
            PositiveCollapsed = sketch.Positive.Collapsed,
            NegativeCollapsed = sketch.Negative.Collapsed,
        };
    }

    /// <summary>Adds these counts to a sketch, exactly.</summary>
    /// <exception cref="FormatException">They are not those of a sketch with as many classes; nothing was added.</exception>
    /// <exception cref="OverflowException">A count would leave the range of 64 bits; nothing was added.</exception>
    public void AddTo(DDSketch sketch)
    {
        if (Complaint(sketch.Classes) is string complaint)
        {
            throw new FormatException(complaint);
        }

        long total = checked(Zeros + PositiveCounts.Sum() + NegativeCounts.Sum());
        _ = checked(sketch.Count + total);
        _ = checked(sketch.Missing + Missing);
        sketch.Positive.Add([.. PositiveKeys], [.. PositiveCounts], PositiveCollapsed);
        sketch.Negative.Add([.. NegativeKeys], [.. NegativeCounts], NegativeCollapsed);
        sketch.AddUncounted(Zeros, Missing);
    }

    /// <summary>What is wrong with counts that are said to be of a sketch with so many classes for each sign; null when nothing is.</summary>
    public string? Complaint(int classes) =>
        PositiveKeys is null || PositiveCounts is null || NegativeKeys is null || NegativeCounts is null ? "a list is missing"
        : Zeros is < 0 or > LargestTotal || Missing is < 0 or > LargestTotal ? "a count is impossible"
        : Complaint(PositiveKeys, PositiveCounts, PositiveCollapsed, classes, "positive")
            ?? Complaint(NegativeKeys, NegativeCounts, NegativeCollapsed, classes, "negative");

    private static (int[] Keys, long[] Counts) Sparse(CollapsingBins bins)
    {
        List<int> keys = [];
        List<long> counts = [];
        for (int key = bins.Low; bins.Count > 0 && key <= bins.High; key++)
        {
            if (bins[key] != 0)
            {
                keys.Add(key);
                counts.Add(bins[key]);
            }
        }

        return ([.. keys], [.. counts]);
    }

    private static string? Complaint(
        IReadOnlyList<int> keys, IReadOnlyList<long> counts, long collapsed, int classes, string sign)
    {
        if (keys.Count != counts.Count)
        {
            return $"{keys.Count} {sign} keys for {counts.Count} counts";
        }

        long total = 0;
        for (int i = 0; i < keys.Count; i++)
        {
            if (Math.Abs((long)keys[i]) > FurthestKey || (i > 0 && keys[i] <= keys[i - 1]))
            {
                return $"{sign} key {keys[i]} at position {i} is impossible, or not above the one before";
            }

            if (counts[i] < 1 || counts[i] > LargestTotal - total)
            {
                return $"{sign} count {counts[i]} at position {i} is less than 1 or too large";
            }

            total += counts[i];
        }

        if (keys.Count > 0 && keys[^1] - keys[0] >= classes)
        {
            return $"{sign} keys {keys[0]} to {keys[^1]} span more than {classes} classes";
        }

        bool full = keys.Count > 0 && keys[^1] - keys[0] == classes - 1;
        return collapsed < 0 || collapsed > (full ? counts[0] : 0) ? $"{collapsed} {sign} values cannot have been collapsed" : null;
    }
}
