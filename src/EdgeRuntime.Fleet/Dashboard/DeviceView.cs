using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>One device in the list.</summary>
public record DeviceView
{
    /// <summary>Its name.</summary>
    public required DeviceId Id { get; init; }

    /// <summary><c>online updating safe offline lost unknown</c>.</summary>
    public required string State { get; init; }

    /// <summary>First message ever.</summary>
    public required long FirstSeenUnixMs { get; init; }

    /// <summary>Newest message.</summary>
    public required long LastSeenUnixMs { get; init; }

    /// <summary>Its present run.</summary>
    public BootId? Boot { get; init; }

    /// <summary>What its owner wrote.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Name of its profile.</summary>
    public string? Profile { get; init; }

    /// <summary>The machine.</summary>
    public HardwareInfo? Hardware { get; init; }

    /// <summary>Version and way of compilation of its program.</summary>
    public string? Runtime { get; init; }

    /// <summary>Its models, by name.</summary>
    public required IReadOnlyList<ModelView> Models { get; init; }

    /// <summary>The alarms that stand, the oldest first.</summary>
    public IReadOnlyList<AlarmView> Alarms { get; init; } = [];
}

/// <summary>One alarm that stands.</summary>
/// <param name="Name">Its name, such as <c>drift-vitals</c>.</param>
/// <param name="Kind">What it is about, such as <c>drift</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Version">The package it was judged by.</param>
/// <param name="SinceUnixMs">Since when.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Causes">What was found, the worst first.</param>
/// <param name="Explanation">What the model made of such an input; null while it is not known.</param>
public sealed record AlarmView(
    string Name, string Kind, string Model, string Version, long SinceUnixMs, string Detail, IReadOnlyList<AlarmCause> Causes,
    ExplanationReport? Explanation);

/// <summary>One model of a device.</summary>
public sealed record ModelView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of its packages; null for a model.</summary>
    public string? Kind { get; init; }

    /// <summary>Where its update stands.</summary>
    public required UpdateState Phase { get; init; }

    /// <summary>The package that answers.</summary>
    public PackageLabel? Active { get; init; }

    /// <summary>The package an undo would return to.</summary>
    public PackageLabel? Previous { get; init; }

    /// <summary>The package being fetched, checked or soaked.</summary>
    public PackageLabel? Candidate { get; init; }

    /// <summary>The package ordered.</summary>
    public DesiredView? Desired { get; init; }

    /// <summary>True when it runs what was ordered, or nothing was.</summary>
    public required bool OnTarget { get; init; }

    /// <summary>Why not, in a sentence.</summary>
    public string? NotOnTarget { get; init; }

    /// <summary>Newest decision, in brief.</summary>
    public LatestBriefView? Latest { get; init; }

    /// <summary>Samples a second in the newest window.</summary>
    public required double RateHz { get; init; }

    /// <summary>Samples since the manager started.</summary>
    public required long Samples { get; init; }

    /// <summary>Failed samples since the manager started.</summary>
    public required long Failed { get; init; }

    /// <summary>Median inference time of the newest window.</summary>
    public double? P50Ms { get; init; }

    /// <summary>99th percentile of it.</summary>
    public double? P99Ms { get; init; }

    /// <summary>Largest ratio of an index to its threshold in the newest window.</summary>
    public double? Drift { get; init; }

    /// <summary>True when that is above 1.</summary>
    public required bool Drifting { get; init; }
}

/// <summary>What a device was ordered to run.</summary>
public sealed record DesiredView(ModelId Digest, string Version, long Generation, string Deployment, bool Revert);

/// <summary>The newest decision, in brief.</summary>
public sealed record LatestBriefView(long T, long N, string Decision, string Label, double Score, double? Drift);

/// <summary>Everything about one device.</summary>
public sealed record DeviceDetailView : DeviceView
{
    /// <summary>What it said it is made of.</summary>
    public InfoMessage? Info { get; init; }

    /// <summary>What it said it runs.</summary>
    public ReportedMessage? Reported { get; init; }

    /// <summary>What waits on it to be sent, and what became of the rest; null from one that does not tell.</summary>
    public OutboxReport? Outbox { get; init; }

    /// <summary>Newest decision by model.</summary>
    public required IReadOnlyDictionary<string, LatestView> Latest { get; init; }

    /// <summary>Windows by model, the oldest first.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<WindowView>> Windows { get; init; }

    /// <summary>What became of the samples of those windows together, and how long they took, by model.</summary>
    public required IReadOnlyDictionary<string, LedgerView> Ledger { get; init; }

    /// <summary>The newest window beside its package's reference, by model.</summary>
    public required IReadOnlyDictionary<string, CompareView> Compare { get; init; }

    /// <summary>Its events, the newest first.</summary>
    public required IReadOnlyList<EventView> Events { get; init; }

    /// <summary>Steps of its updates, the newest first.</summary>
    public required IReadOnlyList<UpdateView> Updates { get; init; }
}

/// <summary>One decision.</summary>
public sealed record LatestView
{
    /// <summary>Who decided.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>Its model.</summary>
    public required string Model { get; init; }

    /// <summary>Version of the package.</summary>
    public required string Version { get; init; }

    /// <summary>The package.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>Number of the sample.</summary>
    public required long N { get; init; }

    /// <summary>When the sample was taken, UTC milliseconds.</summary>
    public required long T { get; init; }

