using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>What a device runs, told from its own store; the answer to <see cref="DesiredState"/>.</summary>
/// <remarks>Topic <c>{id}/up/reported</c>, QoS 1, retained; sent after every connection and on every change.</remarks>
public sealed record ReportedMessage : DeviceMessage
{
    /// <summary>Highest generation of desired state this device has accepted; 0 for none.</summary>
    public required long Generation { get; init; }

    /// <summary>The deployment of that generation, or null.</summary>
    public string? Deployment { get; init; }

    /// <summary>SHA-256 of the configuration file in use.</summary>
    public required string ConfigurationSha256 { get; init; }

    /// <summary>One entry for each line of packages: the models, and what else packages bring.</summary>
    public required IReadOnlyList<ReportedModel> Models { get; init; }
}

/// <summary>Where one line of a device's packages stands, most often a model.</summary>
public sealed record ReportedModel
{
    /// <summary>Name of the line: for a model, its name.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of its packages, as manifests write it; null for a model.</summary>
    public string? Kind { get; init; }

    /// <summary>Where its update stands.</summary>
    public required UpdateState Phase { get; init; }

    /// <summary>The package in use, or null when there is none: a model does not answer, another line is as its owner put it.</summary>
    public PackageLabel? Active { get; init; }

    /// <summary>The package that an undo would return to, or null.</summary>
    public PackageLabel? Previous { get; init; }

    /// <summary>The package being fetched, checked or soaked, or null.</summary>
    public PackageLabel? Candidate { get; init; }

    /// <summary>How the model that answers is run, or null when none does.</summary>
    public ModelRuntime? Runtime { get; init; }
}

/// <summary>How a device runs one model.</summary>
public sealed record ModelRuntime
{
    /// <summary>Time its files took to load, milliseconds.</summary>
    public required double LoadMs { get; init; }

    /// <summary>Whether all of its graphs came optimized out of the device's cache.</summary>
    public bool FromCache { get; init; }

    /// <summary>Execution providers that take part beside the processor, in order.</summary>
    public IReadOnlyList<string> Providers { get; init => field = value ?? []; } = [];

    /// <summary>One sentence for everything that the device was asked for and that is not so.</summary>
    public IReadOnlyList<string> Fallbacks { get; init => field = value ?? []; } = [];

    /// <summary>The variant that serves, where the package has several; else null.</summary>
    public string? Variant { get; init; }

    /// <summary>Median microseconds of a run by variant, for those that can serve; else null.</summary>
    public IReadOnlyDictionary<string, double>? VariantMicroseconds { get; init; }

    /// <summary>
    /// 99th percentile of the processor time of an inference, milliseconds, as found when the package was a candidate; null after
    /// a restart.
    /// </summary>
    public double? ProofP99Ms { get; init; }

    /// <summary>Most memory that the package took then, bytes, with the process around it; null as above.</summary>
    public long? ProofPeakBytes { get; init; }
}

/// <summary>A package as people and machines name it.</summary>
/// <param name="Digest">Its id.</param>
/// <param name="Version">Its semantic version; empty while the manifest is not here yet.</param>
public sealed record PackageLabel(ModelId Digest, string Version);

/// <summary>Steps of one update on a device, in the order in which they happen.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UpdateState>))]
public enum UpdateState
{
    /// <summary>Nothing is pending.</summary>
    [JsonStringEnumMemberName("idle")]
    Idle,

    /// <summary>Bytes are being fetched.</summary>
    [JsonStringEnumMemberName("downloading")]
    Downloading,

    /// <summary>Signature, hashes, compatibility and golden vectors are being checked.</summary>
    [JsonStringEnumMemberName("verifying")]
    Verifying,

    /// <summary>The new package answers, on trial.</summary>
    [JsonStringEnumMemberName("soaking")]
    Soaking,

    /// <summary>The new package is trusted. An end.</summary>
    [JsonStringEnumMemberName("committed")]
    Committed,

    /// <summary>The new package was refused before it answered once. An end.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>The new package answered, behaved badly, and the one before answers again. An end.</summary>
    [JsonStringEnumMemberName("undone")]
    Undone,
}
