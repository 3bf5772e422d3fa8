using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>An alarm that stands, with what it rests on, so that anybody who has the windows can come to the same verdict.</summary>
/// <remarks>
/// Topic <c>{id}/up/alarm/{name}</c>, QoS 1, retained, an empty payload when it ended. Sent when it is raised and after every
/// reconnect; each change is also an event of that kind, which is kept until it is acknowledged.
/// </remarks>
public sealed record AlarmMessage : DeviceMessage
{
    /// <summary>Its name, as in the topic: <c>drift-{model}</c> or <c>quality-{model}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about: <c>drift</c> of inputs, or <c>quality</c> of answers.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Semantic version of the package whose reference was compared with.</summary>
    public required string Version { get; init; }

    /// <summary>That package.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>First sample of the first window with the finding, UTC milliseconds.</summary>
    public required long SinceUnixMs { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Detail { get; init; }

    /// <summary>What was found, the worst first.</summary>
    public required IReadOnlyList<AlarmCause> Causes { get; init; }

    /// <summary>Sequence of the oldest window that the verdict rests on; windows of <see cref="Model"/> in this boot.</summary>
    public required long FirstWindow { get; init; }

    /// <summary>Sequence of the window that raised it.</summary>
    public required long LastWindow { get; init; }

    /// <summary>What the model makes of a sample that came after it was raised; null until it was explained.</summary>
    public ExplanationReport? Explanation { get; init; }

    /// <summary>What the model listens to meanwhile, against its reference; null until that differs.</summary>
    public AttributionShift? Attributions { get; init; }
}

/// <summary>One feature that is no longer as in training; of quality the errors of answers that labels came for.</summary>
public sealed record AlarmCause
{
    /// <summary>Name of the feature; <c>errors</c> of quality.</summary>
    public required string Feature { get; init; }

    /// <summary>What was compared, such as <c>psi</c>, or the online detector that signalled, such as <c>page_hinkley</c>; <c>error_rate</c> of quality.</summary>
    public required string Statistic { get; init; }

    /// <summary>The statistic; of a detector how often it signalled within the newest window.</summary>
    public required double Value { get; init; }

    /// <summary>
    /// What it had to exceed: chance's bound at these sample sizes, of the stability index also the smallest effect worth an alarm. Null
    /// for tests that have a p-value alone.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>Chance of such a value or a larger one without drift, before correction for many features.</summary>
    public double? PValue { get; init; }

    /// <summary>Size of the difference whatever the sample sizes, in the test's own unit; null where the statistic says it.</summary>
    public double? Effect { get; init; }

    /// <summary>How far beyond its bounds it lies: above 1 is drift.</summary>
    public required double Ratio { get; init; }

    /// <summary>Samples of the windows that were judged.</summary>
    public required long Samples { get; init; }
}
