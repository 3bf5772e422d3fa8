using System.Diagnostics;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about what counting one numeric feature costs a device: time, memory, and bytes on the wire.</summary>
internal static class CounterRows
{
    private const int Features = 50;
    private const int Samples = 10_000;
    private const int Values = 4096;

    public static void Add(Figures figures)
    {
        AddTimes(figures);
        AddMemory(figures);
        AddBytes(figures, "as in training", shift: 0);
        AddBytes(figures, "moved by two deviations", shift: 2);
    }

    private static void AddTimes(Figures figures)
    {
        double[] edges = Normals.Edges();
        double[] values = Normals.Draw(new Random(1), Values);
        BinCounter bins = new(edges);
        ExactMoments moments = new(MomentScale.Of(edges));
        DDSketch sketch = new();
        CategoryCounter categories = new([.. Enumerable.Range(0, 20).Select(i => (double)i)]);
        double[] words = [.. values.Select(value => Math.Round(value * 5) + 8)];
        void Count()
        {
            foreach (double value in values)
            {
                bins.Record(value);
                moments.Record(value);
            }
        }

        (double count, long bytes) = Cost(Count);
        const string How = "the fewest nanoseconds of 30 rounds of 40,960 values; 34 bins, standard normal values";
        figures.Add(new Figure("counters: one value into bins and moments", count, "ns", How, 60));
        figures.Add(new Figure("counters: managed bytes of that", bytes, "B", "of all those values together", 0));
        (double sketched, long sketchBytes) = Cost(() =>
        {
            foreach (double value in values)
            {
                sketch.Record(value);
            }
        });
        figures.Add(new Figure("counters: one value into a DDSketch", sketched, "ns", $"2 %, both signs; {sketchBytes} bytes allocated"));
        (double category, long categoryBytes) = Cost(() =>
        {
            foreach (double word in words)
            {
                categories.Record(word);
            }
        });
        figures.Add(new Figure(
            "counters: one value of a category", category, "ns",
            $"20 words, a tenth of the values are none of them and go to HLL, count-min and Misra-Gries; {categoryBytes} bytes allocated"));
    }

    private static void AddMemory(Figures figures)
    {
        const int Made = 200;
        double[] edges = Normals.Edges();
        double bins = BytesOf(() => new BinCounter(edges), Made);
        double moments = BytesOf(() => new ExactMoments(MomentScale.Of(edges)), Made);
        figures.Add(new Figure(
            "counters: memory of one numeric feature", bins + moments, "B",
            $"34 bins with their edges {bins:F0}, moments {moments:F0}; one window", 2048));
        figures.Add(new Figure(
            "counters: memory of it with a second window and the horizon", (5 * bins) + (2 * moments), "B",
            "one window is filled while the other is told of, and a verdict looks back on up to two more and their sum"));
        figures.Add(new Figure("counters: memory of a DDSketch", BytesOf(() => new DDSketch(), Made), "B", "256 classes for each sign"));
        figures.Add(new Figure(
            "counters: memory of a category", BytesOf(() => new CategoryCounter([1, 2, 3, 4, 5, 6, 7, 8]), Made), "B", "eight words", 4096));
    }

    private static void AddBytes(Figures figures, string which, double shift)
    {
        WindowMessage window = Windows.Typical(new Random(2), Features, Samples, shift);
        int whole = WindowCodec.Write(window).Length;
        int bare = WindowCodec.Write(window with { Features = [] }).Length;
        LatencyCounts none = new() { Buckets = [], Counts = [], MaxMicroseconds = 0 };
        int without = WindowCodec.Write(window with { Features = [], Infer = none, Path = none, Stages = null }).Length;
        string how = $"{Features} features of 34 bins, {Samples} samples, {which}";
        figures.Add(new Figure($"report: a numeric feature, {which}", (whole - bare) / (double)Features, "B", $"protobuf; {how}", 96));
        if (shift == 0)
        {
            figures.Add(new Figure(
                "report: all but the features", bare, "B", $"protobuf; {bare - without} of them are the nine stages of the latency ledger", 200));
            int json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(window, Contracts.Json.WireJson.Default.WindowMessage).Length;
            figures.Add(new Figure("report: as JSON, for each byte of protobuf", json / (double)whole, "times", $"{json} bytes; {how}"));
        }

        figures.Add(new Figure($"report: {Features} features and predictions, {which}", whole, "B", $"protobuf; {how}", 5000));
    }

