using System.Globalization;
using EdgeRuntime.Statistics.Distributions;
using EdgeRuntime.Statistics.Tests.Comparisons;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about window tests: the peers' reference values, and how often they alarm when nothing has changed.</summary>
internal static class ComparisonRows
{
    private const double Level = 0.05;
    private const double Least = 0.035;
    private const double Most = 0.065;
    private const int Windows = 3_200;
    private const int SmallWindows = 2_000;
    private const int Permuted = 3_000;

    private static readonly int[] Sizes = [50, 200, 1_000, 5_000];
    private static readonly int[] Bins = [10, 32];

    /// <param name="fixtures">The directory of the reference values; null when it is absent.</param>
    public static void Add(string? fixtures, Figures figures)
    {
        figures.Add(ReferenceDeviation(fixtures));
        string sources = string.Join(", ", NullDistributions.All.Select(each => each.Name));
        string grid = $"windows of {string.Join(", ", Sizes.Select(size => $"{size:N0}"))} values on 10 and 32 bins of references of {NullDistributions.Reference:N0}; {sources}; "
            + "a fresh reference for each window";
        foreach (FalseAlarms test in FalseAlarms.Of(CountTest.All, NullDistributions.Reference, Sizes, Bins, Windows))
        {
            if (test.IsCalibrated)
            {
                AddBoth(figures, test, "", grid);
            }
            else
            {
                figures.Add(Average(test, grid, test.Name == "KS"));
            }
        }

        string few = $"windows of 50 and 200 values on 10 and 32 bins of references of 1,000; {sources}; a fresh reference for each window";
        IReadOnlyList<FalseAlarms> small = FalseAlarms.Of([CountTest.Device, CountTest.All[0]], 1_000, [50, 200], Bins, SmallWindows);
        AddBoth(figures, small[0], ", reference of 1,000", few);
        AddBoth(figures, small[1], ", reference of 1,000", few);
        figures.Add(Average(
            FalseAlarms.OfSketches([50, 200, 1_000], Permuted),
            $"windows of 50, 200 and 1,000 values against sketches of {NullDistributions.Reference:N0}, 199 permutations each; {sources}; a fresh reference for each window",
            goal: true));
        FamilyRows.Add(figures, Level);
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

    private static void AddBoth(Figures figures, FalseAlarms test, string where, string grid)
    {
        AlarmShare most = test.Cells.MaxBy(cell => cell.Share)!;
        AlarmShare least = test.Cells.MinBy(cell => cell.Share)!;
        int outside = test.Cells.Count(cell => cell.Share is < Least or > Most);
        string all = FormattableString.Invariant($"{Noise(test)}; over all {100 * test.Cells.Average(cell => cell.Share):F2} %; {outside} cells outside 3.5 to 6.5 %. ") + grid;
        figures.Add(new Figure(
            $"window tests: false alarms of {test.Name} at 5 %, most{where}", 100 * most.Share, "%", $"{most.Where}; {all}", Most: 100 * Most));
        figures.Add(new Figure(
            $"window tests: false alarms of {test.Name} at 5 %, least{where}", 100 * least.Share, "%", $"{least.Where}; {all}", Least: 100 * Least));
    }

    private static Figure Average(FalseAlarms test, string grid, bool goal)
    {
        AlarmShare most = test.Cells.MaxBy(cell => cell.Share)!;
        long windows = test.Cells.Sum(cell => (long)cell.Windows);
        int above = test.Cells.Count(cell => cell.Share > Level + (3 * Error(cell.Windows)));
        return new Figure(
            $"window tests: false alarms of {test.Name} at 5 %, over all", 100 * test.Cells.Average(cell => cell.Share), "%",
            FormattableString.Invariant($"{(goal ? "goal: 5 %, and two standard errors of a share that is measured; one is" : "one standard error is")} {100 * Error(windows):F2} %; most {100 * most.Share:F2} % at {most.Where}; {Noise(test)}; {above} cells more than three of those above 5 %. ") + grid,
            goal ? 100 * (Level + (2 * Error(windows))) : null);
    }

    // What the worst of so many cells shows when each alarms at 5 % exactly: half of the time more than this.
    private static string Noise(FalseAlarms test)
    {
        AlarmShare cell = test.Cells[0];
        double worst = Normal.UpperQuantile(1 - Math.Pow(0.5, 1.0 / test.Cells.Count)) * Error(cell.Windows);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{cell.Windows:N0} windows in each of {test.Cells.Count} cells, one standard error {100 * Error(cell.Windows):F2} %, so that chance alone makes the worst 5 +- {100 * worst:F2} %");
    }

    private static double Error(long windows) => Math.Sqrt(Level * (1 - Level) / windows);
}
