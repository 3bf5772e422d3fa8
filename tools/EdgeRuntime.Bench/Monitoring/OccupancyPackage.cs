using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>A package around <see cref="OccupancyNetwork"/>: five channels of a room, a sample a frame, and whether somebody is there.</summary>
internal sealed class OccupancyPackage
{
    /// <summary>Names of the channels, which are those of the features.</summary>
    public static readonly string[] Names = ["temperature", "humidity", "light", "co2", "humidity_ratio"];

    /// <summary>Their UCUM codes.</summary>
    public static readonly string[] Units = ["Cel", "%", "lx", "[ppm]", "1"];
    private static readonly int[] Columns = [2, 3, 4, 5, 6];

    private readonly double[][] _training;

    /// <param name="material">The test material.</param>
    public OccupancyPackage(string material)
    {
        _training = FaultSeries.Columns(Path.Combine(material, "occupancy", "datatraining.txt"), 1, Columns).Values;
        Rows = FaultSeries.Columns(Path.Combine(material, "occupancy", "datatest.txt"), 1, Columns).Values;
    }

    /// <summary>The first test period: values by channel, minute by minute.</summary>
    public double[][] Rows { get; }

    /// <summary>Frames per second that it asks for.</summary>
    public double RateHz { get; init; } = 10;

    /// <summary>The median of each feature in the training period.</summary>
    public IReadOnlyDictionary<string, double> Medians =>
        Names.Zip(_training, (name, values) => (name, Median: values.Order().ElementAt(values.Length / 2))).ToDictionary(pair => pair.name, pair => pair.Median);

    /// <summary>The training period on bins of ten quantiles.</summary>
    public ReferenceProfile Reference => new()
    {
        Rows = _training[0].Length,
        EffectiveRows = _training[0].Length,
        EffectiveShare = 1,
        Features = [.. Names.Zip(_training, Feature)],
        PredictionShares = [0.79, 0.21],
    };

    /// <summary>Without files.</summary>
    public ModelManifest Manifest => new()
    {
        Schema = PackageManifest.NewestSchema,
        Name = "occupancy",
        Version = "1.0.0",
        ReleaseCounter = 1,
        Description = "Whether somebody is in a room; trained here on UCI's Occupancy Detection.",
        Channels = [.. Names.Zip(Units, (name, unit) => new ManifestChannel(name, unit))],
        Pipeline = new PipelineSpec
        {
            RateHz = RateHz,
            WindowFrames = 1,
            HopFrames = 1,
            Features = [.. Names.Select(name => new FeatureSpec { Name = name, Channel = name, Statistic = "last" })],
        },
        Model = new ModelSpec { File = "model.onnx", Input = "x", Output = "occupied" },
        Output = new OutputSpec { Kind = "classification", Labels = ["empty", "occupied"], Activation = "none" },
        Decision = new DecisionSpec { Threshold = 0.5 },
        Soak = new SoakSpec { Samples = 1, MaxP99Ms = 1000 },
        Files = [],
    };

    /// <summary>Inputs of the model, spread over the first test period.</summary>
    public float[][] Inputs(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Rows.Select(column => (float)column[(int)((long)i * column.Length / count)]).ToArray())];

    private static ReferenceFeature Feature(string name, double[] values)
    {
        double[] sorted = [.. values.Order()];
        double[] edges = [.. Enumerable.Range(0, 11).Select(i => sorted[Math.Min(sorted.Length - 1, i * sorted.Length / 10)]).Distinct()];
        long[] counts = new long[edges.Length + 1];
        foreach (double value in values)
        {
            counts[edges.Count(edge => edge <= value)]++;
        }

        return new ReferenceFeature { Name = name, Edges = edges, Counts = counts };
    }
}
