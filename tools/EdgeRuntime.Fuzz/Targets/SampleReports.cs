using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Counters;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Windows of one small package as its devices send them, of values that are drawn.</summary>
internal static class SampleReports
{
    /// <summary>Name of the model.</summary>
    public const string Model = "vitals";

    private static readonly double[] Edges = [0.2, 0.5];
    private static readonly MomentScale Scale = MomentScale.Of(Edges);

    /// <summary>What windows are counted by.</summary>
    public static ReferenceProfile Reference { get; } = new()
    {
        Rows = 1000,
        EffectiveRows = 100,
        EffectiveShare = 0.1,
        Features = [ReferenceOf("1"), ReferenceOf("2")],
        PredictionShares = [0.5, 0.5],
        Channels = [new ChannelReference { Name = "mode", Rows = 1000, Categories = new CategoryReference { Distinct = 1, Codes = [0], Counts = [1000] } }],
    };

    /// <summary>The features whose quantiles the package asks for.</summary>
    public static IReadOnlyList<string> Quantiles { get; } = ["1"];

    /// <summary>One window.</summary>
    public static WindowMessage Typical() => new()
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
        Features = [Feature("1", 256, 0.1, 0.3, 0.4, 0.7, 0.3), Feature("2", 64, 0.9, 0.9, 0.1, 0.2, -50_000)],
        Categories = [Categories(5, 5, 8)],
    };

    /// <summary>One feature that had these values, and one that was infinite.</summary>
    /// <param name="classes">Of its sketch.</param>
    public static FeatureCounts Feature(string name, int classes, params ReadOnlySpan<double> values)
    {
        ExactMoments moments = new(Scale);
        DDSketch sketch = new(0.02, classes);
        BinCounter bins = new(Edges);
        foreach (double value in values)
        {
            bins.Record(value);
            sketch.Record(value);
            moments.Record(value);
        }

        return new FeatureCounts
        {
            Name = name, Counts = bins.Counts.ToArray(), Missing = 1, Infinite = 1, Psi = 0.02, Threshold = 0.2,
            Moments = FeatureReport.Of(moments), Quantiles = FeatureReport.Of(sketch),
        };
    }

    /// <summary>A channel in which these categories came.</summary>
    public static CategoryCounts Categories(params ReadOnlySpan<double> codes)
    {
        CategoryCounter counter = new([0]);
        foreach (double code in codes)
        {
            counter.Record(code);
        }

        return CategoryReport.Of("mode", counter);
    }

    private static ReferenceFeature ReferenceOf(string name) => new() { Name = name, Edges = Edges, Counts = [300, 400, 300] };
}
