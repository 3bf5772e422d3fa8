using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Tests.Counters;

public sealed class WindowReportTests
{
    private static readonly double[] Edges = [-2, -1, -0.3, 0, 0.4, 1, 2.5];
    private static readonly ReportLayout Layout = new([new(Edges.Length + 1, MomentScale.Of(Edges)), new(2, MomentScale.Of([0]))]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Reports_of_many_devices_shuffled_doubled_and_late_are_the_pooled_samples_to_the_last_bit(int seed)
    {
        Random random = new(seed);
        Feature[] pooled = [new(Edges), new([0])];
        List<(ReportId Id, WindowReport Report)> sent = [];
        long samples = 0;
        for (int device = 0; device < 100; device++)
        {
            Feature[]? before = null;
            Break(pooled);
            for (int window = 1; window <= 24; window++)
            {
                Feature[] live = [new(Edges), new([0])];
                before?.Zip(live).ToList().ForEach(pair => pair.Second.Follow(pair.First));
                int count = random.Next(30);
                for (int i = 0; i < count; i++)
                {
                    for (int feature = 0; feature < live.Length; feature++)
                    {
                        double value = random.Next(25) switch { 0 => double.NaN, 1 => double.NegativeInfinity, _ => (6 * random.NextDouble()) - 3 };
                        live[feature].Record(value);
                        pooled[feature].Record(value);
                    }
                }

                samples += count;
                sent.Add((new ReportId($"d{device}", (ulong)device, window), Report(count, live)));
                before = live;
            }
        }

        (ReportId Id, WindowReport Report)[] arriving = [.. sent, .. sent.Where(_ => random.Next(3) == 0)];
        random.Shuffle(arriving);
        ReportSum sum = new(Layout);
        foreach ((ReportId id, WindowReport report) in arriving)
        {
            sum.Take(id, report);
        }

        Assert.Equal(sent.Count, sum[ReportOutcome.Added]);
        Assert.Equal(arriving.Length - sent.Count, sum[ReportOutcome.Again]);
        Assert.Equal((samples, 2_400L), (sum.Total.Samples, sum.Total.Windows));
        for (int feature = 0; feature < pooled.Length; feature++)
        {
            Assert.Equal(pooled[feature].Bins.Counts, sum.Total.CountsOf(feature));
            Assert.Equal(pooled[feature].Bins.Missing, sum.Total.MissingOf(feature));
            Assert.Equal(pooled[feature].Bins.Infinite, sum.Total.InfiniteOf(feature));
            Assert.Equal(pooled[feature].Moments.ToSums(), sum.Total.SumsOf(feature));
            Assert.Equal(pooled[feature].Moments.Kurtosis, sum.Total.MomentsOf(feature).Kurtosis);
        }
    }

    [Fact]
    public void Quantiles_are_added_up_where_the_layout_has_them_and_must_be_of_the_values_in_the_bins()
    {
        ReportLayout layout = new([new(2, MomentScale.Of([0]), HasSketch: true), new(2, MomentScale.Of([0]))]);
        Random random = new(9);
        DDSketch pooled = new();
        List<WindowReport> reports = [];
        for (int window = 0; window < 50; window++)
        {
            DDSketch sketch = new();
            long[] counts = [0, 0];
            for (int i = random.Next(40); i > 0; i--)
            {
                double value = Math.Exp(30 * (random.NextDouble() - 0.3)) * (random.Next(3) - 1);
                counts[value < 0 ? 0 : 1]++;
                sketch.Record(value);
                pooled.Record(value);
            }

            FeatureReading reading = new(counts, 0, 0, null, SketchCounts.Of(sketch));
            reports.Add(WindowReport.Of(layout, counts.Sum(), 0, [reading, reading], out _)!);
            Assert.Null(WindowReport.Of(layout, 1 + counts.Sum(), 0, [reading with { Counts = [counts[0], 1 + counts[1]] }, reading], out string complaint));
            Assert.Contains("its quantiles are not of the", complaint, StringComparison.Ordinal);
        }

        WindowReport forwards = new(layout);
        WindowReport backwards = new(layout);
        reports.ForEach(forwards.Add);
        Enumerable.Reverse(reports).ToList().ForEach(backwards.Add);

        Assert.True(pooled.Collapsed > 0);
        Assert.Equivalent(SketchCounts.Of(pooled), SketchCounts.Of(forwards.SketchOf(0)!), strict: true);
        Assert.Equivalent(SketchCounts.Of(pooled), SketchCounts.Of(backwards.SketchOf(0)!), strict: true);
        Assert.Null(forwards.SketchOf(1));
    }

    [Fact]
    public void What_a_window_cannot_hold_is_no_report_and_says_why()
    {
        MomentSums one = Of(0.5);
        FeatureReading right = new([0, 0, 0, 0, 0, 1, 0, 0], 1, 1, one);
        FeatureReading other = new([0, 2], 0, 0, null);
        (string Why, long Samples, long Failed, FeatureReading[] Features)[] wrong =
        [
            ("samples or failed", -1, 0, [right, other]),
            ("samples or failed", 2, 3, [right, other]),
            ("it has 1 features, the package 2", 2, 0, [right]),
            ("feature 2: it has 3 bins, the package's 2", 2, 0, [right, other with { Counts = [1, 1, 0] }]),
            ("feature 2: a count is negative", 2, 0, [right, other with { Counts = [3, -1] }]),
            ("feature 2: a count is negative, or there are more values", 2, 0, [right, other with { Counts = [2, 1] }]),
            ("feature 2: a count is negative, or there are more values", 2, 0, [right, other with { Counts = [1, long.MaxValue] }]),
            ("feature 2: the missing values", 2, 0, [right, other with { Missing = 1 }]),
            ("feature 2: the missing values", 2, 0, [right, other with { Infinite = 1 }]),
            ("feature 1: its moments are of 1 values, its bins hold 2", 2, 0, [new([0, 0, 0, 0, 0, 1, 1, 0], 0, 0, one), other]),
            ("feature 1: no values have these moments", 2, 0, [right with { Moments = one with { Squares = one.Squares + 1 } }, other]),
        ];

        Assert.NotNull(WindowReport.Of(Layout, 2, 0, [right, other], out _));
        foreach ((string why, long samples, long failed, FeatureReading[] features) in wrong)
        {
            Assert.Null(WindowReport.Of(Layout, samples, failed, features, out string complaint));
            Assert.Contains(why, complaint, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_refused_changes_no_sum_and_is_counted_by_its_reason()
    {
        ReportSum sum = new(Layout);
        WindowReport report = Report(1, [new(Edges, 0.5), new([0], 1)]);
        ReportLayout other = new([new(2, MomentScale.Of([0]))]);
        WindowReport large = WindowReport.Of(Layout, MomentSums.LargestCount, 0, [new(new long[8], 0, 0, null), new(new long[2], 0, 0, null)], out _)!;

        Assert.Equal(ReportOutcome.Added, sum.Take(new ReportId("a", 1, 1), report));
        Assert.Equal(ReportOutcome.Again, sum.Take(new ReportId("a", 1, 1), report));
        Assert.Equal(ReportOutcome.NoSequence, sum.Take(new ReportId("a", 1, 0), report));
        Assert.Equal(ReportOutcome.OtherLayout, sum.Take(new ReportId("a", 1, 2), new WindowReport(other)));
        Assert.Equal(ReportOutcome.TooMany, sum.Take(new ReportId("a", 1, 2), large));
        Assert.Equal(ReportOutcome.Added, sum.Take(new ReportId("a", 2, 1), report));

        Assert.Equal((2L, 2L), (sum.Total.Samples, sum.Total.Windows));
        Assert.Throws<ArgumentException>(() => report.Add(new WindowReport(other)));
        Assert.Throws<OverflowException>(() => report.Add(large));
        Assert.Equal(1, report.Samples);
    }

    [Fact]
    public void Of_one_boot_a_gap_is_remembered_until_too_much_came_after_it()
    {
        ReportSum sum = new(Layout);
        WindowReport empty = new(Layout);
        bool Added(long sequence) => sum.Take(new ReportId("a", 1, sequence), empty) == ReportOutcome.Added;

        Assert.All(Enumerable.Range(2, ReportSum.MostAhead), number => Assert.True(Added(number)));
        Assert.False(Added(2));
        Assert.True(Added(1));
        Assert.True(Added(ReportSum.MostAhead + 3));
        Assert.False(Added(ReportSum.MostAhead));

        Assert.All(Enumerable.Range(500, ReportSum.MostAhead), number => Assert.True(Added(2 * number)));
        Assert.False(Added(ReportSum.MostAhead + 2));
        Assert.True(Added(1_001));
    }

    private static WindowReport Report(long samples, Feature[] features) => WindowReport.Of(
        Layout, samples, 0,
        [.. features.Select(feature => new FeatureReading(
            feature.Bins.Counts.ToArray(), feature.Bins.Missing, feature.Bins.Infinite, feature.Moments.ToSums()))],
        out string complaint) ?? throw new InvalidOperationException(complaint);

    private static MomentSums Of(double value) => new Feature(Edges, value).Moments.ToSums();

    private static void Break(Feature[] features) => Array.ForEach(features, feature => feature.Moments.Break());

    private sealed class Feature
    {
        public Feature(double[] edges, params double[] values)
        {
            Bins = new BinCounter(edges);
            Moments = new ExactMoments(MomentScale.Of(edges));
            Array.ForEach(values, Record);
        }

        public BinCounter Bins { get; }

        public ExactMoments Moments { get; }

        public void Follow(Feature before) => Moments.Follow(before.Moments);

        public void Record(double value)
        {
            Bins.Record(value);
            if (double.IsFinite(value))
            {
                Moments.Record(value);
            }
            else
            {
                Moments.Break();
            }
        }
    }
}
