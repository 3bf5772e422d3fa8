namespace EdgeRuntime.Engine.Models;

/// <summary>How a device's owner lets it fetch packages.</summary>
public sealed record TransferPolicy
{
    /// <summary>Bytes that one update may ask for, deltas and repetitions included; null for no bound. (default: none)</summary>
    public long? BudgetBytes { get; init; }
}
