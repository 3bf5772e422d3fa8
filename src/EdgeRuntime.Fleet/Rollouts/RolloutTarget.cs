using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Where one device stands within one rollout.</summary>
public sealed record RolloutTarget
{
    /// <summary>The device.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>What it ran before, and returns to on a revert; null when it ran nothing, and returns to that where it can do without.</summary>
    public PackageLabel? From { get; init; }

    /// <summary>True when it appeared after the rollout began; such devices are exposed in the last stage only.</summary>
    public bool Joined { get; init; }

    /// <summary>True while it is connected.</summary>
    public bool Online { get; init; }

    /// <summary>The stage that exposed it to the new package; null while none did.</summary>
    public int? Stage { get; init; }

    /// <summary>Which package it was ordered to run last.</summary>
    public TargetOrder Order { get; init; }

    /// <summary>Generation of that order; 0 without one.</summary>
    public long Generation { get; init; }

    /// <summary>How far it got.</summary>
    public TargetState State { get; init; }

    /// <summary>Why, when it refused or undid the package, or cannot return.</summary>
    public string? Reason { get; init; }

    /// <summary>True when the device itself found the package bad.</summary>
    [JsonIgnore]
    public bool Failed => State is TargetState.Rejected or TargetState.Undone;
}

/// <summary>Which package a device was ordered to run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TargetOrder>))]
public enum TargetOrder
{
    /// <summary>None by this rollout.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The new one.</summary>
    [JsonStringEnumMemberName("new")]
    New,

    /// <summary>The one it ran before.</summary>
    [JsonStringEnumMemberName("old")]
    Old,
}

/// <summary>How far a device got. The values after <see cref="Committed"/> are not in the order of time.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TargetState>))]
public enum TargetState
{
    /// <summary>Not exposed yet; while a stage waits on it, it is control.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Told to run the new package; nothing heard yet.</summary>
    [JsonStringEnumMemberName("ordered")]
    Ordered,

    /// <summary>Fetches the bytes.</summary>
    [JsonStringEnumMemberName("downloading")]
    Downloading,

    /// <summary>Checks them.</summary>
    [JsonStringEnumMemberName("verifying")]
    Verifying,

    /// <summary>The new package answers, on the device's own trial.</summary>
    [JsonStringEnumMemberName("soaking")]
    Soaking,

    /// <summary>The device trusts the new package.</summary>
    [JsonStringEnumMemberName("committed")]
    Committed,

    /// <summary>The device refused the new package before it answered once.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,

    /// <summary>The new package answered, and the device took it back.</summary>
    [JsonStringEnumMemberName("undone")]
    Undone,

    /// <summary>Told to return to the old package.</summary>
    [JsonStringEnumMemberName("reverting")]
    Reverting,

    /// <summary>Runs the old package again, by order.</summary>
    [JsonStringEnumMemberName("reverted")]
    Reverted,
}
