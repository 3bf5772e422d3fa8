using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Counters;

/// <summary>
/// What is told of the values of a category that its reference does not list, of one window or of any number of them added up: over
/// devices and time, in whatever order, the counts are those of all values together, to the last bit.
/// </summary>
/// <remarks>
/// Which values are named hangs on what was added before where there were more than <see cref="MostNamed"/>; how often each of them came
/// is bounded from both sides all the same. Only what is valid is added. Not thread-safe.
/// </remarks>
public sealed class UnseenCategories
{
    /// <summary>Registers of the sketch that counts distinct values.</summary>
    public const int Registers = 256;

    /// <summary>Places of the sketch that bounds how often a value came: four rows.</summary>
    public const int Places = CountMinSketch.Depth * 32;

    /// <summary>Most values that are named.</summary>
    public const int MostNamed = MisraGries.Counters;

    /// <summary>Largest number of values that one takes.</summary>
    public const long LargestTotal = SketchCounts.LargestTotal;

    private readonly HyperLogLog _distinct = new();
    private readonly CountMinSketch _others = new();
    private SortedDictionary<double, long> _named = [];

    /// <summary>Values there were.</summary>
    public long Count => _others.Count;

    /// <summary>Different ones among them.</summary>
    public HyperLogLog Distinct => _distinct;

    /// <summary>How often each came at most.</summary>
    public CountMinSketch Others => _others;

    /// <summary>Values that came most, with how often each came at least; the most frequent first, of equals the smaller value.</summary>
    public IReadOnlyList<(double Value, long AtLeast)> Heaviest() =>
        [.. _named.Select(pair => (pair.Key, pair.Value)).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key)];

    /// <summary>Adds what was told of other values.</summary>
    /// <param name="registers">Shape [<see cref="Registers"/>].</param>
    /// <param name="places">Shape [<see cref="Places"/>], row by row.</param>
    /// <param name="named">At most <see cref="MostNamed"/> different ones.</param>
    /// <exception cref="FormatException">No values have these counts, or they are more than <see cref="LargestTotal"/>; nothing was added.</exception>
    public void Add(ReadOnlySpan<long> registers, ReadOnlySpan<long> places, IReadOnlyList<(double Value, long AtLeast)> named)
    {
        (byte[] ranks, CountMinSketch others) = Read(registers, places, named);
        if (others.Count > LargestTotal - Count)
        {
            throw new FormatException($"{Count} and {others.Count} values are more than {LargestTotal}");
        }

        _distinct.Add(ranks);
        _others.Add(others);
        foreach ((double value, long least) in named)
        {
            _named[value] = _named.GetValueOrDefault(value) + least;
        }

        if (_named.Count > MostNamed)
        {
            _named = new SortedDictionary<double, long>(Heaviest().Take(MostNamed).ToDictionary(pair => pair.Value, pair => pair.AtLeast));
        }
    }

    // A value fills one place of each row and at most one register.
    private static (byte[] Ranks, CountMinSketch Others) Read(
        ReadOnlySpan<long> registers, ReadOnlySpan<long> places, IReadOnlyList<(double Value, long AtLeast)> named)
    {
        CountMinSketch others = new();
        others.Add(places);
        byte[] ranks = new byte[registers.Length];
        long filled = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            ranks[i] = registers[i] is >= 0 and <= byte.MaxValue ? (byte)registers[i] : byte.MaxValue;
            filled += ranks[i] > 0 ? 1 : 0;
        }

        new HyperLogLog().Add(ranks);
        if (filled > others.Count || (filled == 0 && others.Count > 0))
        {
            throw new FormatException($"{others.Count} values cannot have filled {filled} registers");
        }

        HashSet<double> seen = [];
        long least = 0;
        foreach ((double value, long atLeast) in named)
        {
            if (!double.IsFinite(value) || !seen.Add(value) || seen.Count > MostNamed || atLeast < 1 || atLeast > others.AtMost(value)
                || atLeast > others.Count - least)
            {
                throw new FormatException($"the value {value} cannot have come {atLeast} times");
            }

            least += atLeast;
        }

        return (ranks, others);
    }
}
