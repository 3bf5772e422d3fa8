using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>One step, or the progress, of one update.</summary>
/// <remarks>Topic <c>{id}/up/update/{deployment}</c>, QoS 1 (progress 0), not retained, expires after 7 d; progress at most 1/s.</remarks>
public sealed record UpdateMessage : DeviceMessage
{
    /// <summary>The deployment this belongs to, as in the topic.</summary>
    public required string Deployment { get; init; }

    /// <summary>Generation of the desired state it came with.</summary>
    public required long Generation { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The package.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>The step reached.</summary>
    public required UpdateState State { get; init; }

    /// <summary>Why, when the state is <c>rejected</c> or <c>undone</c>; a sentence for people.</summary>
    public string? Reason { get; init; }

    /// <summary>Share of the bytes that are here and verified, 0 to 100; only while downloading.</summary>
    public double? Percent { get; init; }

    /// <summary>Bytes that are here and verified; only while downloading.</summary>
    public long? Bytes { get; init; }

    /// <summary>How often the package and the one before said the same; only at the end of their time side by side.</summary>
    public ShadowCounts? Shadow { get; init; }

    /// <summary>Bytes per second since the download began; only while downloading.</summary>
    public double? BytesPerSecond { get; init; }
}
