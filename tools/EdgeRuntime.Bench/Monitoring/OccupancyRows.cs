using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// Rows about the occupancy data: the first test period against the training period, channel by channel, by window tests and online;
/// and the training period against itself, shuffled.
/// </summary>
internal static class OccupancyRows
{
    private const int Bins = 32;

    // The exact Kolmogorov-Smirnov distances: 0.419, 0.349, 0.359.
    private static readonly string[] Names = ["temperature", "humidity", "co2"];
    private static readonly int[] FarthestFirst = [0, 2, 1];
    private static readonly int[] Columns = [2, 3, 5];

    public static void Add(string folder, Figures figures)
    {
        double[][] training = FaultSeries.Columns(Path.Combine(folder, "datatraining.txt"), 1, Columns).Values;
        double[][] test = FaultSeries.Columns(Path.Combine(folder, "datatest.txt"), 1, Columns).Values;
        double[][] shuffled = [.. training.Select(Shuffled)];
        Windows(training, test, shuffled, figures);
        Online(training, test, shuffled, figures);
    }

    private static void Windows(double[][] training, double[][] test, double[][] shuffled, Figures figures)
    {
        ComparisonMethod[] methods = [.. CountComparison.Methods];
        int found = 0;
        int loud = 0;
        List<string> said = [];
        foreach (ComparisonMethod method in methods)
        {
            ComparisonResult[] results = [.. Names.Select((_, i) => Compare(method, training[i], test[i]))];
            found += results.Count(result => result.Drifted);
            said.Add($"{method} {string.Join(' ', results.Select(result => FormattableString.Invariant($"{result.Effect:F3}")))}");
            loud += shuffled.Count(values => Compare(method, values[..(values.Length / 2)], values[(values.Length / 2)..]).Drifted);
        }

        double[] distances = [.. Names.Select((_, i) => Compare(ComparisonMethod.KolmogorovSmirnov, training[i], test[i]).Effect)];
        int misplaced = FarthestFirst.Zip(FarthestFirst.Skip(1)).Count(pair => distances[pair.First] <= distances[pair.Second]);
        figures.Add(new Figure(
            "sensors: occupancy, channels found by all window tests", found / (double)methods.Length, "channels",
            $"training against the first test period on {Bins} quantile bins, level 5 % and the smallest effect; effects of {string.Join(", ", Names)}: {string.Join("; ", said)}",
            Least: Names.Length));
        figures.Add(new Figure(
            "sensors: occupancy, channels out of the order of their KS distances", misplaced, "channels",
            FormattableString.Invariant($"on bins {distances[0]:F3}, {distances[1]:F3}, {distances[2]:F3}; exact 0.419, 0.349, 0.359"), Most: 0));
        figures.Add(new Figure(
            "sensors: occupancy, window tests that find drift in shuffled halves", loud, "tests",
            $"{methods.Length} tests of {Names.Length} channels, one half of the training period against the other", Most: 0));
    }

    private static void Online(double[][] training, double[][] test, double[][] shuffled, Figures figures)
    {
        List<string> found = [];
        int loud = 0;
        for (int i = 0; i < Names.Length; i++)
        {
            List<int> alarms = SensorRows.Alarms(SensorRows.Recommended, training[i], test[i]);
            if (alarms.Count > 0)
            {
                found.Add($"{Names[i]} after {alarms[0] + 1} of {test[i].Length} minutes");
            }

            int half = shuffled[i].Length / 2;
            loud += SensorRows.Alarms(SensorRows.Recommended, shuffled[i][..half], shuffled[i][half..]).Count;
        }

        figures.Add(new Figure(
            "sensors: occupancy, channels that alarm online in the first test period", found.Count, "channels",
            $"of {Names.Length}, reference: the training period; {string.Join(", ", found)}. Levels move there as such slow channels do within a week: how far is for the window's test"));
        figures.Add(new Figure(
            "sensors: occupancy, online alarms in shuffled halves", loud, "alarms",
            $"{Names.Length} channels, one half of the training period against the other", Most: 0));
    }

    private static ComparisonResult Compare(ComparisonMethod method, double[] reference, double[] current)
    {
        double[] edges = QuantileEdges.Of([.. reference], Bins);
        BinCounter before = Counted(edges, reference);
        BinCounter after = Counted(edges, current);
        return CountComparison.Compare(
            method,
            new BinnedSample(before.Counts, before.Missing, before.Total),
            new BinnedSample(after.Counts, after.Missing, after.Total),
            ComparedCells.OwnQuantiles,
            ComparisonLimits.For(method));
    }

    private static BinCounter Counted(double[] edges, double[] values)
    {
        BinCounter counter = new(edges);
        foreach (double value in values)
        {
            counter.Record(value);
        }

        return counter;
    }

    private static double[] Shuffled(double[] values)
    {
        double[] shuffled = [.. values];
        new Random(3).Shuffle(shuffled);
        return shuffled;
    }
}
