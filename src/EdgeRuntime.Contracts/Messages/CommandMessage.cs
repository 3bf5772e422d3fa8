namespace EdgeRuntime.Contracts.Messages;

/// <summary>A request to a device.</summary>
/// <remarks>
/// Topic <c>{id}/down/command/{name}</c>, QoS 1, not retained, expires after 60 s; needs a response topic. Names known:
/// <c>ping</c>, <c>health</c>, <c>rebirth</c>, <c>undo</c>, <c>explain</c>,
/// <c>capture</c>. The answer comes on <c>{id}/up/response/{name}</c>.
/// </remarks>
public sealed record CommandMessage
{
    /// <summary>UTC milliseconds after which the device refuses the command.</summary>
    public required long ExpiresUnixMs { get; init; }

    /// <summary>Name of the model it concerns, where the command needs one.</summary>
    public string? Model { get; init; }

    /// <summary>For <c>explain</c>: <c>exact</c>, <c>shapley</c>, <c>occlusion</c> or <c>auto</c>; null for what the manifest says.</summary>
    public string? Method { get; init; }

    /// <summary>For <c>explain</c>: most inferences; the manifest may allow fewer.</summary>
    public int? MostInferences { get; init; }

    /// <summary>For <c>explain</c>: seed of the orders that are drawn; null for the number of the sample.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// For <c>explain</c>: number of the answer to be explained, as in its prediction, of this boot; its frames are still in memory or in a
    /// clip where the package keeps any (<c>monitoring.capture</c>). Null for the next answer.
    /// </summary>
    public long? Sample { get; init; }

    /// <summary>For <c>capture</c>: last level of the topic <c>{id}/up/sample/{request}</c> that clips come on; 1 to 63 of <c>a-z 0-9 -</c>.</summary>
    public string? Request { get; init; }

    /// <summary>For <c>capture</c>: only clips that were kept then or later, UTC milliseconds.</summary>
    public long? SinceUnixMs { get; init; }

    /// <summary>For <c>capture</c>: at most so many clips, the newest.</summary>
    public int? Most { get; init; }

    /// <summary>For <c>capture</c>: true to keep the newest frames now, in place of sending clips.</summary>
    public bool? Now { get; init; }

    /// <summary>For <c>capture</c>: true to remove all clips of the model, in place of sending them.</summary>
    public bool? Forget { get; init; }
}

/// <summary>The answer to a command; correlation data is copied from the request.</summary>
/// <remarks>Topic <c>{id}/up/response/{name}</c>, QoS 1, not retained, expires with the request.</remarks>
public sealed record ResponseMessage : DeviceMessage
{
    /// <summary>True when the command was carried out.</summary>
    public required bool Done { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Detail { get; init; }

    /// <summary>Figures for machines, by name.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>To <c>explain</c>: the explanation; else null.</summary>
    public ExplanationReport? Explanation { get; init; }
}
