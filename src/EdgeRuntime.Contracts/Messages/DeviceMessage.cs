using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>What every message of a device carries, so that a receiver can order it and drop a duplicate.</summary>
/// <remarks>
/// Messages are additive: receivers ignore what they do not know, and a change of meaning is a new topic version.
/// </remarks>
public abstract record DeviceMessage
{
    /// <summary>The run of the device process that made the message.</summary>
    public required BootId Boot { get; init; }

    /// <summary>Counts from 1 within a boot and a topic class (status, info, window, …); given when the message is made.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the message was made, UTC milliseconds since 1970, by the device's clock.</summary>
    public required long UnixMs { get; init; }

    /// <summary>False when the device's clock had not been synchronized; then trust the order, not the time.</summary>
    public required bool ClockSynchronized { get; init; }
}
