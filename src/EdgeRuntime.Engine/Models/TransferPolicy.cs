namespace EdgeRuntime.Engine.Models;

/// <summary>How a device's owner lets it fetch packages.</summary>
public sealed record TransferPolicy
{
    /// <summary>
    /// What packages may come by, the preferred first: <see cref="CarrierLine.Mqtt"/>, <see cref="CarrierLine.Url"/>. One that is not
    /// named is never used, whatever an order offers. (default: mqtt alone)
    /// </summary>
    public IReadOnlyList<string> Carriers { get; init; } = [CarrierLine.Mqtt];

    /// <summary>Bytes that one update may ask for, deltas and repetitions included; null for no bound. (default: none)</summary>
    public long? BudgetBytes { get; init; }
}
