using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What a package with a model says beside what all do. Everything a device needs to turn frames into decisions stands here, so
/// that live, replay and evaluation cannot differ.
/// </summary>
public sealed record ModelManifest : PackageManifest
{
    /// <summary>One of which everything is still to be set.</summary>
    public ModelManifest()
    {
    }

    // All that is required, so that the compiler finds what a reader forgets.
    [SetsRequiredMembers]
    internal ModelManifest(
        ManifestHead head, IReadOnlyList<ManifestChannel> channels, PipelineSpec pipeline, ModelSpec model, OutputSpec output, DecisionSpec decision,
        SoakSpec soak)
        : base(head)
    {
        Channels = channels;
        Pipeline = pipeline;
        Model = model;
        Output = output;
        Decision = decision;
        Soak = soak;
    }

    /// <summary>What the device's sensor must supply, in the order the pipeline uses.</summary>
    [JsonPropertyOrder(10)]
    public required IReadOnlyList<ManifestChannel> Channels { get; init; }

    /// <summary>From frames to features.</summary>
    [JsonPropertyOrder(11)]
    public required PipelineSpec Pipeline { get; init; }

    /// <summary>The ONNX model and how its tensors are bound.</summary>
    [JsonPropertyOrder(12)]
    public required ModelSpec Model { get; init; }

    /// <summary>What the model's output means.</summary>
    [JsonPropertyOrder(13)]
    public required OutputSpec Output { get; init; }

    /// <summary>From output to decision.</summary>
    [JsonPropertyOrder(14)]
    public required DecisionSpec Decision { get; init; }

    /// <summary>What a device that switched to this package demands of it before trusting it.</summary>
    [JsonPropertyOrder(15)]
    public required SoakSpec Soak { get; init; }

    /// <summary>What a device demands of it before that, beside the package that answers; null to switch at once.</summary>
    [JsonPropertyOrder(16)]
    public ShadowSpec? Shadow { get; init; }

    /// <summary>Figures the model was released on, by name, such as <c>accuracy_int8</c>.</summary>
    [JsonPropertyOrder(17)]
    public IReadOnlyDictionary<string, double> Goals { get; init; } = new Dictionary<string, double>();

    /// <summary>Bounds that <see cref="Goals"/> must keep for the package to be made; null for none.</summary>
    [JsonPropertyOrder(18)]
    public IReadOnlyList<GateSpec>? Gates { get; init; }

    /// <summary>The gates that were not kept when somebody made the package all the same, one sentence each; null when all were.</summary>
    [JsonPropertyOrder(19)]
    public IReadOnlyList<string>? GatesForced { get; init; }

    /// <summary>What a device watches while the package serves, and when it says so; null for windows against the reference alone.</summary>
    [JsonPropertyOrder(20)]
    public MonitoringSpec? Monitoring { get; init; }
}