    /// <summary>What was decided.</summary>
    public required string Decision { get; init; }

    /// <summary>The model's best label.</summary>
    public required string Label { get; init; }

    /// <summary>Its probability, the value, or the error.</summary>
    public required double Score { get; init; }

    /// <summary>Labels of <see cref="Scores"/>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Probability by label.</summary>
    public required IReadOnlyList<double> Scores { get; init; }

    /// <summary>Duration of the inference, microseconds.</summary>
    public required double InferUs { get; init; }

    /// <summary>Frame taken to decision made, microseconds.</summary>
    public required double PathUs { get; init; }

    /// <summary>Drift of the last full window.</summary>
    public double? Drift { get; init; }

    /// <summary>Features of the sample.</summary>
    public required IReadOnlyDictionary<string, double> Features { get; init; }
}

/// <summary>Decisions as columns of one length, the oldest first.</summary>
public sealed record HistoryView(
    DeviceId Device, string Model, IReadOnlyList<string> Labels, IReadOnlyList<long> T, IReadOnlyList<long> N,
    IReadOnlyList<string> Decision, IReadOnlyList<string> Label, IReadOnlyList<double> Score,
    IReadOnlyList<IReadOnlyList<double>> Scores, IReadOnlyList<double> InferUs, IReadOnlyList<double?> Drift,
    IReadOnlyList<string> Version);

/// <summary>One window of counters.</summary>
public sealed record WindowView
{
    /// <summary>Its device.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>Its model.</summary>
    public required string Model { get; init; }

    /// <summary>Version of the package.</summary>
    public required string Version { get; init; }

    /// <summary>The package.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>First sample.</summary>
    public required long StartUnixMs { get; init; }

    /// <summary>Last sample.</summary>
    public required long EndUnixMs { get; init; }

    /// <summary>Samples that reached the model.</summary>
    public required long Samples { get; init; }

    /// <summary>Samples of them that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>Samples that never reached the model, by cause.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    /// <summary>Duration of the inferences.</summary>
    public required LatencyView Infer { get; init; }

    /// <summary>Frame taken to decision made.</summary>
    public required LatencyView Path { get; init; }

    /// <summary>What became of its samples, and how long each stage took.</summary>
    public required LedgerView Ledger { get; init; }

    /// <summary>What the device does when samples come faster than the model answers; null where it does not tell.</summary>
    public string? Overload { get; init; }

    /// <summary>The model that gates this one; null for none.</summary>
    public string? Gate { get; init; }

    /// <summary>Predictions.</summary>
    public required PredictionCounts Predictions { get; init; }

    /// <summary>Features on the reference's bins.</summary>
    public required IReadOnlyList<FeatureCounts> Features { get; init; }

    /// <summary>Largest ratio of an index to its threshold.</summary>
    public required double Drift { get; init; }

    /// <summary>True when that is above 1.</summary>
    public required bool Drifting { get; init; }
}

/// <summary>A histogram of durations in three figures, milliseconds.</summary>
public sealed record LatencyView(double P50Ms, double P99Ms, double MaxMs);

/// <summary>A window beside its package's reference.</summary>
public sealed record CompareView
{
    /// <summary>The package.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>False when the package was never pushed, so that only the live side is known.</summary>
    public required bool ReferenceKnown { get; init; }

    /// <summary>First sample.</summary>
    public required long StartUnixMs { get; init; }

    /// <summary>Last sample.</summary>
    public required long EndUnixMs { get; init; }

    /// <summary>Samples of the window.</summary>
    public required long Samples { get; init; }

    /// <summary>Each feature.</summary>
    public required IReadOnlyList<CompareFeatureView> Features { get; init; }

    /// <summary>The predictions.</summary>
    public required ComparePredictionsView Predictions { get; init; }
}

/// <summary>One feature beside its reference.</summary>
public sealed record CompareFeatureView(
    string Name, IReadOnlyList<double> Edges, IReadOnlyList<double> ReferenceShares, IReadOnlyList<long> Counts,
    IReadOnlyList<double> Shares, long Missing, double Psi, double Threshold, bool Drifting);

/// <summary>Predictions beside their reference.</summary>
public sealed record ComparePredictionsView(
    IReadOnlyList<string> Labels, IReadOnlyList<double> ReferenceShares, IReadOnlyList<long> Counts,
    IReadOnlyList<double> Shares, double Psi, double Threshold, bool Drifting);

/// <summary>Something a person may want to know, from a device or from the manager.</summary>
public sealed record EventView
{
    /// <summary>Number in the order of arrival.</summary>
    public long Id { get; init; }

    /// <summary>Its device; null for the manager's own.</summary>
    public DeviceId? Device { get; init; }

    /// <summary>What kind.</summary>
    public required string Kind { get; init; }

    /// <summary>How much it matters.</summary>
    public required EventSeverity Severity { get; init; }

    /// <summary>The model it concerns.</summary>
    public string? Model { get; init; }

    /// <summary>One sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>Figures by name.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();

    /// <summary>When it happened, by the device's clock.</summary>
    public required long T { get; init; }

    /// <summary>When it arrived.</summary>
    public required long ReceivedUnixMs { get; init; }
}

/// <summary>One step of one update.</summary>
public sealed record UpdateView(
    DeviceId Device, string Deployment, long Generation, string Model, ModelId Digest, UpdateState State, string? Reason,
    double? Percent, long? Bytes, double? BytesPerSecond, long T);
