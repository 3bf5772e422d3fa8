using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>Something a person may want to know.</summary>
/// <remarks>Topic <c>{id}/up/event/{kind}</c>, QoS 1, not retained, expires after 7 d.</remarks>
public sealed record EventMessage : DeviceMessage
{
    /// <summary>
    /// What kind, as in the topic. Of a model: <c>drift</c>, <c>quality</c> (answers that labels came for), <c>sensor</c> (a channel's health), <c>sensor_fault</c> (its reading),
    /// <c>decision</c> (as configured), <c>action</c> (a line that does not obey). Of the process: <c>limit</c> (memory or processor
    /// time of the profile), <c>allocation</c> (garbage of the profile), <c>thermal</c> (a zone at a trip), <c>real_time</c> (a
    /// setting was refused), <c>watchdog</c>, <c>outbox</c>, <c>update</c>, <c>reload</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>How much it matters.</summary>
    public required EventSeverity Severity { get; init; }

    /// <summary>Name of the model it concerns, or null.</summary>
    public string? Model { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Detail { get; init; }

    /// <summary>Figures for machines, by name.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>The channels of a fault that began; null of anything else.</summary>
    public IReadOnlyList<ChannelFinding>? Channels { get; init; }
}

/// <summary>How much an event matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EventSeverity>))]
public enum EventSeverity
{
    /// <summary>As expected.</summary>
    [JsonStringEnumMemberName("info")]
    Info,

    /// <summary>Somebody should look.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Something does not work.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
}
