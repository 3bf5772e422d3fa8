using EdgeRuntime.Contracts.Ids;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>What each event does to a rollout, and what follows from it.</summary>
internal static class RolloutRules
{
    /// <summary>Takes in what happened, without its consequences for the stage.</summary>
    public static Rollout Apply(Rollout rollout, RolloutEvent happened) => happened switch
    {
        RolloutEvent.DeviceJoined e => Join(rollout, e),
        RolloutEvent.PresenceChanged e => OfDevice(rollout, e.Device, target => target with { Online = e.Online }),
        RolloutEvent.OrdersIssued e => Order(rollout, e.Orders),
        RolloutEvent.DeviceReported e => OfDevice(rollout, e.Device, target => TargetRules.Reported(target, e, rollout.Package.Digest)),
        RolloutEvent.UpdateStepped e => OfDevice(rollout, e.Device, target => TargetRules.Stepped(target, e, rollout.Package.Digest)),
        RolloutEvent.GateJudged e => Judge(rollout, e),
        RolloutEvent.AbortAsked e => Abort(rollout, e.Revert),
        RolloutEvent.ResumeAsked e => Resume(rollout, e.AtMs),
        _ => rollout,
    };

    /// <summary>Draws the consequences, until nothing more follows.</summary>
    public static Rollout Settle(Rollout rollout, long nowMs)
    {
        while (true)
        {
            Rollout after = rollout.State switch
            {
                RolloutState.Installing state => SettleInstalling(rollout, state, nowMs),
                RolloutState.Soaking state => SettleSoaking(rollout, state, nowMs),
                RolloutState.Reverting state => SettleReverting(rollout, state),
                _ => rollout,
            };
            if (ReferenceEquals(after, rollout))
            {
                return rollout;
            }

            rollout = after;
        }
    }

    private static Rollout SettleInstalling(Rollout rollout, RolloutState.Installing state, long nowMs)
    {
        if (TooManyFailures(rollout) is string reason)
        {
            return Halt(rollout, reason);
        }

        Rollout exposed = Expose(rollout, state.Stage);
        if (!ReferenceEquals(exposed, rollout))
        {
            return exposed;
        }

        if (Lacking(rollout, state.Stage) is string lacking)
        {
            return IsLate(rollout, state.SinceMs, nowMs) ? Halt(rollout, TooLate(rollout, lacking)) : rollout;
        }

        return rollout with { State = new RolloutState.Soaking(state.SinceMs, nowMs, "") { Stage = state.Stage } };
    }

    private static Rollout SettleSoaking(Rollout rollout, RolloutState.Soaking state, long nowMs)
    {
        if (TooManyFailures(rollout) is string reason)
        {
            return Halt(rollout, reason);
        }

        // A device that joins while the last stage soaks is brought along, without making the others wait for it.
        Rollout exposed = rollout.IsLast(state.Stage) ? Expose(rollout, state.Stage) : rollout;
        if (!ReferenceEquals(exposed, rollout))
        {
            return exposed;
        }

        string lacking = state.Lacking.Length > 0 ? state.Lacking : "the gate has not looked yet";
        return IsLate(rollout, state.StageSinceMs, nowMs) ? Halt(rollout, TooLate(rollout, lacking)) : rollout;
    }

    // Devices that are away keep their order and find it when they return; waiting for them would block the model.
    private static Rollout SettleReverting(Rollout rollout, RolloutState.Reverting state)
    {
        foreach (RolloutTarget target in rollout.Targets)
        {
            bool affected = target.Stage is not null && rollout.CanReturn(target);
            bool back = target.State == TargetState.Reverted || (!target.Online && target.Order == TargetOrder.Old);
            if (affected && !back)
            {
                return rollout;
            }
        }

        return rollout with { State = new RolloutState.Reverted(state.Reason) { Stage = state.Stage } };
    }

    // Members in the order of the targets. Before the last stage only devices that are there: one that is away could
    // not be judged. Named canaries and the last stage take the others too, whose order then waits for them.
    private static Rollout Expose(Rollout rollout, int stage)
    {
        bool last = rollout.IsLast(stage);
        int free = rollout.Quota(stage) - rollout.Targets.Count(target => target is { Stage: not null, Joined: false });
        RolloutTarget[]? targets = null;
        for (int i = 0; i < rollout.Targets.Count; i++)
        {
            RolloutTarget target = rollout.Targets[i];
            bool eligible = target.Stage is null
                && (target.Joined ? last : free > 0 && (last || target.Online || (stage == 0 && rollout.IsChosen(target))));
            if (eligible && !(stage == 0 && !last && rollout.Plan.Canary.Count > 0 && !rollout.IsChosen(target)))
            {
                targets ??= [.. rollout.Targets];
                targets[i] = target with { Stage = stage };
                free -= target.Joined ? 0 : 1;
            }
        }

        return targets is null ? rollout : rollout with { Targets = targets };
    }

