using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>Mergeable counters of one model over one span of time: add the counts of two and get the counts of both.</summary>
/// <remarks>Topic <c>{id}/up/window/{model}</c>, QoS 1, not retained, expires after 24 h.</remarks>
public sealed record WindowMessage : DeviceMessage
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Semantic version of the package; a window never spans two packages.</summary>
    public required string Version { get; init; }

    /// <summary>The package the counters were collected under.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>
    /// Windows merged into this one because the device had no room to keep them apart, itself not counted; their sequences
    /// never come. 0 for a window as it was counted.
    /// </summary>
    public long Merged { get; init; }

    /// <summary>First sample of the window, UTC milliseconds.</summary>
    public required long StartUnixMs { get; init; }

    /// <summary>Last sample of the window, UTC milliseconds.</summary>
    public required long EndUnixMs { get; init; }

    /// <summary>Samples that reached the model: <c>samples = served + failed</c>.</summary>
    public required long Samples { get; init; }

    /// <summary>Inferences that failed, or answered NaN.</summary>
    public required long Failed { get; init; }

    /// <summary>
    /// Samples that were due, and reads of the sensor that failed. Over the windows of one package, once nothing waits any
    /// more: <c>due = samples + all of dropped</c>. 0 from a device that does not tell.
    /// </summary>
    public long Due { get; init; }

    /// <summary>
    /// Samples that never reached the model, by cause: <c>sensor_error</c>, <c>missing_value</c>, <c>skipped_nth</c>,
    /// <c>queue_full_oldest</c>, <c>queue_full_newest</c>, <c>superseded</c>, <c>late</c>, <c>gated</c>, <c>stopped</c>.
    /// </summary>
    public IReadOnlyDictionary<string, long> Dropped { get; init => field = value ?? new Dictionary<string, long>(); } = new Dictionary<string, long>();

    /// <summary>Decisions that came after the deadline of their sample; they count among the samples.</summary>
    public long DeadlineMisses { get; init; }

    /// <summary>What happens when samples come faster than the model answers, such as <c>latest_only</c>; null from a device that does not tell.</summary>
    public string? Overload { get; init; }

    /// <summary>The model that gates this one; null where none does.</summary>
    public string? Gate { get; init; }

    /// <summary>Predictions of the window.</summary>
    public required PredictionCounts Predictions { get; init; }

    /// <summary>Duration of the inferences.</summary>
    public required LatencyCounts Infer { get; init; }

    /// <summary>Frame taken to decision made.</summary>
    public required LatencyCounts Path { get; init; }

    /// <summary>
    /// The other stages of the latency ledger, those that occurred: <c>read</c>, <c>features</c>, <c>queue</c>,
    /// <c>decide</c>, <c>act</c>, <c>publish</c>, and <c>gc</c>, the pauses of the whole process. Null from a device
    /// that does not tell.
    /// </summary>
    public IReadOnlyDictionary<string, LatencyCounts>? Stages { get; init; }

    /// <summary>One entry for each feature of the package's reference, in its order.</summary>
    public IReadOnlyList<FeatureCounts> Features { get; init => field = value ?? []; } = [];

    /// <summary>
    /// What the verdict on the features came to before this message rounded its figures: 16 hex digits (<see cref="Messages.VerdictHash"/>).
    /// Null from a message that rounds none, as JSON, and for merged windows.
    /// </summary>
    public string? VerdictHash { get; init; }

    /// <summary>The channels that showed a fault; null where none did, and from a device that does not tell.</summary>
    public IReadOnlyList<ChannelCounts>? Channels { get; init; }

    /// <summary>
    /// The channels of categories in which some came that the reference does not list, with sketches of these; null where none did, and
    /// from a device that does not tell. Channels that a privacy filter or a sensitive group names are never among them.
    /// </summary>
    public IReadOnlyList<CategoryCounts>? Categories { get; init; }

    /// <summary>How another model did beside this package meanwhile: a candidate, or the one before; null where there was none.</summary>
    public ShadowCounts? Shadow { get; init; }

    /// <summary>
    /// Jumps of the wall clock by name, <c>clock_backwards</c> and <c>clock_forwards</c>, and under <c>sample_rate</c> how often frames
    /// went over to another rate; null where there was none.
    /// </summary>
    public IReadOnlyDictionary<string, long>? Clock { get; init; }

    /// <summary>What labels that came in this window said; null where the package takes none, and where none came.</summary>
    public QualityCounts? Quality { get; init; }

    /// <summary>What the answers of this window are worth by their calibrated probabilities alone; null where the reference has no calibration.</summary>
    public ExpectedTally? Expected { get; init; }

    /// <summary>What they are worth by where their inputs lie; null where the reference has no expected loss.</summary>
    public LossTally? Loss { get; init; }

    /// <summary>Answers by declared groups; null where the package declares none.</summary>
    public GroupCounts? Groups { get; init; }

    /// <summary>
    /// What <see cref="Expected"/> and <see cref="Loss"/> come to, each with its band and, where labels came, with its own error; null where
    /// neither is told, and in a merged window, of which it follows from the counts.
    /// </summary>
    public IReadOnlyList<QualityEstimate>? Estimates { get; init; }

    /// <summary>What the model listened to in the answers that were explained since the window before; null where none was.</summary>
    public AttributionCounts? Attributions { get; init; }

    /// <summary>False where a sender left something out of what it says of quality.</summary>
    public bool IsQualityWhole() =>
        (Quality?.IsWhole() ?? true) && (Expected?.IsWhole() ?? true) && (Groups?.IsWhole() ?? true) && (Loss is null || Loss.Kind is not null)
        && (Estimates?.All(estimate => estimate is { Metric: not null }) ?? true);
}

