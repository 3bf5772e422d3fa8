using System.Globalization;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Tests.Comparisons;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about window tests: the peers' reference values, and how often they alarm when nothing has changed.</summary>
internal static class ComparisonRows
{
    private const double Level = 0.05;
    private const int Windows = 2_000;
    private const int Families = 1_000;
    private const int Features = 100;

    private static readonly int[] Sizes = [50, 200, 1_000, 5_000];
    private static readonly int[] Bins = [10, 32];
    private static readonly ComparisonLimits Strict = new(Level, MinEffect: 0, MinSample: 0);

    private static readonly (ComparisonMethod Method, string Name)[] Calibrated =
    [
        (ComparisonMethod.PopulationStability, "PSI"), (ComparisonMethod.LikelihoodRatio, "G"),
        (ComparisonMethod.ChiSquared, "chi-square"), (ComparisonMethod.JensenShannon, "JS"),
    ];

    private static readonly (ComparisonMethod Method, string Name)[] Others =
    [
        (ComparisonMethod.KolmogorovSmirnov, "KS"), (ComparisonMethod.Hellinger, "Hellinger"),
        (ComparisonMethod.TotalVariation, "total variation"), (ComparisonMethod.LInfinity, "L-infinity"),
    ];

    /// <param name="fixtures">The directory of the reference values; null when it is absent.</param>
    public static void Add(string? fixtures, Figures figures)
    {
        figures.Add(ReferenceDeviation(fixtures));
        string grid = $"{Windows:N0} windows each of {string.Join(", ", Sizes.Select(size => $"{size:N0}"))} values, 10 and 32 bins, "
            + $"{string.Join(", ", NullDistributions.All.Select(each => each.Name))}, each with a fresh reference of {NullDistributions.Reference:N0}";
        foreach ((ComparisonMethod method, string name) in Calibrated)
        {
            List<Share> shares = Grid(method, NullDistributions.Reference, Sizes, Windows);
            Share most = shares.MaxBy(share => share.Alarms)!;
            Share least = shares.MinBy(share => share.Alarms)!;
            figures.Add(new Figure(
                $"window tests: false alarms of {name} at 5 %, most", 100 * most.Alarms, "%", $"{most.Where}; {grid}", Most: 6.5));
            figures.Add(new Figure(
                $"window tests: false alarms of {name} at 5 %, least", 100 * least.Alarms, "%", $"{least.Where}; as above", Least: 3.5));
        }

        foreach ((ComparisonMethod method, string name) in Others)
        {
            figures.Add(Conservative(name, Grid(method, NullDistributions.Reference, Sizes, Windows / 4), method == ComparisonMethod.KolmogorovSmirnov));
        }

        figures.Add(Conservative("Wasserstein", Wasserstein(), goal: true));
        List<Share> small = Grid(ComparisonMethod.PopulationStability, 1_000, [50, 200], Windows / 2);
        figures.Add(new Figure(
            "window tests: false alarms of PSI at 5 % with a reference of 1,000, least",
            100 * small.Min(share => share.Alarms), "%",
            FormattableString.Invariant($"most {100 * small.Max(share => share.Alarms):F1} %; windows of 50 and 200. ")
                + "Counts between quantiles are fixed, where the test allows them noise: so it is a little shy of alarms"));
        figures.Add(Family());
    }

    private static Figure ReferenceDeviation(string? fixtures)
    {
        const string Name = "window tests: largest relative deviation from R15, R16, R18 and R19";
        string file = Path.Combine(fixtures ?? "", "comparisons.json");
        if (fixtures is null || !File.Exists(file))
        {
            return new Figure(Name, null, "", "no fixtures", 1e-9);
        }

        IReadOnlyList<ReferenceValue> values = ReferenceValues.Of(File.ReadAllBytes(file));
        ReferenceValue worst = values.MaxBy(value => value.Deviation)!;
        string counts = string.Join(", ", values.GroupBy(value => value.Reference).Select(group => $"{group.Count()} of {group.Key}"));
        return new Figure(
            Name, worst.Deviation, "",
            $"{counts}; worst is {worst.What} of {worst.Reference}. Held against scipy 1.10, but for Cramer-von Mises' p: of R15's 5.4e-13 "
                + "scipy, which the peers print, makes 1.77e-10 by ending its series early; ours agrees with fifty digits",
            1e-9);
    }