    // What an installing stage waits for; null when it may soak. In the last stage a device that is away, or that only
    // just joined, holds nobody up: its order is durable.
    private static string? Lacking(Rollout rollout, int stage)
    {
        bool last = rollout.IsLast(stage);
        int quota = rollout.Quota(stage);
        int exposed = rollout.Targets.Count(target => target is { Stage: not null, Joined: false });
        if (exposed < quota)
        {
            return $"only {exposed} of the {quota} devices the stage needs are online";
        }

        List<string> pending = [];
        bool anyCommitted = false;
        foreach (RolloutTarget target in rollout.Targets)
        {
            if (target.Stage is null)
            {
                continue;
            }

            anyCommitted |= target.State == TargetState.Committed;
            bool excused = last && (!target.Online || target.Joined);
            if (target.State != TargetState.Committed && !target.Failed && !excused)
            {
                string where = target.Online ? WireName(target.State) : "offline";
                pending.Add($"{target.Device} ({where})");
            }
        }

        return pending.Count > 0 ? $"not installed yet on {Listed(pending)}"
            : anyCommitted ? null
            : "no device runs it";
    }

    private static string? TooManyFailures(Rollout rollout)
    {
        int failed = rollout.Targets.Count(target => target is { Stage: not null, Failed: true });
        if (failed <= rollout.Plan.Gate.MaxFailedInstalls + rollout.AcceptedFailures)
        {
            return null;
        }

        IEnumerable<string> each = rollout.Targets.Where(target => target is { Stage: not null, Failed: true })
            .Select(target => $"{target.Device} {(target.State == TargetState.Rejected ? "refused" : "undid")} it: "
                + $"{(target.Reason ?? "no reason given").TrimEnd('.')}");
        return $"{Listed([.. each])}.";
    }

    private static bool IsLate(Rollout rollout, long sinceMs, long nowMs) =>
        nowMs - sinceMs > rollout.Plan.Gate.TimeoutSeconds * 1000;

    private static string TooLate(Rollout rollout, string lacking) =>
        FormattableString.Invariant($"No verdict within {rollout.Plan.Gate.TimeoutSeconds:0} s: {lacking.TrimEnd('.')}.");

    private static Rollout Halt(Rollout rollout, string reason) => rollout with
    {
        State = rollout.Plan.RevertOnHalt
            ? new RolloutState.Reverting(reason) { Stage = rollout.State.Stage }
            : new RolloutState.Halted(reason) { Stage = rollout.State.Stage },
    };

    private static Rollout Join(Rollout rollout, RolloutEvent.DeviceJoined e)
    {
        bool wanted = rollout.State.IsRunning
            && rollout.IndexOf(e.Device) < 0
            && e.From?.Digest != rollout.Package.Digest
            && (rollout.Plan.Devices.Count == 0 || rollout.Plan.Devices.Contains(e.Device.ToString()));
        RolloutTarget target = new() { Device = e.Device, From = e.From, Joined = true, Online = e.Online };
        return wanted ? rollout with { Targets = [.. rollout.Targets, target] } : rollout;
    }

    private static Rollout Order(Rollout rollout, IReadOnlyList<IssuedOrder> orders)
    {
        RolloutTarget[] targets = [.. rollout.Targets];
        Dictionary<DeviceId, IssuedOrder> byDevice = orders.ToDictionary(order => order.Device);
        for (int i = 0; i < targets.Length; i++)
        {
            if (byDevice.TryGetValue(targets[i].Device, out IssuedOrder? order))
            {
                targets[i] = TargetRules.Ordered(targets[i], order);
            }
        }

        return rollout with { Targets = targets };
    }

    private static Rollout Judge(Rollout rollout, RolloutEvent.GateJudged e)
    {
        // A verdict that was on its way while the rollout moved on judges something that is over.
        if (rollout.State is not RolloutState.Soaking soaking || soaking.Stage != e.Stage)
        {
            return rollout;
        }

        int next = soaking.Stage + 1;
        return e.Verdict switch
        {
            GateVerdict.Fail => Halt(rollout, e.Summary),
            GateVerdict.Pass when rollout.IsLast(soaking.Stage) =>
                rollout with { State = new RolloutState.Completed { Stage = soaking.Stage } },
            GateVerdict.Pass => rollout with { State = new RolloutState.Installing(e.AtMs) { Stage = next } },
            _ when soaking.Lacking == e.Summary => rollout,
            _ => rollout with { State = soaking with { Lacking = e.Summary } },
        };
    }

    private static Rollout Abort(Rollout rollout, bool revert) => (rollout.State, revert) switch
    {
        ({ IsActive: false }, _) or (RolloutState.Reverting, true) => rollout,
        (RolloutState.Halted state, true) => rollout with { State = new RolloutState.Reverting(state.Reason) { Stage = state.Stage } },
        (_, true) => rollout with { State = new RolloutState.Reverting("Aborted by an operator.") { Stage = rollout.State.Stage } },
        _ => rollout with { State = new RolloutState.Kept("Aborted by an operator, who left every device as it is.") { Stage = rollout.State.Stage } },
    };

    private static Rollout Resume(Rollout rollout, long nowMs) => rollout.State is RolloutState.Halted state
        ? rollout with
        {
            State = new RolloutState.Installing(nowMs) { Stage = state.Stage },
            AcceptedFailures = rollout.Targets.Count(target => target is { Stage: not null, Failed: true }),
        }
        : rollout;

    private static Rollout OfDevice(
        Rollout rollout, DeviceId device, Func<RolloutTarget, RolloutTarget> change)
    {
        int index = rollout.IndexOf(device);
        return index < 0 ? rollout : rollout.With(index, change(rollout.Targets[index]));
    }

    private static string WireName(TargetState state) => state.ToString().ToLowerInvariant();

    private static string Listed(List<string> items)
    {
        const int Shown = 3;
        string shown = string.Join(", ", items.Take(Shown));
        return items.Count <= Shown ? shown : $"{shown} and {items.Count - Shown} more";
    }
}
