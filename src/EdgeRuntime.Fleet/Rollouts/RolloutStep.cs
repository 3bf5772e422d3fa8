using System.Text.Json.Serialization;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>One line of a rollout's history: a change of its state, or of one device's within it.</summary>
/// <param name="AtMs">When, UTC milliseconds.</param>
/// <param name="From">The state before; empty at the beginning.</param>
/// <param name="To">The state after.</param>
/// <param name="Cause">What happened, such as <c>gate judged</c>.</param>
/// <param name="Detail">One sentence for people.</param>
/// <param name="Device">The device whose state changed; null for the rollout's own.</param>
public sealed record RolloutStep(
    [property: JsonPropertyName("t")] long AtMs, string From, string To, string Cause, string Detail, string? Device = null)
{
    /// <summary>Every line that leads from one state of a rollout to another.</summary>
    internal static IEnumerable<RolloutStep> Between(Rollout? before, Rollout after, RolloutEvent? happened, long nowMs)
    {
        string cause = happened is null ? "started" : Name(happened);
        string from = before is null ? "" : Name(before.State);
        string to = Name(after.State);
        if (from != to)
        {
            yield return new RolloutStep(nowMs, from, to, cause, Sentence(after, happened));
        }

        for (int i = 0; i < after.Targets.Count; i++)
        {
            RolloutTarget target = after.Targets[i];
            RolloutTarget? old = before is not null && i < before.Targets.Count ? before.Targets[i] : null;
            if (!ReferenceEquals(old, target) && (old?.State ?? TargetState.Waiting) != target.State)
            {
                string device = target.Device.ToString();
                string reason = target.Reason is null ? "" : $": {target.Reason}";
                yield return new RolloutStep(
                    nowMs, Name(old?.State ?? TargetState.Waiting), Name(target.State), cause,
                    $"{device} is {Name(target.State)}{reason}.", device);
            }
        }
    }

    private static string Sentence(Rollout rollout, RolloutEvent? happened) => rollout.State switch
    {
        RolloutState.Installing state =>
            $"Stage {rollout.Plan.Stages[state.Stage].Name} begins: {rollout.Quota(state.Stage)} of {rollout.Targets.Count} devices may run {rollout.Package.Version}.",
        RolloutState.Soaking state => $"Every device of stage {rollout.Plan.Stages[state.Stage].Name} trusts {rollout.Package.Version}; the gate watches.",
        RolloutState.Completed => $"{rollout.Package.Version} is everywhere. {(happened as RolloutEvent.GateJudged)?.Summary}".TrimEnd(),
        RolloutState.Halted state => state.Reason,
        RolloutState.Reverting state => state.Reason,
        RolloutState.Reverted => "Every device within reach runs again what it ran before.",
        RolloutState.Kept state => state.Reason,
        _ => "",
    };

    private static string Name(RolloutState state) => state switch
    {
        RolloutState.Installing => Staged("running", state.Stage, "installing"),
        RolloutState.Soaking => Staged("running", state.Stage, "soaking"),
        RolloutState.Kept => "aborted",
        _ => state.GetType().Name.ToLowerInvariant(),
    };

    private static string Staged(string state, int stage, string phase) => FormattableString.Invariant($"{state} {stage} {phase}");

    private static string Name(TargetState state) => state.ToString().ToLowerInvariant();

    private static string Name(RolloutEvent happened) => happened switch
    {
        RolloutEvent.GateJudged => "gate judged",
        RolloutEvent.OrdersIssued => "orders issued",
        RolloutEvent.DeviceReported => "device reported",
        RolloutEvent.UpdateStepped => "update stepped",
        RolloutEvent.DeviceJoined => "device joined",
        RolloutEvent.PresenceChanged e => e.Online ? "device came back" : "device went away",
        RolloutEvent.AbortAsked => "abort asked",
        RolloutEvent.ResumeAsked => "resume asked",
        _ => "time passed",
    };
}
