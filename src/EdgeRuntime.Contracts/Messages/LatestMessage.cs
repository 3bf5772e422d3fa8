using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>The newest decision of one model: what dashboards, Node-RED and Home Assistant read.</summary>
/// <remarks>Topic <c>{id}/up/latest/{model}</c>, QoS 0, retained, expires after 1 h; at most 1/s.</remarks>
public sealed record LatestMessage : DeviceMessage
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Semantic version of the package that answered.</summary>
    public required string Version { get; init; }

    /// <summary>The package that answered.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>Number of the accepted sample within the boot; the prediction's id is <c>{boot}.{model}.{n}</c>.</summary>
    public required long N { get; init; }

    /// <summary>When the sample was taken, UTC milliseconds.</summary>
    public required long SampleUnixMs { get; init; }

    /// <summary>What was decided, after threshold and hysteresis: a label of the manifest.</summary>
    public required string Decision { get; init; }

    /// <summary>The model's own best label for this sample, before the decision rule.</summary>
    public required string Label { get; init; }

    /// <summary>Probability of <see cref="Label"/> (classification), the value (regression) or the error (reconstruction).</summary>
    public required double Score { get; init; }

    /// <summary>Probability by label, in the manifest's order; empty for other kinds of output.</summary>
    public IReadOnlyList<double> Scores { get; init => field = value ?? []; } = [];

    /// <summary>Labels of <see cref="Scores"/>.</summary>
    public IReadOnlyList<string> Labels { get; init => field = value ?? []; } = [];

    /// <summary>Detection: objects found in this sample; null for other kinds of output.</summary>
    public int? Found { get; init; }

    /// <summary>Detection: the best of them, at most 16, the best first; null for other kinds of output.</summary>
    public IReadOnlyList<FoundBox>? Boxes { get; init; }

    /// <summary>Duration of the inference of this sample, microseconds.</summary>
    public required double InferMicroseconds { get; init; }

    /// <summary>Frame taken to decision made, microseconds.</summary>
    public required double PathMicroseconds { get; init; }

    /// <summary>Features of this sample by name, as the model saw them before scaling.</summary>
    public IReadOnlyDictionary<string, double> Features { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>Largest ratio of a feature's stability index to its threshold in the last full window; above 1 is drift. Null before the first.</summary>
    public double? Drift { get; init; }

    /// <summary>Faults that stand, by channel, such as <c>stuck</c>; null where there is none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Faults { get; init; }
}

/// <summary>One object found in a picture; edges are shares of the sensor's picture, 0 to 1, from its left and top.</summary>
/// <param name="Label">Its class.</param>
/// <param name="Score">Probability, 0 to 1.</param>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Upper edge.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Lower edge.</param>
public sealed record FoundBox(string Label, double Score, double Left, double Top, double Right, double Bottom);
