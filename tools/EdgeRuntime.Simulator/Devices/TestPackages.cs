using System.Text;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Simulator;

/// <summary>Packages around a <see cref="LinearModel"/> with two features and two labels, right in all a test does not change.</summary>
public static class TestPackages
{
    public static SigningKey ReleaseKey { get; } = SigningKey.Create();

    public static SigningKey DeployKey { get; } = SigningKey.Create();

    public static SigningKey StrangeKey { get; } = SigningKey.Create();

    public static ModelSite Site { get; } = new()
    {
        Name = "plant",
        Channels = [new Channel("noise", "1"), new Channel("x", "m/s2"), new Channel("y", "Cel")],
        RateHz = 10,
    };

    /// <summary>Name of the line of programs.</summary>
    public const string RuntimeName = "program";

    /// <summary>Name of the line of configurations.</summary>
    public const string ConfigurationName = "settings";

    /// <summary>A device's own file, over which everything goes but a model 'nowhere'.</summary>
    public static ConfigurationSite OwnFile { get; } = new()
    {
        Name = ConfigurationName,
        Objections = overlay => overlay.Span.IndexOf("nowhere"u8) < 0 ? [] : ["edge.json: models[0].sensor: there is no sensor 'nowhere'"],
    };

    public static PackageVerification Verification { get; } = VerificationWith(LinearModel.Load);

    public static ModelManifest Manifest { get; } = new()
    {
        Schema = 1,
        Name = "plant",
        Version = "1.0.0",
        ReleaseCounter = 1,
        Description = "Tells idle from busy.",
        Channels = [new ManifestChannel("x", "m/s2"), new ManifestChannel("y", "Cel")],
        Pipeline = new PipelineSpec
        {
            RateHz = 10,
            WindowFrames = 4,
            HopFrames = 2,
            Features =
            [
                new FeatureSpec { Name = "x_mean", Channel = "x", Statistic = "mean" },
                new FeatureSpec { Name = "y_mean", Channel = "y", Statistic = "mean" },
            ],
        },
        Model = new ModelSpec { File = "model.onnx", Input = "features", Output = "logits" },
        Output = new OutputSpec { Kind = "classification", Labels = ["idle", "busy"] },
        Decision = new DecisionSpec { Threshold = 0.5 },
        Soak = new SoakSpec { Samples = 10, MaxP99Ms = 5 },
        Files = [],
    };

    /// <summary>The same checks with another loader.</summary>
    public static PackageVerification VerificationWith(ModelLoader loader) => new(
        [ReleaseKey.Public], loader, "1.17.0", new RunnerOptions(), new PackageLimits(Bytes: 100_000),
        facts: new DeviceFacts("x64", ["avx2"], 256, "1.17.0"));

    /// <summary>A signed package whose model is the identity times <paramref name="gain"/>.</summary>
    public static byte[] Make(long counter, float gain = 1, Func<ModelManifest, ModelManifest>? change = null) =>
        Make(counter, LinearModel.File(2, 2, gain, 0, 0, gain), gain, change, ReleaseKey);

    /// <summary>A package with the device's own program.</summary>
    public static byte[] MakeRuntime(long counter) => PackageWriter.Pack(
        new RuntimeManifest
        {
            Schema = PackageManifest.NewestSchema,
            Name = RuntimeName,
            Version = $"{counter}.0.0",
            ReleaseCounter = counter,
            Description = "A program for tests.",
            Kind = PackageManifest.RuntimeKind,
            Program = "edge-device",
            Files = [],
        },
        new Dictionary<string, byte[]> { ["edge-device"] = [(byte)counter] },
        ReleaseKey);

    /// <summary>A signed package with a configuration.</summary>
    public static byte[] MakeConfiguration(long counter, string overlay = """{"telemetry": {"window_s": 30}}""")
    {
        ConfigurationManifest manifest = new()
        {
            Schema = 1, Name = ConfigurationName, Version = $"{counter}.0.0", ReleaseCounter = counter, Description = "Reports more often.",
            Kind = PackageManifest.ConfigurationKind, Files = [],
        };
        return PackageWriter.Pack(manifest, new Dictionary<string, byte[]> { [ConfigurationOverlay.FileName] = Encoding.UTF8.GetBytes(overlay) }, ReleaseKey);
    }

    /// <summary>A package of parts that need not fit each other.</summary>
    public static byte[] Make(
        long counter, byte[] model, float goldenGain, Func<ModelManifest, ModelManifest>? change, SigningKey? key, ReferenceProfile? reference = null)
    {
        ModelManifest manifest = Manifest with { ReleaseCounter = counter, Version = $"{counter}.0.0" };
        GoldenVectors golden = new()
        {
            Tolerance = 1e-4,
            Vectors = [new GoldenVector([1, 2], [goldenGain, 2 * goldenGain]), new GoldenVector([-3, 0.5], [-3 * goldenGain, 0.5 * goldenGain])],
        };
        Dictionary<string, byte[]> files = new()
        {
            ["model.onnx"] = model,
            [GoldenVectors.FileName] = PackageWriter.Encode(golden),
        };
        if (reference is not null)
        {
            files[ReferenceProfile.FileName] = PackageWriter.Encode(reference);
        }

        return PackageWriter.Pack(change is null ? manifest : change(manifest), files, key);
    }
}
