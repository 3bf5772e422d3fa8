using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Something that happened and may move a rollout.</summary>
public abstract record RolloutEvent
{
    private RolloutEvent()
    {
    }

    /// <summary>When, by the manager's clock, UTC milliseconds.</summary>
    public required long AtMs { get; init; }

    /// <summary>Time passed.</summary>
    public sealed record Ticked : RolloutEvent;

    /// <summary>A device came or went.</summary>
    public sealed record PresenceChanged(DeviceId Device, bool Online) : RolloutEvent;

    /// <summary>A device that runs the model appeared.</summary>
    /// <param name="From">What it runs; another package than the rollout's.</param>
    public sealed record DeviceJoined(DeviceId Device, PackageLabel? From, bool Online) : RolloutEvent;

    /// <summary>A device told from its own store what it runs.</summary>
    /// <param name="Active">The package that answers, or null.</param>
    /// <param name="Generation">Highest generation it accepted.</param>
    /// <param name="Phase">Where the update of this model stands.</param>
    public sealed record DeviceReported(DeviceId Device, ModelId? Active, long Generation, UpdateState Phase) : RolloutEvent;

    /// <summary>A device told of a step of an update.</summary>
    /// <param name="Package">The package concerned.</param>
    public sealed record UpdateStepped(
        DeviceId Device, ModelId Package, long Generation, UpdateState Step, string? Reason) : RolloutEvent;

    /// <summary>The orders that <see cref="Rollout.Wanted"/> asked for are durable with the rollout, and on their way.</summary>
    public sealed record OrdersIssued(IReadOnlyList<IssuedOrder> Orders) : RolloutEvent;

    /// <summary>The gate looked at the evidence of a stage.</summary>
    /// <param name="Summary">Its finding in a sentence.</param>
    public sealed record GateJudged(int Stage, GateVerdict Verdict, string Summary) : RolloutEvent;

    /// <summary>A person wants it to end.</summary>
    /// <param name="Revert">True to take every device back; false to leave all as it is.</param>
    public sealed record AbortAsked(bool Revert) : RolloutEvent;

    /// <summary>A person lets a halted rollout go on, its failures so far accepted.</summary>
    public sealed record ResumeAsked : RolloutEvent;
}

/// <summary>One order to one device.</summary>
/// <param name="Order">Which package it names.</param>
/// <param name="Generation">Its generation, above every earlier one of the device.</param>
public sealed record IssuedOrder(DeviceId Device, TargetOrder Order, long Generation);
