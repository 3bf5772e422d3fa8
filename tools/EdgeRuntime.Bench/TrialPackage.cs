using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Bench;

/// <summary>Packages around <see cref="TrialModels"/>, for the simulated machine: eight features of its acceleration, three labels.</summary>
internal sealed record TrialPackage
{
    /// <summary>Name of the model.</summary>
    public const string Name = "trial";

    private static readonly string[] Statistics = ["mean", "std", "min", "max", "rms", "range", "kurtosis", "crest"];

    /// <summary>Frames per second of the sensor, which are also its samples.</summary>
    public double RateHz { get; init; } = 1000;

    /// <summary>See <see cref="SoakSpec"/>.</summary>
    public SoakSpec Soak { get; init; } = new() { Samples = 50, MaxP99Ms = 1000 };

    /// <summary>See <see cref="ShadowSpec"/>; null to switch at once.</summary>
    public ShadowSpec? Shadow { get; init; }

    /// <summary>See <see cref="MonitoringSpec"/>; null for the defaults.</summary>
    public MonitoringSpec? Monitoring { get; init; }

    /// <summary>The archive.</summary>
    /// <param name="counter">Release counter, and the first part of its version.</param>
    public byte[] Pack(long counter, byte[] model, SigningKey key)
    {
        Random random = new(3);
        double[][] inputs =
            [.. Enumerable.Range(0, 8).Select(_ => Enumerable.Range(0, TrialModels.Inputs).Select(_ => random.NextDouble() * 4).ToArray())];
        Dictionary<string, byte[]> files = new()
        {
            ["model.onnx"] = model,
            [GoldenVectors.FileName] = PackageWriter.Encode(new GoldenVectors
            {
                Tolerance = 1e-3,
                Vectors = [.. inputs.Select(input => new GoldenVector(input, TrialModels.Answer(input)))],
            }),
        };
        ModelManifest manifest = new()
        {
            Schema = ModelManifest.NewestSchema,
            Name = Name,
            Version = $"{counter}.0.0",
            ReleaseCounter = counter,
            Description = "Eight features of a simulated machine, three labels; its answers are known without running it.",
            Channels = [new ManifestChannel("accel_x", "m/s2")],
            Pipeline = new PipelineSpec
            {
                RateHz = RateHz,
                WindowFrames = 16,
                HopFrames = 1,
                Features =
                [
                    .. Statistics.Select(statistic => new FeatureSpec { Name = statistic, Channel = "accel_x", Statistic = statistic }),
                ],
            },
            Model = new ModelSpec { File = "model.onnx", Input = "features", Output = "logits" },
            Output = new OutputSpec { Kind = "classification", Labels = ["a", "b", "c"] },
            Decision = new DecisionSpec { Threshold = 0.4 },
            Soak = Soak,
            Shadow = Shadow,
            Monitoring = Monitoring,
            Files = PackageWriter.ListOf(files),
        };
        return PackageWriter.Pack(manifest, files, key);
    }
}
