namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What a model package says about itself: <c>manifest.json</c> at its root. Everything a device needs to turn frames
/// into decisions stands here, so that live, replay and evaluation cannot differ.
/// </summary>
/// <remarks>
/// Schema 1. Additive evolution: a device refuses a schema above its own, and unknown members within it, by their names; so a
/// demand that it does not understand is never passed over. tools/EdgeRuntime.Ctl/PACKAGE.md lists every member.
/// </remarks>
public sealed record PackageManifest
{
    /// <summary>Newest schema this program reads.</summary>
    public const int NewestSchema = 1;

    /// <summary>The kind of a package that holds a model.</summary>
    public const string ModelKind = "model";

    /// <summary>Schema of the file; 1.</summary>
    public required int Schema { get; init; }

    /// <summary>Name of the model, a level of its topics: 1 to 63 of <c>a-z 0-9 -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Semantic version 2.0, such as <c>1.2.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Grows with every release of this name; a device never installs one below its floor. At least 1.</summary>
    public required long ReleaseCounter { get; init; }

    /// <summary>
    /// What the signers of this release withdraw: once a device has committed it, no package of this name with a lower release
    /// counter is installed or returned to. 1 to <see cref="ReleaseCounter"/>; null leaves the floor where it is.
    /// </summary>
    public long? Floor { get; init; }

    /// <summary>One sentence: what the model tells.</summary>
    public required string Description { get; init; }

    /// <summary>What the package holds: <c>model</c>. (default: model)</summary>
    public string? Kind { get; init; }

    /// <summary>What a device must be and have for it; null for what every package demands.</summary>
    public RequirementSpec? Requires { get; init; }

    /// <summary>What the device's sensor must supply, in the order the pipeline uses.</summary>
    public required IReadOnlyList<ManifestChannel> Channels { get; init; }

    /// <summary>From frames to features.</summary>
    public required PipelineSpec Pipeline { get; init; }

    /// <summary>The ONNX model and how its tensors are bound.</summary>
    public required ModelSpec Model { get; init; }

    /// <summary>What the model's output means.</summary>
    public required OutputSpec Output { get; init; }

    /// <summary>From output to decision.</summary>
    public required DecisionSpec Decision { get; init; }

    /// <summary>What a device that switched to this package demands of it before trusting it.</summary>
    public required SoakSpec Soak { get; init; }

    /// <summary>What a device demands of it before that, beside the package that answers; null to switch at once.</summary>
    public ShadowSpec? Shadow { get; init; }

    /// <summary>Figures the model was released on, by name, such as <c>accuracy_int8</c>.</summary>
    public IReadOnlyDictionary<string, double> Goals { get; init; } = new Dictionary<string, double>();

    /// <summary>Bounds that <see cref="Goals"/> must keep for the package to be made; null for none.</summary>
    public IReadOnlyList<GateSpec>? Gates { get; init; }

    /// <summary>The gates that were not kept when somebody made the package all the same, one sentence each; null when all were.</summary>
    public IReadOnlyList<string>? GatesForced { get; init; }

    /// <summary>Every other file of the package; a file not named here makes the package invalid.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }
}

/// <summary>What a device demands of a new package, from its own evidence, before it trusts it.</summary>
public sealed record SoakSpec
{
    /// <summary>Samples to serve in trial; 1 to 1,000,000.</summary>
    public required int Samples { get; init; }

    /// <summary>Share of failed or NaN inferences that is still acceptable; 0 to 1. (default: 0)</summary>
    public double MaxErrorShare { get; init; }

    /// <summary>99th percentile of the inference time that is still acceptable, milliseconds; greater than 0.</summary>
    public required double MaxP99Ms { get; init; }

    /// <summary>
    /// Stability index of the trial's predictions against the champion's own before the switch, above which the
    /// package is undone; null leaves the prediction distribution to the fleet's gate.
    /// </summary>
    public double? MaxPredictionPsi { get; init; }
}

/// <summary>One file of a package.</summary>
/// <param name="Path">Relative, with <c>/</c> between names; no <c>.</c> or <c>..</c>.</param>
/// <param name="Sha256">Lowercase hex.</param>
/// <param name="Size">Bytes.</param>
public sealed record ManifestFile(string Path, string Sha256, long Size)
{
    /// <summary>Bytes of every chunk of <see cref="ChunkSha256"/> but the last; 1024 to 16 MiB. Null where the file is not cut.</summary>
    public int? ChunkBytes { get; init; }

    /// <summary>SHA-256 of each chunk, lowercase hex, in order; null where the file is not cut.</summary>
    public IReadOnlyList<string>? ChunkSha256 { get; init; }
}
