using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Protobuf;
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
        WindowCounters counters = new(manifest, reference, ledger: null);
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
        FeatureCounts[] again = [.. verdict.Features.Select(FeatureReport.Of)];
        double difference = Difference(window, again);
        bool isSame = window.VerdictHash is null ? difference == 0 : window.VerdictHash == VerdictHash.Of(again);
        return new ReplayedWindow
        {
            Window = window,
            Verdict = verdict,
            Change = change,
            State = _alarm.State,
            Difference = difference,
            IsSame = isSame,
        };
    }

    // Of statistics and thresholds, the largest; relative where they are above 1. What was told rounded is compared as it would be told again.
    private static double Difference(WindowMessage told, FeatureCounts[] again)
    {
        double largest = 0;
        for (int i = 0; i < again.Length; i++)
        {
            FeatureCounts feature = told.Features[i];
            (double index, double threshold) = (again[i].Psi, again[i].Threshold);
            if (told.VerdictHash is not null)
            {
                RoundedIndex rounded = new(index, threshold);
                (index, threshold) = (rounded.Index, rounded.Threshold);
            }

            largest = Math.Max(largest, Apart(feature.Psi, index));
            largest = Math.Max(largest, Apart(feature.Threshold, threshold));
            largest = Math.Max(largest, Apart(feature.Test?.Ratio ?? 0, again[i].Test?.Ratio ?? 0));
        }

        return largest;
    }

    /// <summary>How far a figure is from the one that was told, relative where it is above 1. NaN is never told; should it be, it is as far away as can be.</summary>
    public static double Apart(double told, double again)
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
    /// architecture, below 1e-12 on another; of figures that were told rounded, as protobuf tells them, the difference of the rounded ones.
    /// More means that windows before it are missing.
    /// </summary>
    public required double Difference { get; init; }

    /// <summary>True when every figure is the device's, bit for bit, also where the message tells them rounded.</summary>
    public required bool IsSame { get; init; }
}