    private static (double Nanoseconds, long Bytes) Cost(Action once)
    {
        const int Rounds = 30;
        const int Times = 10;
        once();
        double fewest = double.MaxValue;
        long bytes = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Times; i++)
            {
                once();
            }

            fewest = Math.Min(fewest, Stopwatch.GetElapsedTime(start).TotalNanoseconds / (Times * Values));
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return (fewest, bytes);
    }

    private static double BytesOf(Func<object> make, int count)
    {
        make();
        object[] made = new object[count];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < count; i++)
        {
            made[i] = make();
        }

        double bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        GC.KeepAlive(made);
        return bytes / count;
    }
}

/// <summary>Standard normal numbers and the bins of a reference of them.</summary>
internal static class Normals
{
    /// <summary>33 edges: the smallest of 10,000 values, their 32-quantiles, the largest.</summary>
    public static double[] Edges()
    {
        double[] values = Draw(new Random(7), 10_000);
        Array.Sort(values);
        return [values[0], .. Enumerable.Range(1, 31).Select(i => values[values.Length * i / 32]), values[^1]];
    }

    public static double[] Draw(Random random, int count)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Draw(random);
        }

        return values;
    }

    public static double Draw(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

/// <summary>Windows as a device makes them of normal features.</summary>
internal static class Windows
{
    private static readonly string[] Stages = ["read", "features", "queue", "decide", "act", "publish", "gc"];

    /// <param name="shift">By how many deviations the features have moved.</param>
    public static WindowMessage Typical(Random random, int features, int samples, double shift)
    {
        double[] edges = Normals.Edges();
        return new WindowMessage
        {
            Boot = new BootId(0xfedcba9876543210),
            Sequence = 1440,
            UnixMs = 1_764_355_260_000,
            ClockSynchronized = true,
            Model = "pump",
            Version = "1.12.3",
            Digest = ModelId.Of("pump"u8),
            StartUnixMs = 1_764_355_200_000,
            EndUnixMs = 1_764_355_259_990,
            Samples = samples,
            Failed = 0,
            Due = samples,
            Predictions = new PredictionCounts
            {
                Labels = ["healthy", "imbalance", "bearing"],
                Counts = [samples - (samples / 32), samples / 33, samples / 1000],
                Confidence = [0, 0, 0, 0, 0, samples / 250, samples / 60, samples / 25, samples / 7, samples * 4 / 5],
                Psi = 0.0123,
                Threshold = 0.25,
            },
            Infer = Latency(random, 41_000, samples),
            Path = Latency(random, 92_000, samples),
            Stages = Stages.ToDictionary(stage => stage, stage => Latency(random, 1_000 + (100 * stage.Length), stage == "gc" ? 5 : samples)),
            Features = [.. Enumerable.Range(0, features).Select(i => Feature(random, edges, $"feature_{i}", samples, shift))],
        };
    }

    public static FeatureCounts Feature(Random random, double[] edges, string name, int samples, double shift)
    {
        BinCounter bins = new(edges);
        ExactMoments moments = new(MomentScale.Of(edges));

        // As on a device, where every window but the first follows one.
        ExactMoments before = new(moments.Scale);
        before.Record(Normals.Draw(random));
        moments.Follow(before);
        for (int i = 0; i < samples; i++)
        {
            double value = Normals.Draw(random) + shift;
            bins.Record(value);
            moments.Record(value);
        }

        return new FeatureCounts
        {
            Name = name,
            Counts = bins.Counts.ToArray(),
            Psi = 0.0113 + (4 * shift),
            Threshold = 0.2513,
            Moments = FeatureReport.Of(moments),
        };
    }

    // A lognormal body and one sample in two hundred that had to wait.
    private static LatencyCounts Latency(Random random, double typicalNanoseconds, int samples)
    {
        LatencyHistogram histogram = new();
        for (int i = 0; i < samples; i++)
        {
            double slow = random.Next(200) == 0 ? 4 * random.NextDouble() : 0;
            histogram.Record((long)(typicalNanoseconds * Math.Exp((0.15 * Normals.Draw(random)) + slow)));
        }

        return LedgerCounts.Of(histogram);
    }
}
