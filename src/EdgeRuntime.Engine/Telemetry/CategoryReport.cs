using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>What is told of categories that a reference does not list.</summary>
public static class CategoryReport
{
    // The rest is in the sketches; what came less often is bounded by them as well.
    private const int MostNamed = 16;

    /// <summary>What one channel's counter has of them.</summary>
    public static CategoryCounts Of(string channel, CategoryCounter counter) => new()
    {
        Name = channel,
        Registers = SparseCounts.Of(Widened(counter.Distinct.Registers)),
        Places = SparseCounts.Of(counter.Others.Counts),
        Heaviest = [.. counter.Heaviest.Heaviest().Take(MostNamed).Select(pair => new HeavyCategory(pair.Value, pair.Least))],
    };

    /// <summary>The sum of what was told.</summary>
    public static CategoryCounts Of(string channel, UnseenCategories sum) => new()
    {
        Name = channel,
        Registers = SparseCounts.Of(Widened(sum.Distinct.Registers)),
        Places = SparseCounts.Of(sum.Others.Counts),
        Heaviest = [.. sum.Heaviest().Select(pair => new HeavyCategory(pair.Value, pair.AtLeast))],
    };

    /// <summary>Adds what was told.</summary>
    /// <exception cref="FormatException">No values have these counts; nothing was added.</exception>
    public static void Add(UnseenCategories sum, CategoryCounts told) => sum.Add(
        told.Registers.ToArray(UnseenCategories.Registers), told.Places.ToArray(UnseenCategories.Places),
        [.. told.Heaviest.Select(heavy => (heavy.Code, heavy.AtLeast))]);

    private static long[] Widened(ReadOnlySpan<byte> registers)
    {
        long[] wide = new long[registers.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = registers[i];
        }

        return wide;
    }
}
