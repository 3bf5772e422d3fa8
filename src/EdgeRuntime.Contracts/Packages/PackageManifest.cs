namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What a model package says about itself: <c>manifest.json</c> at its root. Everything a device needs to turn frames
/// into decisions stands here, so that live, replay and evaluation cannot differ.
/// </summary>
/// <remarks>Schema 1. Additive evolution: a device refuses a schema above its own, and unknown members within it.</remarks>
public sealed record PackageManifest
{
    /// <summary>Newest schema this program reads.</summary>
    public const int NewestSchema = 1;

    /// <summary>Schema of the file; 1.</summary>
    public required int Schema { get; init; }

    /// <summary>Name of the model, a level of its topics: 1 to 63 of <c>a-z 0-9 -</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Semantic version 2.0, such as <c>1.2.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Grows with every release of this name; a device never installs one below the highest it committed. At least 1.</summary>
    public required long ReleaseCounter { get; init; }

    /// <summary>One sentence: what the model tells.</summary>
    public required string Description { get; init; }

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

    /// <summary>Figures the model was released on, by name, such as <c>accuracy_int8</c>.</summary>
    public IReadOnlyDictionary<string, double> Goals { get; init; } = new Dictionary<string, double>();

    /// <summary>Every other file of the package; a file not named here makes the package invalid.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }
}

/// <summary>One channel the pipeline reads.</summary>
/// <param name="Name">Name, matched with the sensor's unless the device's configuration maps it.</param>
/// <param name="Unit">UCUM code; must equal the sensor's.</param>
/// <param name="Low">Values below are not physical and count as missing; null for no bound.</param>
/// <param name="High">Values above are not physical and count as missing; null for no bound.</param>
public sealed record ManifestChannel(string Name, string Unit, double? Low = null, double? High = null)
{
    /// <summary>What it is watched for; null for what holds for every channel.</summary>
    public ChannelHealthSpec? Health { get; init; }
}

/// <summary>From frames to features.</summary>
public sealed record PipelineSpec
{
    /// <summary>Frames per second the window is meant for; the sensor's rate must lie within 10 % of it.</summary>
    public required double RateHz { get; init; }

    /// <summary>Frames per window; 1 to 65536.</summary>
    public required int WindowFrames { get; init; }

    /// <summary>Frames between two windows; 1 to <see cref="WindowFrames"/>.</summary>
    public required int HopFrames { get; init; }

    /// <summary>Features in the order of the model's input.</summary>
    public required IReadOnlyList<FeatureSpec> Features { get; init; }

    /// <summary>Names of what telemetry watches of a sample, and a reference profile describes: the features but for <c>raw</c> ones.</summary>
    public IReadOnlyList<string> ValueNames() =>
        [.. Features.Where(feature => feature.Statistic != "raw").Select(feature => feature.Name)];

    /// <summary>Elements of the model's input: one for each feature, a whole window for each <c>raw</c> one.</summary>
    public int InputLength() => Features.Sum(feature => feature.Statistic == "raw" ? WindowFrames : 1);
}

/// <summary>One feature: a statistic of one channel over the window, transformed, then scaled to <c>(x - center) / scale</c>.</summary>
public sealed record FeatureSpec
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Channel it is computed from.</summary>
    public required string Channel { get; init; }

    /// <summary>
    /// One of <c>last mean std min max range rms delta slope crest kurtosis skewness median quantile band_energy
    /// zero_crossings raw</c>; <c>raw</c> yields <see cref="PipelineSpec.WindowFrames"/> values.
    /// </summary>
    public required string Statistic { get; init; }

    /// <summary>Quantile for <c>quantile</c>, 0 to 1.</summary>
    public double? Quantile { get; init; }

    /// <summary>Lower edge for <c>band_energy</c>, Hz, inclusive.</summary>
    public double? LowHz { get; init; }

    /// <summary>Upper edge for <c>band_energy</c>, Hz, exclusive; at most half the rate.</summary>
    public double? HighHz { get; init; }

    /// <summary>Applied before scaling: <c>none</c>, <c>log1p</c> (sign(x) ln(1+|x|)) or <c>sqrt</c> (sign(x) sqrt|x|). (default: none)</summary>
    public string Transform { get; init; } = "none";

    /// <summary>Subtracted before scaling. (default: 0)</summary>
    public double Center { get; init; }

    /// <summary>Divides; not 0. (default: 1)</summary>
    public double Scale { get; init; } = 1;

    /// <summary>After scaling, values are clipped to ±this; null for no bound.</summary>
    public double? Clip { get; init; }

    /// <summary>What stands for a window without any value: the scaled feature's value. (default: 0, the center)</summary>
    public double Missing { get; init; }
}

/// <summary>What the model's output means.</summary>
public sealed record OutputSpec
{
    /// <summary><c>classification</c>, <c>regression</c> or <c>reconstruction</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>For classification: <c>softmax</c> when the output holds logits, <c>none</c> when it holds probabilities. (default: softmax)</summary>
    public string Activation { get; init; } = "softmax";

    /// <summary>For classification one label per element, at least 2.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>For regression the UCUM unit of the value.</summary>
    public string? Unit { get; init; }
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
public sealed record ManifestFile(string Path, string Sha256, long Size);