/// <summary>
/// Frames in which one channel showed a fault, by cause: <c>missing</c>, <c>infinite</c>, <c>out_of_range</c>, <c>rate</c>, <c>stuck</c>,
/// and of a package whose reference tells how the channels behaved <c>saturated</c>, <c>unit</c>, <c>swapped</c>, <c>novel</c>,
/// <c>schema</c>.
/// </summary>
public sealed record ChannelCounts
{
    /// <summary>Name of the channel in the manifest.</summary>
    public required string Name { get; init; }

    /// <summary>Frames by cause; causes that did not occur are absent.</summary>
    public required IReadOnlyDictionary<string, long> Faults { get; init; }
}

/// <summary>Counts of predictions.</summary>
public sealed record PredictionCounts
{
    /// <summary>Labels of the manifest, in its order; for regression and reconstruction the reference's bins, as text.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Predictions by label.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Counts of the score in ten equal bins of 0 to 1 (classification); empty otherwise.</summary>
    public IReadOnlyList<long> Confidence { get; init => field = value ?? []; } = [];

    /// <summary>Stability index of the predictions against the package's reference, in nats.</summary>
    public double Psi { get; init; }

    /// <summary>The index above which this window's predictions count as drifted, for these sample sizes.</summary>
    public double Threshold { get; init; }
}

/// <summary>A latency histogram with logarithmic buckets: sparse, exact to add.</summary>
/// <remarks>Bucket boundaries are those of EdgeRuntime.Statistics.LatencyHistogram: 32 per power of two, in nanoseconds.</remarks>
public sealed record LatencyCounts
{
    /// <summary>Numbers of the buckets that are not empty, ascending.</summary>
    public required IReadOnlyList<int> Buckets { get; init; }

    /// <summary>Counts of those buckets.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Largest value seen, microseconds.</summary>
    public required double MaxMicroseconds { get; init; }
}

/// <summary>Counts of one feature on the reference's bins.</summary>
public sealed record FeatureCounts
{
    /// <summary>Name of the feature.</summary>
    public required string Name { get; init; }

    /// <summary>Values by bin, in the reference's order: below, the bins, above.</summary>
    public required IReadOnlyList<long> Counts { get; init; }

    /// <summary>Values that were missing (NaN) or infinite.</summary>
    public long Missing { get; init; }

    /// <summary>Of the missing, values that were infinite.</summary>
    public long Infinite { get; init; }

    /// <summary>Values of a category that are none of those that the manifest lists; they share the last number.</summary>
    public long Unseen { get; init; }

    /// <summary>Sums that moments follow from; null from a device that does not tell.</summary>
    public MomentCounts? Moments { get; init; }

    /// <summary>What quantiles of any range follow from; null where the manifest does not ask for them.</summary>
    public QuantileCounts? Quantiles { get; init; }

    /// <summary>Population stability index against the reference, in nats.</summary>
    public required double Psi { get; init; }

    /// <summary>The index above which this window counts as drifted, for these sample sizes.</summary>
    public required double Threshold { get; init; }

    /// <summary>Chance of such a difference or a larger one without drift, before correction for many features; null from a device that does not tell.</summary>
    public double? PValue { get; init; }

    /// <summary>What another test than the stability index came to, where the manifest has another one decide; else null.</summary>
    public FeatureTest? Test { get; init; }

    /// <summary>What the detector of the manifest's <c>monitoring.online</c> signalled within this window; null where nothing was.</summary>
    public FeatureSignals? Signals { get; init; }
}

/// <summary>Changes of one feature that an online detector signalled; each is drift.</summary>
/// <param name="Detector">Its name in the manifest, such as <c>page_hinkley</c>.</param>
/// <param name="Count">How often; at least 1.</param>
/// <param name="FirstUnixMs">Sample at which it did first, UTC milliseconds.</param>
public sealed record FeatureSignals(string Detector, long Count, long FirstUnixMs);

/// <summary>What the test of a manifest's <c>monitoring.drift</c> came to for one feature.</summary>
public sealed record FeatureTest
{
    /// <summary>Its name in the manifest, such as <c>ks</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The statistic.</summary>
    public required double Statistic { get; init; }

    /// <summary>Size of the difference whatever the sample sizes, in the test's own unit.</summary>
    public required double Effect { get; init; }

    /// <summary>Level that the p-value was held against, after Holm's correction for many features.</summary>
    public required double Level { get; init; }

    /// <summary>Smallest effect worth an alarm.</summary>
    public required double MinEffect { get; init; }

    /// <summary>Above 1 is drift: the smaller of effect by smallest effect, and ln(p-value) by ln(level).</summary>
    public required double Ratio { get; init; }
}
