using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Device.Verbs;

/// <summary>
/// A small package made in memory, signed with a key drawn for the occasion, so that the self-test walks the same way
/// as a package from the fleet: archive, signature, manifest, model, golden vectors.
/// </summary>
internal static class SelftestPackage
{
    private const string ModelFile = "model.onnx";
    private const int WindowFrames = 32;

    private static readonly string[] Statistics = ["mean", "std", "min", "max", "rms", "range", "kurtosis", "band_energy"];

    /// <summary>The archive, signed by <paramref name="key"/>.</summary>
    /// <param name="channel">Channel of the sensor that feeds it.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="rateHz">Its rate.</param>
    public static byte[] Pack(SigningKey key, string channel, string unit, double rateHz)
    {
        Dictionary<string, byte[]> files = new()
        {
            [ModelFile] = Model(),
            [GoldenVectors.FileName] = Resource("selftest.json"),
            [ReferenceProfile.FileName] = PackageWriter.Encode(Reference()),
        };
        ModelManifest manifest = new()
        {
            Schema = ModelManifest.NewestSchema,
            Name = "selftest",
            Version = "1.0.0",
            ReleaseCounter = 1,
            Description = "Eight features, one int8 layer, three labels: enough to walk the whole path.",
            Channels = [new ManifestChannel(channel, unit)],
            Pipeline = new PipelineSpec
            {
                RateHz = rateHz,
                WindowFrames = WindowFrames,
                HopFrames = 1,
                Features = [.. Statistics.Select(statistic => Feature(statistic, channel, rateHz))],
            },
            Model = new ModelSpec { File = ModelFile, Input = "features", Output = "logits" },
            Output = new OutputSpec { Kind = "classification", Labels = ["a", "b", "c"] },
            Decision = new DecisionSpec { Threshold = 0.4, Hysteresis = 0.05 },
            Soak = new SoakSpec { Samples = 1, MaxP99Ms = 1000 },
            Files = PackageWriter.ListOf(files),
        };
        return PackageWriter.Pack(manifest, files, key);
    }

    private static FeatureSpec Feature(string statistic, string channel, double rateHz) => new()
    {
        Name = statistic,
        Channel = channel,
        Statistic = statistic,
        LowHz = statistic == "band_energy" ? rateHz / 8 : null,
        HighHz = statistic == "band_energy" ? rateHz / 4 : null,
    };

    private static ReferenceProfile Reference() => new()
    {
        Rows = 1000,
        EffectiveRows = 1000,
        EffectiveShare = 1,
        PredictionShares = [0.4, 0.3, 0.3],
        Features = [.. Statistics.Select(statistic => new ReferenceFeature
        {
            Name = statistic,
            Edges = [-1, -0.5, 0, 0.5, 1],
            Counts = [100, 200, 200, 200, 200, 100],
        })],
    };

    /// <summary>Its model's bytes.</summary>
    public static byte[] Model() => Resource("selftest.onnx");

    private static byte[] Resource(string name)
    {
        using Stream stream = typeof(SelftestPackage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the program was built without its resource {name}");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
