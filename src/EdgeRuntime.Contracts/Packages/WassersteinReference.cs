using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What a device needs to tell by Wasserstein's distance how far a window's sketch is from the reference: made offline of the
/// reference's own rows, so that the device only compares.
/// </summary>
public sealed record WassersteinReference
{
    private const int MostValues = 513;
    private const int MostSizes = 8;
    private const int Tails = 9;

    /// <summary>Values that stand for the classes of the reference's sketch, ascending; at most 513.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>Rows in each of them; at least 1.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Sizes of windows that thresholds were made for, ascending; at most 8.</summary>
    public required IReadOnlyList<double> Sizes { get; init; }

    /// <summary>
    /// For each size what the distance, in deviations and times <c>sqrt(n m / (n + m))</c> of both sizes, exceeds by chance in 50, 20, 10, 5,
    /// 2, 1, 0.5, 0.2 and 0.1 percent, row by row.
    /// </summary>
    public required IReadOnlyList<double> Thresholds { get; init; }

    /// <summary>
    /// Smallest distance worth an alarm, in deviations of the reference: 1.25 times the largest that a stretch of the training itself
    /// shows, where that is more. (default: 0.1)
    /// </summary>
    public double MinEffect { get; init; } = 0.1;

    /// <summary>Reads <c>wasserstein</c> of a feature.</summary>
    internal static WassersteinReference Read(JsonObjectReader reader)
    {
        WassersteinReference read = new()
        {
            Values = reader.Doubles("values", 1, MostValues),
            Counts = reader.Longs("counts", 1, MostValues, 1, 1L << 48),
            Sizes = reader.Doubles("sizes", 1, MostSizes, 1, 1e9),
            Thresholds = reader.Doubles("thresholds", Tails, MostSizes * Tails, 0, double.MaxValue),
            MinEffect = reader.Double("min_effect", 0.1, JsonObjectReader.AboveZero, double.MaxValue),
        };
        if (read.Counts.Count != read.Values.Count)
        {
            reader.Mistake("counts", $"has {read.Counts.Count} entries for {read.Values.Count} values");
        }

        if (read.Thresholds.Count != Tails * read.Sizes.Count)
        {
            reader.Mistake("thresholds", $"has {read.Thresholds.Count} entries, not {Tails} for each of {read.Sizes.Count} sizes");
        }

        NoteDescent(reader, "values", read.Values, 0);
        NoteDescent(reader, "sizes", read.Sizes, 0);
        NoteDescent(reader, "thresholds", read.Thresholds, Tails);
        return read;
    }

    // Rows of thresholds may hold the same number twice, and begin anew.
    private static void NoteDescent(JsonObjectReader reader, string member, IReadOnlyList<double> numbers, int row)
    {
        for (int i = 1; i < numbers.Count; i++)
        {
            bool isWrong = row > 0 ? i % row != 0 && numbers[i] < numbers[i - 1] : numbers[i] <= numbers[i - 1];
            if (isWrong)
            {
                reader.Mistake(member, i, null, $"{numbers[i]} is not above the one before, {numbers[i - 1]}");
            }
        }
    }
}
