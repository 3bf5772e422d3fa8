using System.Buffers.Binary;
using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Fleet.Ingest;
using EdgeRuntime.Fuzz.Mutation;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What a fleet adds up: reports of windows in both encodings, and sketches. What is not valid must not be added.</summary>
internal static class WindowReports
{
    private const string Model = "vitals";

    private static readonly DeviceId Device = DeviceId.Parse("line-7-press-2");
    private static readonly MomentScale Scale = MomentScale.Of([0.2, 0.5]);
    private static readonly ReportLayout Layout = new([new FeatureLayout(3, Scale), new FeatureLayout(3, Scale)]);

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "report-protobuf",
            About = "a window as protobuf, taken in and added up by the fleet",
            Run = bytes => WindowCodec.IsProtobuf(bytes) && Report(bytes),
            Seeds = () => [WindowCodec.Write(Typical()), WindowCodec.Write(Typical() with { Clock = new Dictionary<string, long> { ["clock_forwards"] = 1 } })],
            Mutations = [ProtoMutation.Change, ProtoMutation.Change, ByteMutation.Havoc],
            Weight = 3,
        },
        new Target
        {
            Name = "report-json",
            About = "a window as JSON, taken in and added up by the fleet",
            Run = Report,
            Seeds = () => [JsonSerializer.SerializeToUtf8Bytes(Typical(), WireJson.Default.WindowMessage)],
            Mutations = [JsonMutation.Change, JsonMutation.Change, JsonMutation.Change, ByteMutation.Havoc],
            Weight = 2,
        },
        new Target
        {
            Name = "sketch",
            About = "the counts of a DDSketch, added to one",
            Run = bytes => Sketch(Counts(bytes)),
            Seeds = SketchSeeds,
            LargestInput = 2048,
            Weight = 2,
        },
        new Target
        {
            Name = "category-sketches",
            About = "registers of HyperLogLog and counts of count-min, added to some",
            Run = Categories,
            Seeds = () => [new byte[256], [.. Enumerable.Range(0, 256).Select(i => (byte)(i % 58))], new byte[64 * sizeof(long)]],
            LargestInput = 2048,
            Weight = 1,
        },
    ];

    private static WindowMessage Typical() => new()
    {
        Boot = new BootId(7),
        Sequence = 7,
        UnixMs = 1_700_000_060_000,
        ClockSynchronized = true,
        Model = Model,
        Version = "1.0.0",
        Digest = ModelId.Of("fuzz"u8),
        StartUnixMs = 1_700_000_000_000,
        EndUnixMs = 1_700_000_059_000,
        Samples = 6,
        Failed = 0,
        Due = 7,
        Dropped = new Dictionary<string, long> { ["late"] = 1 },
        Overload = "latest_only",
        Predictions = new PredictionCounts { Labels = ["1", "2"], Counts = [4, 2], Confidence = [0, 6], Psi = 0.01, Threshold = 0.2 },
        Infer = new LatencyCounts { Buckets = [11, 22], Counts = [1, 5], MaxMicroseconds = 0.022 },
        Path = new LatencyCounts { Buckets = [11], Counts = [6], MaxMicroseconds = 0.011 },
        Stages = new Dictionary<string, LatencyCounts> { ["own"] = new() { Buckets = [3], Counts = [6], MaxMicroseconds = 0.003 } },
        Features = [Feature("1", 0.1, 0.3, 0.4, 0.7, 0.3), Feature("2", 0.9, 0.9, 0.1, 0.2, -50_000)],
    };

    private static FeatureCounts Feature(string name, params double[] values)
    {
        ExactMoments moments = new(Scale);
        DDSketch sketch = new(0.02, 64);
        long[] counts = new long[3];
        foreach (double value in values)
        {
            sketch.Record(value);
            moments.Record(value);
            counts[value < 0.2 ? 0 : value < 0.5 ? 1 : 2]++;
        }

        return new FeatureCounts
        {
            Name = name, Counts = counts, Missing = 1, Infinite = 1, Psi = 0.02, Threshold = 0.2,
            Moments = FeatureReport.Of(moments), Quantiles = FeatureReport.Of(sketch),
        };
    }

    // What the reader accepted can be written and read again; what became a report has sums that values can have, before and after adding.
    private static bool Report(byte[] bytes)
    {
        if (MessageReader.Read(new Arrival(Device, "window", Model, bytes, 0), out _) is not WindowMessage window)
        {
            return false;
        }

        if (WindowCodec.IsProtobuf(bytes))
        {
            byte[] written = WindowCodec.Write(window);
            WindowMessage again = WindowCodec.Read(written, Model);
            Promise.Require(WindowCodec.Write(again).AsSpan().SequenceEqual(written), "writing and reading change it");
        }

        WindowReport? report = WindowReport.Of(
            Layout, window.Samples, window.Failed,
            [.. window.Features.Select(feature => new FeatureReading(
                feature.Counts, feature.Missing, feature.Infinite, FeatureReport.SumsOf(feature)))],
            out string complaint);
        Promise.Require(report is null != (complaint.Length == 0), "a refusal needs a reason, and only that");
        if (report is null)
        {
            return false;
        }

        ReportSum sum = new(Layout);
        sum.Take(new ReportId("a", window.Boot.Value, window.Sequence), report);
        sum.Take(new ReportId("a", window.Boot.Value, window.Sequence), report);
        sum.Take(new ReportId("b", window.Boot.Value, window.Sequence), report);
        for (int feature = 0; feature < Layout.Features.Count; feature++)
        {
            long values = 0;
            foreach (long count in sum.Total.CountsOf(feature))
            {
                Promise.Require(count >= 0, "a negative count was added");
                values += count;
            }

            MomentSums sums = sum.Total.SumsOf(feature);
            Promise.Require(values + sum.Total.MissingOf(feature) <= sum.Total.Samples, "more values than samples were added");
            Promise.Require(sums.Complaint() is null && sums.Count <= values, "sums that no values have were added");
            Promise.Require(sum.Total.MomentsOf(feature).Variance is not < 0, "a variance is negative");
        }

        Promise.Require(sum.Total.Windows == (window.Sequence < 1 ? 0 : 2), "a report was not added once for each device");
        return true;
    }

    private static bool Sketch(SketchCounts counts)
    {
        DDSketch sketch = new(0.02, 64);
        sketch.Record(3);
        long before = sketch.Count;
        try
        {
            counts.AddTo(sketch);
        }
        catch (FormatException)
        {
            Promise.Require(sketch.Count == before, "a sketch that was refused was added");
            return false;
        }

        Promise.Require(SketchCounts.Of(sketch).Complaint(64) is null, "the sum is no sketch");
        Promise.Require(double.IsFinite(sketch.Quantile(0)) && sketch.Quantile(0) <= sketch.Quantile(1), "quantiles do not ascend");
        DDSketch twice = new(0.02, 64);
        twice.Add(sketch);
        twice.Add(sketch);
        Promise.Require(twice.Count == 2 * sketch.Count && twice.Collapsed == 2 * sketch.Collapsed, "adding loses values");
        return true;
    }

    // Signed bytes for steps of keys, so that most inputs are nearly sketches; every eighth byte begins a larger number.
    private static SketchCounts Counts(byte[] bytes)
    {
        int half = bytes.Length / 2;
        (int[] positive, long[] positiveCounts) = Store(bytes.AsSpan(0, half));
        (int[] negative, long[] negativeCounts) = Store(bytes.AsSpan(half));
        return new SketchCounts
        {
            PositiveKeys = positive,
            PositiveCounts = positiveCounts,
            NegativeKeys = negative,
            NegativeCounts = negativeCounts,
            Zeros = bytes.Length > 0 ? (sbyte)bytes[0] : 0,
            PositiveCollapsed = bytes.Length > 1 ? (sbyte)bytes[1] / 16 : 0,
            NegativeCollapsed = bytes.Length > 2 ? (sbyte)bytes[2] / 16 : 0,
        };
    }

    private static (int[] Keys, long[] Counts) Store(ReadOnlySpan<byte> bytes)
    {
        List<int> keys = [];
        List<long> counts = [];
        int key = 0;
        for (int i = 0; i + 1 < bytes.Length; i += 2)
        {
            key = unchecked(key + (bytes[i] == 0xff ? int.MaxValue : (sbyte)bytes[i]));
            keys.Add(key);
            counts.Add(bytes[i + 1] == 0xff ? long.MaxValue : (sbyte)bytes[i + 1]);
        }

        return ([.. keys], [.. counts]);
    }

    private static IEnumerable<byte[]> SketchSeeds()
    {
        yield return [1, 2, 3, 4, 5, 6, 7, 8];
        yield return [.. Enumerable.Range(0, 120).Select(i => (byte)1)];
        yield return [63, 9, 63, 1, 1, 1, 0, 0];
    }

    private static bool Categories(byte[] bytes)
    {
        HyperLogLog distinct = new();
        CountMinSketch others = new(16);
        bool added = true;
        try
        {
            distinct.Add(bytes);
            Promise.Require(double.IsFinite(distinct.Estimate()) && distinct.Estimate() >= 0, "an estimate is no number");
        }
        catch (FormatException)
        {
            Promise.Require(distinct.Estimate() == 0, "registers that were refused were added");
            added = false;
        }

        long[] counts = new long[bytes.Length / sizeof(long)];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(i * sizeof(long)));
        }

        try
        {
            others.Add(counts);
            Promise.Require(others.AtMost(1) is var most && most >= 0 && most <= others.Count, "more of a value than values");
            return true;
        }
        catch (FormatException)
        {
            Promise.Require(others.Count == 0, "counts that were refused were added");
            return added;
        }
    }
}
