using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;
using Microsoft.Extensions.Logging;

namespace EdgeRuntime.Device.Serving;

/// <summary>A step of an update as the log, the live view and the fleet are told it.</summary>
internal static class UpdateTold
{
    /// <summary>Logs a step.</summary>
    /// <returns>One line for the live view; null for progress, which neither of them shows.</returns>
    public static string? Log(ILogger logger, UpdateStep step)
    {
        if (step.Progress is not null)
        {
            return null;
        }

        if (step.Shadow is ShadowCounts shadow)
        {
            string beside = $"{step.Line}: update {step.Deployment} said the same as the model {(step.State == UpdateState.Soaking ? "before" : "that answers")} on {shadow.Agreed} of {shadow.Samples} samples";
            DeviceLog.Told(logger, beside);
            return beside;
        }

        string state = step.State.ToString().ToLowerInvariant();
        if (step.Reason is string reason)
        {
            DeviceLog.UpdateEnded(logger, step.Line, step.Deployment, state, reason);
        }
        else
        {
            DeviceLog.UpdateStep(logger, step.Line, step.Deployment, state);
        }

        return $"{step.Line}: update {step.Deployment} {state}{(step.Reason is null ? "" : $": {step.Reason}")}";
    }

    /// <summary>The message for the fleet.</summary>
    public static UpdateMessage Message(UpdateStep step, MessageStamp stamp) => new()
    {
        Boot = stamp.Boot,
        Sequence = stamp.Next("update"),
        UnixMs = stamp.UnixMs,
        ClockSynchronized = stamp.ClockSynchronized,
        Deployment = step.Deployment,
        Generation = step.Generation,
        Model = step.Line,
        Digest = step.Digest,
        State = step.State,
        Reason = step.Reason,
        Shadow = step.Shadow,
        Percent = step.Progress?.Percent,
        Bytes = step.Progress?.Bytes,
        BytesPerSecond = step.Progress?.BytesPerSecond,
    };
}
