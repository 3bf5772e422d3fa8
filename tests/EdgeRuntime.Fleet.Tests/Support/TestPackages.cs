using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Packages;

namespace EdgeRuntime.Fleet.Tests.Support;

/// <summary>Packages of a model that tells idle, compute and disk load by two signals. The ONNX file is none: nobody here runs it.</summary>
internal static class TestPackages
{
    public const string Model = "vitals";

    public static readonly string[] Labels = ["idle", "compute", "disk"];

    public static readonly double[] Edges = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    public static SigningKey ReleaseKey { get; } = SigningKey.Create();

    public static SigningKey DeployKey { get; } = SigningKey.Create();

    /// <summary>An archive.</summary>
    /// <param name="padding">Bytes added to the model, so that there are several chunks.</param>
    public static byte[] Archive(string version, long counter, int padding = 100_000, string model = Model, SigningKey? key = null)
    {
        Random random = new(version.GetHashCode(StringComparison.Ordinal));
        byte[] onnx = new byte[padding];
        random.NextBytes(onnx);
        Dictionary<string, byte[]> files = new()
        {
            ["model.onnx"] = onnx,
            [ReferenceProfile.FileName] = PackageWriter.Encode(Reference),
            [GoldenVectors.FileName] = PackageWriter.Encode(
                new GoldenVectors { Tolerance = 0.01, Vectors = [new GoldenVector([0, 0], [1, 0, 0])] }),
        };
        return PackageWriter.Pack(Manifest(version, counter, model), files, key ?? ReleaseKey);
    }

    /// <summary>Name of the line of configurations.</summary>
    public const string Settings = "settings";

    /// <summary>An archive with a part of a device's configuration.</summary>
    public static byte[] Configuration() => PackageWriter.Pack(
        new ConfigurationManifest
        {
            Schema = 1, Name = Settings, Version = "1.0.0", ReleaseCounter = 1, Description = "For the north.",
            Kind = PackageManifest.ConfigurationKind, Files = [],
        },
        new Dictionary<string, byte[]> { [ConfigurationOverlay.FileName] = """{ "labels": { "site": "north" } }"""u8.ToArray() },
        ReleaseKey);

    public static PackageLabel LabelOf(byte[] archive)
    {
        PackageArchive package = PackageArchive.Read(archive, [ReleaseKey.Public]);
        return new PackageLabel(package.Id, package.Manifest.Version);
    }

    /// <summary>As the shelf would list it, without a database.</summary>
    public static StoredPackage Stored(byte[] archive)
    {
        ModelPackage package = PackageArchive.Read(archive, [ReleaseKey.Public]).AsModel();
        PackageReference reference = package.ToReference();
        return new StoredPackage
        {
            Digest = package.Id,
            Manifest = package.Manifest,
            Reference = package.Profile,
            Size = reference.Size,
            ArchiveSha256 = reference.ArchiveSha256,
            ChunkBytes = reference.ChunkBytes,
            ChunkSha256 = reference.ChunkSha256,
            SignedBy = package.Signers,
            PushedMs = 0,
        };
    }

    public static ReferenceProfile Reference { get; } = new()
    {
        Rows = 3000,
        EffectiveRows = 300,
        EffectiveShare = 0.1,
        Features = [Feature("busy"), Feature("disk")],
        PredictionShares = [0.4, 0.3, 0.3],
        Quality = new QualityReference
        {
            Calibration = new CalibrationKnots { Scores = [0, 1], Probabilities = [0, 1] },
            Measured = new MeasuredReference
            {
                Answers = 100, EffectiveShare = 0.25, Right = 90, TruePositives = 30, FalsePositives = 5, TrueNegatives = 60, FalseNegatives = 5,
            },
        },
    };

    private static ReferenceFeature Feature(string name) => new()
    {
        Name = name,
        Edges = Edges,
        Counts = [.. Enumerable.Repeat(300L, Edges.Length + 1)],
    };

    private static ModelManifest Manifest(string version, long counter, string model) => new()
    {
        Schema = 1,
        Name = model,
        Version = version,
        ReleaseCounter = counter,
        Description = "Tells idle, compute and disk load by two signals.",
        Channels = [new("busy", "1", 0, 1.2), new("disk", "1", 0, 1.2)],
        Pipeline = new PipelineSpec
        {
            RateHz = 10,
            WindowFrames = 10,
            HopFrames = 5,
            Features =
            [
                new FeatureSpec { Name = "busy", Channel = "busy", Statistic = "mean" },
                new FeatureSpec { Name = "disk", Channel = "disk", Statistic = "mean" },
            ],
        },
        Model = new ModelSpec { File = "model.onnx", Input = "x", Output = "y" },
        Output = new OutputSpec { Kind = "classification", Labels = Labels },
        Decision = new DecisionSpec { Threshold = 0.5 },
        Soak = new SoakSpec { Samples = 10, MaxP99Ms = 50 },
        Goals = new Dictionary<string, double> { ["accuracy_int8"] = 0.97 },
        Files = [],
    };
}
