using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>The sketches within reports, added to others. What is not valid must not be added, and the order must not matter.</summary>
internal static class ReportSketches
{
    private const int Classes = 64;

    // From here on a byte stands for something that a sketch cannot have, more often than not.
    private const byte FirstOdd = 0xf8;

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "sketch",
            About = "the counts of two DDSketches, added to one in both orders",
            Run = Sketches,
            Seeds = SketchSeeds,
            LargestInput = 1024,
            Weight = 3,
        },
        new Target
        {
            Name = "category-sketches",
            About = "what two windows tell of unlisted categories, added up in both orders",
            Run = Categories,
            Seeds = () => [[5, 5, 8, 8, 9], [.. Enumerable.Range(0, 200).Select(i => (byte)(i % 150))], []],
            LargestInput = 512,
            Weight = 2,
        },
    ];

    private static bool Sketches(byte[] bytes)
    {
        int half = bytes.Length / 2;
        SketchCounts one = Counts(bytes.AsSpan(0, half));
        SketchCounts other = Counts(bytes.AsSpan(half));
        DDSketch forwards = new(0.02, Classes);
        DDSketch backwards = new(0.02, Classes);
        bool isOne = Add(forwards, one);
        bool isOther = Add(forwards, other);
        Add(backwards, other);
        Add(backwards, one);
        SketchCounts sum = SketchCounts.Of(forwards);

        // What one report may tell at most, two may tell together.
        bool isLarge = forwards.Count > SketchCounts.LargestTotal || forwards.Missing > SketchCounts.LargestTotal;
        Promise.Require(isLarge || sum.Complaint(Classes) is null, "the sum is no sketch");
        Promise.Require(IsSame(sum, SketchCounts.Of(backwards)), "the sum hangs on the order");
        Promise.Require(forwards.Count == 0 || (double.IsFinite(forwards.Quantile(0)) && forwards.Quantile(0) <= forwards.Quantile(1)), "quantiles do not ascend");
        DDSketch twice = new(0.02, Classes);
        twice.Add(forwards);
        twice.Add(forwards);
        Promise.Require(twice.Count == 2 * forwards.Count && twice.Collapsed == 2 * forwards.Collapsed, "adding loses values");
        return isOne && isOther;
    }

    private static bool Add(DDSketch sketch, SketchCounts counts)
    {
        SketchCounts before = SketchCounts.Of(sketch);
        try
        {
            counts.AddTo(sketch);
            return true;
        }
        catch (FormatException)
        {
            Promise.Require(IsSame(before, SketchCounts.Of(sketch)), "a sketch that was refused was added");
            return false;
        }
    }

    private static bool IsSame(SketchCounts one, SketchCounts other) =>
        one.PositiveKeys.SequenceEqual(other.PositiveKeys) && one.PositiveCounts.SequenceEqual(other.PositiveCounts)
        && one.NegativeKeys.SequenceEqual(other.NegativeKeys) && one.NegativeCounts.SequenceEqual(other.NegativeCounts)
        && (one.Zeros, one.Missing, one.PositiveCollapsed, one.NegativeCollapsed)
            == (other.Zeros, other.Missing, other.PositiveCollapsed, other.NegativeCollapsed);

    private static SketchCounts Counts(ReadOnlySpan<byte> bytes)
    {
        int third = bytes.Length / 3;
        (int[] positive, long[] positiveCounts) = Store(bytes[..third]);
        (int[] negative, long[] negativeCounts) = Store(bytes[third..(2 * third)]);
        ReadOnlySpan<byte> rest = bytes[(2 * third)..];
        return new SketchCounts
        {
            PositiveKeys = positive,
            PositiveCounts = positiveCounts,
            NegativeKeys = negative,
            NegativeCounts = negativeCounts,
            Zeros = rest.Length > 0 ? Number(rest[0]) - 1 : 0,
            Missing = rest.Length > 1 ? Number(rest[1]) - 1 : 0,
            PositiveCollapsed = rest.Length > 2 ? Collapsed(rest[2], positive, positiveCounts) : 0,
            NegativeCollapsed = rest.Length > 3 ? Collapsed(rest[3], negative, negativeCounts) : 0,
        };
    }

    // The first byte says where the keys begin, the second where they end at most; then steps and counts by turns.
    private static (int[] Keys, long[] Counts) Store(ReadOnlySpan<byte> bytes)
    {
        List<int> keys = [];
        List<long> counts = [];
        if (bytes.Length < 4)
        {
            return ([], []);
        }

        int key = ((sbyte)bytes[0]) * (bytes[1] % 2 == 0 ? 1 : 20);
        int last = key + (bytes[1] >= FirstOdd ? int.MaxValue / 2 : bytes[1] % Classes);
        for (int i = 2; i + 1 < bytes.Length && key <= last; i += 2)
        {
            keys.Add(key);
            counts.Add(Number(bytes[i + 1]));
            key = unchecked(key + (bytes[i] >= FirstOdd ? bytes[i] switch { 0xff => int.MaxValue, 0xfe => 0, 0xfd => -1, _ => Classes } : 1 + (bytes[i] % 8)));
        }

        return ([.. keys], [.. counts]);
    }

    private static long Number(byte from) => from switch
    {
        0xff => long.MaxValue,
        0xfe => long.MinValue,
        0xfd => 0,
        0xfc => SketchCounts.LargestTotal,
        >= FirstOdd => SketchCounts.LargestTotal / 2,
        >= 0xe0 => 1L << (from - 0xe0 + 8),
        _ => 1 + from,
    };

    // Only where the lowest class is the last that the store has room for.
    private static long Collapsed(byte from, int[] keys, long[] counts) =>
        from >= FirstOdd ? Number(from)
        : keys.Length > 0 && keys[^1] - keys[0] == Classes - 1 ? Math.Min(from, Math.Max(0, counts[0]))
        : 0;

    private static IEnumerable<byte[]> SketchSeeds()
    {
        yield return [.. Enumerable.Range(0, 48).Select(i => (byte)(i % 7))];
        yield return [.. Enumerable.Range(0, 240).Select(i => (byte)(i % 3))];
        yield return [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 37))];

        // A whole store of each sign, twice.
        byte[] store = [0, 63, .. Enumerable.Range(0, 64).SelectMany(_ => (byte[])[0, 9])];
        byte[] sketch = [.. store, .. store, .. new byte[store.Length - 4], 2, 3, 4, 5];
        yield return [.. sketch, .. sketch];
    }

    private static bool Categories(byte[] bytes)
    {
        int half = bytes.Length / 2;
        Told one = Values(bytes.AsSpan(0, half));
        Told other = Values(bytes.AsSpan(half));
        UnseenCategories forwards = new();
        UnseenCategories backwards = new();
        bool isOne = Add(forwards, one);
        bool isOther = Add(forwards, other);
        Add(backwards, other);
        Add(backwards, one);

        // Of two that are too many together the second is refused, whichever it is.
        bool isWhole = isOne == Add(new UnseenCategories(), one) && isOther == Add(new UnseenCategories(), other);
        Promise.Require(
            !isWhole || (forwards.Count == backwards.Count && forwards.Others.Counts.SequenceEqual(backwards.Others.Counts)
                && forwards.Distinct.Registers.SequenceEqual(backwards.Distinct.Registers) && forwards.Heaviest().SequenceEqual(backwards.Heaviest())),
            "the sum hangs on the order");
        Promise.Require(double.IsFinite(forwards.Distinct.Estimate()) && forwards.Distinct.Estimate() >= 0, "an estimate is no number");
        Promise.Require(
            forwards.Heaviest().All(pair => pair.AtLeast >= 1 && pair.AtLeast <= forwards.Others.AtMost(pair.Value))
                && forwards.Heaviest().Sum(pair => pair.AtLeast) <= forwards.Count,
            "more of a value than values");
        return isOne && isOther;
    }

    private static bool Add(UnseenCategories sum, Told told)
    {
        long before = sum.Count;
        try
        {
            sum.Add(told.Registers, told.Places, told.Named);
            return true;
        }
        catch (FormatException)
        {
            Promise.Require(sum.Count == before, "counts that were refused were added");
            return false;
        }
    }

    // Bytes are values; each odd one makes something of what was counted wrong.
    private static Told Values(ReadOnlySpan<byte> bytes)
    {
        CategoryCounter counter = new([]);
        foreach (byte value in bytes)
        {
            counter.Record(value < FirstOdd ? value : 1e15 + value);
        }

        Told told = new(
            Array.ConvertAll(counter.Distinct.Registers.ToArray(), register => (long)register), counter.Others.Counts.ToArray(),
            [.. counter.Heaviest.Heaviest().Select(pair => (pair.Value, pair.Least))]);
        int at = 0;
        foreach (byte value in bytes)
        {
            at = (at + value) % UnseenCategories.Places;
            told = value switch
            {
                0xff => told with { Named = [.. told.Named, (value, long.MaxValue)] },
                0xfe => Changed(told, at, long.MaxValue, 0),
                0xfd => Changed(told, at, -1, 0),
                0xfc => Changed(told, at, 0, 60),
                0xfb => Times(told, 1L << (at % 50)),
                0xfa => told with { Registers = told.Registers[1..] },
                _ => told,
            };
        }

        return told;
    }

    private static Told Changed(Told told, int at, long place, long register)
    {
        long[] places = [.. told.Places];
        long[] registers = [.. told.Registers];
        places[at] = place == 0 ? places[at] : unchecked(places[at] + place);
        if (registers.Length > at && register > 0)
        {
            registers[at] = register;
        }

        return told with { Places = places, Registers = registers };
    }

    private static Told Times(Told told, long times) => told with
    {
        Places = [.. told.Places.Select(count => unchecked(count * times))],
        Named = [.. told.Named.Select(pair => (pair.Value, unchecked(pair.AtLeast * times)))],
    };

    private sealed record Told(long[] Registers, long[] Places, (double Value, long AtLeast)[] Named);
}
