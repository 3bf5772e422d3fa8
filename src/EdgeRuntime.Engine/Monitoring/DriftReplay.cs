using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// Judges stored windows of one package again, through the device's own code, and holds each verdict against the one that the
/// device told.
/// </summary>
/// <remarks>Give it the windows of one device in the order in which they were made; a new boot begins anew, as the device did.</remarks>
public sealed class DriftReplay(ModelManifest manifest, ModelId digest, ReferenceProfile reference)
{
    private readonly AlarmSpec _spec = (manifest.Monitoring ?? new MonitoringSpec()).Alarms;
    private BootId _boot;
    private DriftHorizon? _horizon;
    private DriftAlarm? _alarm;

    /// <summary>Judges the next window.</summary>
    /// <param name="refusal">Why it is not judged, when the answer is null.</param>
    public ReplayedWindow? Take(WindowMessage window, out string refusal)
    {
        WindowCounters counters = new(manifest, reference, whole: false);
        refusal = window.Digest != digest ? $"it is of package {window.Digest.Short}, not {digest.Short}"
            : window.Merged > 0 ? $"{window.Merged} others were merged into it because the device had no room, so its verdict rests on what is gone"
            : counters.Add(window) ?? "";
        if (refusal.Length > 0)
        {
            return null;
        }

        if (_horizon is null || _alarm is null || window.Boot != _boot)
        {
            _boot = window.Boot;
            _horizon = new DriftHorizon(manifest, reference);
            _alarm = new DriftAlarm(_spec);
        }

        DriftVerdict verdict = _horizon.Add(counters, window.Sequence);
        AlarmChange change = _alarm.Take(verdict, window.StartUnixMs, window.EndUnixMs);
        return new ReplayedWindow
        {
            Window = window,
            Verdict = verdict,
            Change = change,
            State = _alarm.State,
            Difference = Difference(window, verdict),
        };
    }

    // Of statistics and thresholds, the largest; relative where they are above 1.
    private static double Difference(WindowMessage window, DriftVerdict verdict)
    {
        double largest = 0;
        for (int i = 0; i < verdict.Features.Count; i++)
        {
            FeatureCounts told = window.Features[i];
            largest = Math.Max(largest, Apart(told.Psi, verdict.Features[i].Verdict.Index));
            largest = Math.Max(largest, Apart(told.Threshold, verdict.Features[i].Verdict.Threshold));
            largest = Math.Max(largest, Apart(told.Test?.Ratio ?? 0, verdict.Features[i].Test is null ? 0 : verdict.Features[i].Ratio));
        }

        return largest;
    }

    // NaN is never told; should it be, it is as far away as can be.
    private static double Apart(double told, double again)
    {
        double difference = Math.Abs(told - again) / Math.Max(1, Math.Abs(again));
        return told.Equals(again) ? 0 : double.IsNaN(difference) ? double.PositiveInfinity : difference;
    }
}

/// <summary>One window, judged again.</summary>
public sealed record ReplayedWindow
{
    /// <summary>The window as it was told.</summary>
    public required WindowMessage Window { get; init; }

    /// <summary>The verdict, from the stored counts.</summary>
    public required DriftVerdict Verdict { get; init; }

    /// <summary>What it did to the alarm.</summary>
    public required AlarmChange Change { get; init; }

    /// <summary>Where the alarm stands after it.</summary>
    public required AlarmState State { get; init; }

    /// <summary>
    /// Largest difference of a statistic or threshold from what the device told, relative where they are above 1: 0 on the same
    /// architecture, below 1e-12 on another. More means that windows before it are missing.
    /// </summary>
    public required double Difference { get; init; }
}
