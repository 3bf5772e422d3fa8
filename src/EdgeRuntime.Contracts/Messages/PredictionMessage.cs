namespace EdgeRuntime.Contracts.Messages;

/// <summary>A batch of single predictions; sent for changes of decision, or for all when configured.</summary>
/// <remarks>Topic <c>{id}/up/prediction/{model}</c>, QoS 0 (1 if configured), not retained, expires after 1 h.</remarks>
public sealed record PredictionMessage : DeviceMessage
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Semantic version of the package that answered.</summary>
    public required string Version { get; init; }

    /// <summary>Predictions in order of their number.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>Predictions not in any batch since the boot, because the ring between the paths was full.</summary>
    public long Dropped { get; init; }
}

/// <summary>One prediction.</summary>
/// <param name="N">Number of the accepted sample; with boot and model it is the prediction's id.</param>
/// <param name="UnixMs">When the sample was taken.</param>
/// <param name="Label">The model's best label.</param>
/// <param name="Score">Its probability, the value, or the error.</param>
/// <param name="Decision">The label decided.</param>
public sealed record Prediction(long N, long UnixMs, string Label, double Score, string Decision);
