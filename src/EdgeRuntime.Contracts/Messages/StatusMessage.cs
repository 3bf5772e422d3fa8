using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>Whether a device is there, and what it serves.</summary>
/// <remarks>
/// Topic <c>{id}/up/status</c>, QoS 1, retained; also the will (state <c>lost</c>, delay 90 s). A clean stop says
/// <c>offline</c> itself.
/// </remarks>
public sealed record StatusMessage : DeviceMessage
{
    /// <summary>The device's own word about itself, or its will's.</summary>
    public required DeviceState State { get; init; }

    /// <summary>Package in use, by model name.</summary>
    public IReadOnlyDictionary<string, ModelId> Models { get; init => field = value ?? new Dictionary<string, ModelId>(); } = new Dictionary<string, ModelId>();

    /// <summary>The configuration package in force; null for the owner's file alone.</summary>
    public PackageLabel? Configuration { get; init; }

    /// <summary>The package whose program this is; null for the installed one.</summary>
    public PackageLabel? Program { get; init; }

    /// <summary>What waits to be sent, and what became of the rest; null from a device that does not tell, and in a will.</summary>
    public OutboxReport? Outbox { get; init; }
}

/// <summary>States of a device as its status topic tells them.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeviceState>))]
public enum DeviceState
{
    /// <summary>Connected and serving.</summary>
    [JsonStringEnumMemberName("online")]
    Online,

    /// <summary>Stopped on purpose.</summary>
    [JsonStringEnumMemberName("offline")]
    Offline,

    /// <summary>Gone without a word; said by the broker.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost,

    /// <summary>Serving, while a new package is fetched, checked or soaked.</summary>
    [JsonStringEnumMemberName("updating")]
    Updating,

    /// <summary>Connected, but at least one model does not serve; the events say why.</summary>
    [JsonStringEnumMemberName("safe")]
    Safe,
}
