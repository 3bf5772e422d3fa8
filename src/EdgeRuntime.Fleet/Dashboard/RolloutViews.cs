using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Devices;
using EdgeRuntime.Fleet.Rollouts;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Shows rollouts as the page and the tools read them.</summary>
internal static class RolloutViews
{
    /// <summary>Shows a rollout.</summary>
    /// <param name="steps">Its history; what began and passed when is read off it.</param>
    /// <param name="complete">False for lists: without devices and history.</param>
    public static RolloutView Of(
        Rollout rollout, IReadOnlyList<RolloutStep> steps, GateFinding? gate, DeviceRegistry devices, RolloutDriver driver, bool complete)
    {
        RolloutStep[] own = [.. steps.Where(step => step.Device is null)];
        return new RolloutView
        {
            Id = rollout.Id,
            Model = rollout.Model,
            Package = rollout.Package,
            Previous = Previous(rollout),
            State = StateOf(rollout.State),
            Phase = rollout.State switch
            {
                RolloutState.Installing => "installing",
                RolloutState.Soaking => "soaking",
                _ => null,
            },
            Stage = rollout.State.Stage,
            Reason = ReasonOf(rollout.State),
            Active = rollout.State.IsActive,
            CreatedUnixMs = rollout.CreatedMs,
            UpdatedUnixMs = own.Length > 0 ? own[^1].AtMs : rollout.CreatedMs,
            FinishedUnixMs = rollout.State.IsActive || own.Length == 0 ? null : own[^1].AtMs,
            OnHalt = rollout.Plan.RevertOnHalt ? "revert" : "hold",
            GateLimits = rollout.Plan.Gate,
            Exposed = rollout.Targets.Count(target => target.Stage is not null),
            Targets = rollout.Targets.Count,
            Stages = [.. rollout.Plan.Stages.Select((_, index) => StageOf(rollout, index, own, devices, driver, complete))],
            Control = [.. rollout.Targets.Where(target => target.Stage is null).Select(target => target.Device)],
            Gate = gate,
            History = complete ? steps : null,
        };
    }

    public static string StateOf(RolloutState state) => state switch
    {
        RolloutState.Installing or RolloutState.Soaking => "running",
        RolloutState.Kept => "aborted",
        _ => state.GetType().Name.ToLowerInvariant(),
    };

    private static string? ReasonOf(RolloutState state) => state switch
    {
        RolloutState.Halted s => s.Reason,
        RolloutState.Reverting s => s.Reason,
        RolloutState.Reverted s => s.Reason,
        RolloutState.Kept s => s.Reason,
        _ => null,
    };

    private static List<PreviousView> Previous(Rollout rollout) =>
        [.. rollout.Targets.Select(target => target.From).OfType<PackageLabel>().GroupBy(label => label.Digest)
            .Select(group => new PreviousView(group.Key, group.First().Version, group.Count()))
            .OrderByDescending(previous => previous.Devices)];

    private static StageView StageOf(
        Rollout rollout, int index, RolloutStep[] own, DeviceRegistry devices, RolloutDriver driver, bool complete)
    {
        int now = rollout.State.Stage;
        string begins = FormattableString.Invariant($"running {index} installing");
        string next = FormattableString.Invariant($"running {index + 1} installing");
        bool done = index < now || rollout.State is RolloutState.Completed;
        return new StageView
        {
            Index = index,
            Name = rollout.Plan.Stages[index].Name,
            Percent = rollout.Plan.Stages[index].Percent,
            State = done ? "passed" : index > now ? "waiting" : rollout.State.IsRunning ? "active" : "failed",
            Quota = rollout.Quota(index),
            StartedUnixMs = own.FirstOrDefault(step => step.To == begins)?.AtMs,
            PassedUnixMs = done ? own.FirstOrDefault(step => step.To == next || step.To == "completed")?.AtMs : null,
            Devices = !complete ? null : [.. rollout.Targets.Where(target => target.Stage == index).Select(target => new TargetView
            {
                Device = target.Device,
                State = target.State,
                Percent = target.State == TargetState.Downloading ? driver.Progress(rollout.Id, target.Device) : null,
                Reason = target.Reason,
                Generation = target.Generation,
                From = target.From,
                Connection = DeviceViews.StateOf(devices.Find(target.Device)),
            })],
        };
    }
}
