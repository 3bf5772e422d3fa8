using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>How often one test alarms at 5 % while nothing changes, by source, window and bins.</summary>
internal sealed record FalseAlarms(string Name, bool IsCalibrated, IReadOnlyList<AlarmShare> Cells)
{
    private const double Level = 0.05;

    // Each source is drawn by so many at once.
    private const int Parts = 4;

    /// <summary>
    /// Tries all tests on the same windows. Every window of a cell has a fresh reference of its own; the cells of one source share it, cut
    /// into bins either way.
    /// </summary>
    /// <param name="windows">In each cell; a multiple of four.</param>
    public static IReadOnlyList<FalseAlarms> Of(IReadOnlyList<CountTest> tests, int reference, int[] sizes, int[] bins, int windows)
    {
        (string Name, Func<Random, double> Draw, int Size, int Bins)[] cells =
        [
            .. from source in NullDistributions.All
               from size in sizes
               from count in bins
               select (source.Name, source.Draw, size, count),
        ];
        int ofSource = sizes.Length * bins.Length;
        int[,] alarms = new int[tests.Count, cells.Length];
        Parallel.For(0, NullDistributions.All.Count * Parts, part =>
        {
            Xoshiro random = new(1_000 + part);
            int first = part / Parts * ofSource;
            Func<Random, double> draw = cells[first].Draw;
            for (int window = part % Parts; window < windows; window += Parts)
            {
                double[] values = NullDistributions.Drawn(random, draw, reference);
                BinCounter[] expected = [.. bins.Select(count => NullDistributions.Counted(values, count))];
                for (int cell = first; cell < first + ofSource; cell++)
                {
                    BinCounter bin = expected[(cell - first) % bins.Length];
                    BinCounter actual = NullDistributions.Counted(NullDistributions.Drawn(random, draw, cells[cell].Size), bin);
                    for (int test = 0; test < tests.Count; test++)
                    {
                        if (window / Parts % tests[test].Every == 0 && tests[test].PValue(bin, actual) <= Level)
                        {
                            Interlocked.Increment(ref alarms[test, cell]);
                        }
                    }
                }
            }
        });
        return [.. tests.Select((test, at) => new FalseAlarms(test.Name, test.IsCalibrated, [.. cells.Select((cell, i) =>
            new AlarmShare(alarms[at, i], windows / test.Every, $"{cell.Name}, {cell.Size:N0} values, {cell.Bins} bins"))]))];
    }

    /// <summary>Wasserstein's distance of sketches, by permutation.</summary>
    public static FalseAlarms OfSketches(int[] sizes, int windows)
    {
        ComparisonLimits strict = new(Level, MinEffect: 0, MinSample: 0);
        (int Size, string Name, Func<Random, double> Draw)[] cells =
            [.. from size in sizes.OrderDescending() from source in NullDistributions.All select (size, source.Name, source.Draw)];
        int[] alarms = new int[cells.Length];
        Parallel.For(0, cells.Length, cell =>
        {
            (int size, _, Func<Random, double> draw) = cells[cell];
            Xoshiro random = new(2_000 + cell);
            WassersteinTest test = new(random, most: 199);
            for (int window = 0; window < windows; window++)
            {
                WeightedValues reference = NullDistributions.Sketched(random, draw, NullDistributions.Reference);
                alarms[cell] += test.Compare(reference, NullDistributions.Sketched(random, draw, size), strict).Significant ? 1 : 0;
            }
        });
        return new FalseAlarms("Wasserstein", false, [.. cells.Select((cell, i) =>
            new AlarmShare(alarms[i], windows, $"{cell.Name}, {cell.Size:N0} values"))]);
    }
}

/// <summary>How often one cell alarmed.</summary>
/// <param name="Windows">Of so many.</param>
/// <param name="Where">Source, window and bins.</param>
internal sealed record AlarmShare(int Alarms, int Windows, string Where)
{
    public double Share => (double)Alarms / Windows;
}
