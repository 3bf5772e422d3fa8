using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>What a device's words mean for its place in a rollout.</summary>
/// <remarks>
/// A word counts only from the generation of the last order on: what a device says about an earlier order, late or
/// twice, changes nothing. Failures and the return to the old package stick; nothing a device repeats undoes them.
/// </remarks>
internal static class TargetRules
{
    public static RolloutTarget Ordered(RolloutTarget target, IssuedOrder e) => target with
    {
        Order = e.Order,
        Generation = e.Generation,
        State = e.Order == TargetOrder.Old ? TargetState.Reverting : TargetState.Ordered,
        Reason = e.Order == TargetOrder.Old ? target.Reason : null,
    };

    public static RolloutTarget Stepped(RolloutTarget target, RolloutEvent.UpdateStepped e, ModelId package)
    {
        if (target.Order == TargetOrder.None || e.Generation < target.Generation)
        {
            return target;
        }

        return target.Order == TargetOrder.New
            ? e.Package == package ? Forward(target, e.Step, e.Reason) : target
            : e.Package == target.From?.Digest ? Back(target, e.Step, e.Reason) : target;
    }

    public static RolloutTarget Reported(RolloutTarget target, RolloutEvent.DeviceReported e, ModelId package)
    {
        if (target.Order == TargetOrder.None || e.Generation < target.Generation)
        {
            return target;
        }

        bool settled = e.Phase is UpdateState.Idle or UpdateState.Committed;
        if (target.Order == TargetOrder.Old)
        {
            // A package that was refused or undone leaves the device on the old one: it is back all the same.
            bool back = e.Active == target.From?.Digest && (settled || e.Phase is UpdateState.Rejected or UpdateState.Undone);
            return back ? target with { State = TargetState.Reverted } : target;
        }

        if (e.Active == package && settled)
        {
            return Forward(target, UpdateState.Committed, null);
        }

        // Trusted once, and gone again without an order: somebody at the device undid it.
        if (target.State == TargetState.Committed && e.Active == target.From?.Digest && (settled || e.Phase == UpdateState.Undone))
        {
            return Forward(target, UpdateState.Undone, "the device left the package after trusting it");
        }

        return e.Phase is UpdateState.Idle or UpdateState.Committed ? target : Forward(target, e.Phase, null);
    }

    private static RolloutTarget Forward(RolloutTarget target, UpdateState step, string? reason)
    {
        if (target.Failed)
        {
            // The report of a refusal may overtake the message that says why.
            return reason is not null && target.Reason is null ? target with { Reason = reason } : target;
        }

        return step switch
        {
            UpdateState.Rejected => target with { State = TargetState.Rejected, Reason = reason },
            UpdateState.Undone => target with { State = TargetState.Undone, Reason = reason },
            UpdateState.Committed => target with { State = TargetState.Committed },
            _ when target.State == TargetState.Committed => target,
            UpdateState.Downloading => target with { State = TargetState.Downloading },
            UpdateState.Verifying => target with { State = TargetState.Verifying },
            UpdateState.Soaking => target with { State = TargetState.Soaking },
            _ => target,
        };
    }

    private static RolloutTarget Back(RolloutTarget target, UpdateState step, string? reason) => step switch
    {
        UpdateState.Committed => target with { State = TargetState.Reverted },
        UpdateState.Rejected or UpdateState.Undone when target.State != TargetState.Reverted =>
            target with { Reason = $"cannot return: {reason ?? "no reason given"}" },
        _ => target,
    };
}