    private static Figure Conservative(string name, List<Share> shares, bool goal)
    {
        Share most = shares.MaxBy(share => share.Alarms)!;
        return new Figure(
            $"window tests: false alarms of {name} at 5 %, over all", 100 * shares.Average(share => share.Alarms), "%",
            FormattableString.Invariant($"most {100 * most.Alarms:F1} % at {most.Where}, where one standard error is {100 * Math.Sqrt(Level * (1 - Level) / most.Windows):F1} %; the grid above"),
            goal ? 100 * Level : null);
    }

    private static List<Share> Grid(ComparisonMethod method, int reference, int[] sizes, int windows) =>
        Measured(sizes, windows, (random, draw, size, bins) =>
        {
            (BinCounter expected, BinCounter actual) = NullDistributions.Counted(random, draw, reference, size, bins);
            return CountComparison.Compare(method, expected.Counts, actual.Counts, ordered: true, Strict).Significant;
        });

    private static List<Share> Wasserstein() => Measured([50, 200, 1_000], 400, (random, draw, size, bins) =>
        new WassersteinTest(random, most: 199).Compare(
            NullDistributions.Sketched(random, draw, NullDistributions.Reference), NullDistributions.Sketched(random, draw, size), Strict).Significant,
        [Bins[0]]);

    private static List<Share> Measured(
        int[] sizes, int windows, Func<Random, Func<Random, double>, int, int, bool> alarms, int[]? bins = null)
    {
        (int Bins, int Size, string Name, Func<Random, double> Draw)[] cells =
        [
            .. from count in bins ?? Bins
               from size in sizes
               from source in NullDistributions.All
               select (count, size, source.Name, source.Draw),
        ];
        Share[] shares = new Share[cells.Length];
        Parallel.For(0, cells.Length, i =>
        {
            (int count, int size, string name, Func<Random, double> draw) = cells[i];
            Random random = new(1_000 + i);
            int alarmed = 0;
            for (int window = 0; window < windows; window++)
            {
                alarmed += alarms(random, draw, size, count) ? 1 : 0;
            }

            string where = bins is null ? $"{name}, {size:N0} values, {count} bins" : $"{name}, {size:N0} values";
            shares[i] = new Share((double)alarmed / windows, windows, where);
        });
        return [.. shares];
    }

    private static Figure Family()
    {
        int alarmed = 0;
        Parallel.For(0, Families, family =>
        {
            Random random = new(family);
            double[] pValues = new double[Features];
            bool[] alarms = new bool[Features];
            for (int feature = 0; feature < Features; feature++)
            {
                Func<Random, double> draw = NullDistributions.All[feature % NullDistributions.All.Count].Draw;
                (BinCounter expected, BinCounter actual) = NullDistributions.Counted(random, draw, 2_000, 200, feature % 2 == 0 ? 10 : 32);
                pValues[feature] = CountComparison.Compare(
                    ComparisonMethod.PopulationStability, expected.Counts, actual.Counts, ordered: true, Strict).PValue;
            }

            if (Holm.Alarms(pValues, Level, alarms) > 0)
            {
                Interlocked.Increment(ref alarmed);
            }
        });
        double share = (double)alarmed / Families;
        return new Figure(
            "window tests: windows of 100 features with any false alarm at 5 %", 100 * share, "%",
            string.Create(
                CultureInfo.InvariantCulture,
                $"PSI with Holm's correction and no smallest effect; {Families:N0} windows of 200 values, half the features on 10 and half on 32 bins of references of 2,000; one standard error is {100 * Math.Sqrt(share * (1 - share) / Families):F1} %"),
            100 * Level);
    }

    /// <summary>How often a cell of the grid alarmed.</summary>
    private sealed record Share(double Alarms, int Windows, string Where);
}
