using System.Diagnostics;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about adding reports up over devices and time, and about the sketches that are added up with them.</summary>
internal static class MergeRows
{
    private const int Devices = 1000;
    private const int WindowsOfEach = 24;
    private const int Features = 50;

    public static void Add(Figures figures)
    {
        figures.Add(Exact());
        AddSpeed(figures);
        AddSketches(figures);
    }

    private static Figure Exact()
    {
        const int Some = 6;
        double[] edges = Normals.Edges();
        ReportLayout layout = new([.. Enumerable.Repeat(new FeatureLayout(edges.Length + 1, MomentScale.Of(edges)), Some)]);
        BinCounter[] bins = [.. Enumerable.Range(0, Some).Select(_ => new BinCounter(edges))];
        ExactMoments[] moments = [.. Enumerable.Range(0, Some).Select(_ => new ExactMoments(MomentScale.Of(edges)))];
        DDSketch pooled = new();
        List<(ReportId Id, WindowReport Report, DDSketch Sketch)> sent = [];
        Random random = new(11);
        for (int device = 0; device < Devices; device++)
        {
            for (int window = 1; window <= WindowsOfEach; window++)
            {
                int samples = 20 + random.Next(40);
                DDSketch sketch = new();
                FeatureReading[] readings = new FeatureReading[Some];
                for (int feature = 0; feature < Some; feature++)
                {
                    BinCounter own = new(edges);
                    ExactMoments ownMoments = new(MomentScale.Of(edges));
                    moments[feature].Break();
                    for (int i = 0; i < samples; i++)
                    {
                        double value = Normals.Draw(random) * (1 + (feature * 0.3));
                        own.Record(value);
                        ownMoments.Record(value);
                        sketch.Record(value);
                        bins[feature].Record(value);
                        moments[feature].Record(value);
                        pooled.Record(value);
                    }

                    readings[feature] = new FeatureReading(own.Counts.ToArray(), own.Missing, own.Infinite, ownMoments.ToSums());
                }

                sent.Add((new ReportId($"device-{device}", 1, window), WindowReport.Of(layout, samples, 0, readings, out _)!, sketch));
            }
        }

        var arriving = sent.Concat(sent.Where(_ => random.Next(5) == 0)).ToArray();
        random.Shuffle(arriving);
        ReportSum sum = new(layout);
        DDSketch merged = new();
        foreach ((ReportId id, WindowReport report, DDSketch sketch) in arriving)
        {
            if (sum.Take(id, report) == ReportOutcome.Added)
            {
                merged.Add(sketch);
            }
        }

        int different = 0;
        for (int feature = 0; feature < Some; feature++)
        {
            different += sum.Total.CountsOf(feature).SequenceEqual(bins[feature].Counts) ? 0 : 1;
            different += sum.Total.SumsOf(feature) == moments[feature].ToSums() ? 0 : 1;
        }

        different += Same(SketchCounts.Of(pooled), SketchCounts.Of(merged)) ? 0 : 1;
        return new Figure(
            "merge: statistics that differ from those of the pooled samples", different, "statistics",
            $"{Devices} devices x {WindowsOfEach} windows, shuffled, {arriving.Length - sent.Count} of them twice; bins and moments of {Some} "
            + "features and a DDSketch, bit for bit", 0);
    }

    private static void AddSpeed(Figures figures)
    {
        double[] edges = Normals.Edges();
        ReportLayout layout = new([.. Enumerable.Repeat(new FeatureLayout(edges.Length + 1, MomentScale.Of(edges)), Features)]);
        byte[][] messages = [.. Enumerable.Range(0, 20).Select(i => WindowCodec.Write(Windows.Typical(new Random(i), Features, 300, 0)))];
        WindowReport[] reports = [.. Enumerable.Range(0, Devices).Select(i => Read(messages[i % messages.Length], layout))];
        double read = Fewest(() => Array.ForEach(messages, message => Read(message, layout))) * Devices / messages.Length;
        double merge = Fewest(() =>
        {
            WindowReport total = new(layout);
            Array.ForEach(reports, total.Add);
        });
        string how = $"{Devices} reports x {Features} features of 34 bins with moments, one thread, the fewest of 15 rounds";
        figures.Add(new Figure("merge: 1,000 reports of 50 features", merge, "ms", how, 50));
        figures.Add(new Figure("merge: reading and checking as many from protobuf", read, "ms", how));
    }

    private static void AddSketches(Figures figures)
    {
        Random random = new(5);
        double worst = 0;
        for (int round = 0; round < 200; round++)
        {
            double spread = 0.1 + (1.4 * random.NextDouble());
            double[] values = [.. Normals.Draw(random, 1000).Select(value => Math.Exp(spread * value))];
            DDSketch sketch = new();
            Array.ForEach(values, sketch.Record);
            Array.Sort(values);
            foreach (double q in (double[])[0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1])
            {
                double exact = values[(int)(q * (values.Length - 1))];
                worst = sketch.Collapsed == 0 ? Math.Max(worst, Math.Abs(sketch.Quantile(q) - exact) / exact) : worst;
            }
        }

        figures.Add(new Figure(
            "sketch: largest relative error of a quantile (R14)", worst, "share", "DDSketch at 0.02; 200 lognormal samples, ten quantiles of each",
            0.02 + 1e-12));
        foreach (int precision in (int[])[8, 10, 12])
        {
            double squares = 0;
            const int Rounds = 300;
            for (int round = 0; round < Rounds; round++)
            {
                HyperLogLog one = Distinct(precision, 1e6 * round, 10_000);
                one.Add(Distinct(precision, (1e6 * round) + 5_000, 10_000));
                double error = (one.Estimate() / 15_000) - 1;
                squares += error * error;
            }

            figures.Add(new Figure(
                $"sketch: error of HyperLogLog for each of the stated, at precision {precision} (R13)",
                Math.Sqrt(squares / Rounds) / new HyperLogLog(precision).StandardError, "times",
                $"unions of two that overlap, 15,000 distinct values, {Rounds} rounds; stated {new HyperLogLog(precision).StandardError:P2}", 1.1));
        }
    }

    private static WindowReport Read(byte[] message, ReportLayout layout)
    {
        WindowMessage window = WindowCodec.Read(message, "pump");
        return WindowReport.Of(
            layout, window.Samples, window.Failed,
            [.. window.Features.Select(feature => new FeatureReading(
                feature.Counts, feature.Missing, feature.Infinite, FeatureReport.SumsOf(feature)))],
            out string complaint) ?? throw new BenchException(complaint);
    }

    private static double Fewest(Action once)
    {
        double fewest = double.MaxValue;
        for (int round = 0; round < 15; round++)
        {
            long start = Stopwatch.GetTimestamp();
            once();
            fewest = Math.Min(fewest, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return fewest;
    }

    private static bool Same(SketchCounts one, SketchCounts other) =>
        one.PositiveKeys.SequenceEqual(other.PositiveKeys) && one.PositiveCounts.SequenceEqual(other.PositiveCounts)
        && one.NegativeKeys.SequenceEqual(other.NegativeKeys) && one.NegativeCounts.SequenceEqual(other.NegativeCounts)
        && one.Zeros == other.Zeros && one.PositiveCollapsed == other.PositiveCollapsed && one.NegativeCollapsed == other.NegativeCollapsed;

    private static HyperLogLog Distinct(int precision, double first, int count)
    {
        HyperLogLog sketch = new(precision);
        for (int i = 0; i < count; i++)
        {
            sketch.Record(first + i);
        }

        return sketch;
    }
}
