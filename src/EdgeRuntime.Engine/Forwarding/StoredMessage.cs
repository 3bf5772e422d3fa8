using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>One message as it waits: its identity, given when it was made, and all that sending it takes.</summary>
/// <remarks>Compare by reference: a payload is compared by where it stands.</remarks>
public sealed record StoredMessage
{
    /// <summary>What follows <c>up/</c> in its topic, such as <c>window/vitals</c>; at most <see cref="RecordFormat.MaxRest"/> bytes.</summary>
    public required string Rest { get; init; }

    /// <summary>The run of the process that made it.</summary>
    public required BootId Boot { get; init; }

    /// <summary>Its number within boot and topic class; at least 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was made, UTC milliseconds.</summary>
    public required long UnixMs { get; init; }

    /// <summary>False when that time cannot be trusted; such a message never grows too old.</summary>
    public bool ClockSynchronized { get; init; }

    /// <summary>Quality of service: 0 or 1.</summary>
    public int Qos { get; init; } = 1;

    /// <summary>Seconds after which the broker may discard it; 0 for never.</summary>
    public int ExpirySeconds { get; init; }

    /// <summary>Messages whose content it holds: 1, and more once others were merged into it.</summary>
    public int StandsFor { get; init; } = 1;

    /// <summary>True once it may have been sent: then nothing may be merged into it any more, or be counted twice.</summary>
    public bool Sent { get; init; }

    /// <summary>The bytes; at most <see cref="RecordFormat.MaxPayload"/>.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>First level of <see cref="Rest"/>.</summary>
    public string TopicClass => RecordClasses.TopicClass(Rest);
}
