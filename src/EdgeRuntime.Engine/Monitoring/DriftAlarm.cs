using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>The alarm of one model's inputs: takes the verdict on every window, in their order, and says when it is raised and when it ended.</summary>
/// <remarks>
/// Device and replay go through it alike. It knows no clock; its time is that of the windows. For one thread only.
/// </remarks>
public sealed class DriftAlarm(AlarmSpec spec)
{
    /// <summary>Where it stands.</summary>
    public AlarmState State { get; private set; } = AlarmState.Initial;

    /// <summary>Takes the verdict on one window.</summary>
    /// <param name="startUnixMs">The window's first sample.</param>
    /// <param name="endUnixMs">The window's last sample.</param>
    /// <returns>What changed.</returns>
    public AlarmChange Take(DriftVerdict verdict, long startUnixMs, long endUnixMs)
    {
        AlarmState before = State;
        State = AlarmState.Next(before, new AlarmEvidence(startUnixMs, endUnixMs, verdict.MaxRatio), spec);
        return AlarmState.Change(before, State);
    }

    /// <summary>What of a verdict is the cause of an alarm, the worst first; a feature that test and detector found stands here twice.</summary>
    public static IReadOnlyList<AlarmCause> CausesOf(DriftVerdict verdict) =>
        [.. verdict.Features.SelectMany(feature => CausesOf(feature, verdict.Samples)).OrderByDescending(cause => cause.Ratio)];

    private static IEnumerable<AlarmCause> CausesOf(FeatureDrift feature, long samples)
    {
        if (feature.Moved)
        {
            yield return new AlarmCause
            {
                Feature = feature.Name,
                Statistic = feature.Statistic,
                Value = feature.Test?.Statistic ?? feature.Verdict.Index,
                Threshold = feature.Test is ComparisonResult test ? double.IsNaN(test.Threshold) ? null : test.Threshold : feature.Verdict.Threshold,
                PValue = feature.PValue,
                Effect = feature.Test?.Effect,
                Ratio = feature.TestRatio,
                Samples = samples,
            };
        }

        if (feature.Signals is SignalFinding signals)
        {
            yield return new AlarmCause
            {
                Feature = feature.Name,
                Statistic = signals.Detector,
                Value = signals.Count,
                Ratio = 1 + signals.Count,
                Samples = samples,
            };
        }
    }
}
