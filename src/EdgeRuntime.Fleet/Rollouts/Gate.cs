using System.Globalization;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>
/// Judges a stage by how the model behaves in use, against devices that still run the old one over the same time. Pure:
/// the same evidence always gets the same finding.
/// </summary>
/// <remarks>
/// <para>
/// <b>installs</b>: devices that refused or undid the package. More than tolerated fails at once. The only criterion of a package
/// without a model, whose devices judge it themselves.
/// </para>
/// <para><b>samples</b>: what the stage served under the new package; every device of it must have sent a window.</para>
/// <para>
/// <b>errors</b>: the lower end of the 99 % interval (Newcombe on Wilson) of the canary's share of failed inferences less
/// the control's; above the limit fails at once, however few samples it took. Without control, less the canary's own
/// share before the switch.
/// </para>
/// <para>
/// <b>latency</b>: the lower end of the 99 % interval of the canary's 99th percentile, so that one preempted inference
/// proves nothing, against <c>max(baseline * ratio, baseline + slack)</c>, where the baseline is the upper end of the
/// same interval of the control's, or of the canary's own before the switch where that is higher.
/// </para>
/// <para><b>predictions</b>: see <see cref="PredictionShift"/>.</para>
/// <para>
/// <b>drift</b>: the lower end of the 95 % interval of the share of drifting windows less the control's, or less the
/// canary's own before the switch where that is higher.
/// </para>
/// </remarks>
public static class Gate
{
    private const double Confidence = 0.99;
    private const double DriftConfidence = 0.95;
    private const double WorstQuantile = 0.99;
    private const int MinDriftWindows = 3;
    private const double NanosecondsPerMs = 1e6;

    /// <summary>Judges a stage.</summary>
    public static GateFinding Judge(GateEvidence evidence)
    {
        GateGroups groups = GateGroups.Of(evidence);
        (GateCriterion predictions, PredictionTable? table) = PredictionShift.Judge(evidence, groups);
        GateCriterion[] criteria = evidence.WithoutWindows ? [Installs(evidence)] :
        [
            Installs(evidence), Samples(evidence, groups), Errors(evidence, groups), Latency(evidence, groups), predictions,
            Drift(evidence, groups),
        ];
        double soak = (evidence.AtMs - evidence.SoakSinceMs) / 1000.0;
        bool soaked = soak >= evidence.Limits.MinSoakSeconds;
        GateVerdict verdict = criteria.Any(c => c.Verdict == GateVerdict.Fail) ? GateVerdict.Fail
            : criteria.Any(c => c.Verdict == GateVerdict.Waiting) || !soaked ? GateVerdict.Waiting
            : GateVerdict.Pass;
        return new GateFinding
        {
            AtMs = evidence.AtMs,
            Stage = evidence.Stage,
            Verdict = verdict,
            Summary = Summary(verdict, criteria, evidence.Limits.MinSoakSeconds - soak),
            SoakSeconds = soak,
            SoakNeededSeconds = evidence.Limits.MinSoakSeconds,
            Canary = [.. evidence.Canary.Select(device => device.Device)],
            Control = [.. groups.ControlDevices.Select(device => device.Device)],
            Criteria = criteria,
            Predictions = evidence.WithoutWindows ? null : table,
        };
    }

    private static string Summary(GateVerdict verdict, GateCriterion[] criteria, double soakLeft)
    {
        GateCriterion? decisive = criteria.FirstOrDefault(c => c.Verdict == verdict);
        return verdict switch
        {
            GateVerdict.Pass => "Every criterion is met.",
            GateVerdict.Fail => decisive!.Detail,
            _ when decisive is not null => decisive.Detail,
            _ => Invariant($"Soaks for another {Math.Max(soakLeft, 0):0} s."),
        };
    }

    private static GateCriterion Installs(GateEvidence evidence) => new()
    {
        Name = "installs",
        Title = "Failed installs",
        Verdict = evidence.FailedInstalls > evidence.ToleratedInstalls ? GateVerdict.Fail : GateVerdict.Pass,
        Value = evidence.FailedInstalls,
        Limit = evidence.ToleratedInstalls,
        Unit = "devices",
        Samples = evidence.Canary.Count + evidence.Earlier.Count,
        SamplesNeeded = 1,
        Detail = evidence.FailedInstalls == 0
            ? "No device refused or undid the package."
            : Invariant($"{evidence.FailedInstalls} devices refused or undid the package; {evidence.ToleratedInstalls} are tolerated."),
    };

    private static GateCriterion Samples(GateEvidence evidence, GateGroups groups)
    {
        long needed = evidence.Limits.MinSamples;
        long seen = groups.CanaryAfter.Samples;
        string[] silent = [.. evidence.Canary.Where(device => device.After.Windows == 0).Select(device => device.Device.ToString())];
        bool enough = seen >= needed && silent.Length == 0;
        return new GateCriterion
        {
            Name = "samples",
            Title = "Samples seen",
            Verdict = enough ? GateVerdict.Pass : GateVerdict.Waiting,
            Value = seen,
            Limit = needed,
            Unit = "samples",
            Samples = seen,
            SamplesNeeded = needed,
            ControlValue = groups.HasControl ? groups.ControlAfter.Samples : null,
            ControlSamples = groups.ControlAfter.Samples,
            Detail = enough ? Invariant($"{seen} samples served by {evidence.Version}.")
                : silent.Length > 0 ? $"Waits for the first window of {evidence.Version} from {string.Join(", ", silent.Take(3))}."
                : Invariant($"Waits for {needed - seen} more samples of {evidence.Version}."),
        };
    }

    private static GateCriterion Errors(GateEvidence evidence, GateGroups groups)
    {
        WindowSum judged = groups.Exposed;
        WindowSum baseline = groups.Baseline;
        double limit = evidence.Limits.MaxErrorShare;
        double worse = judged.Samples == 0 ? 0
            : baseline.Samples == 0 ? ProportionInterval.Wilson(judged.Failed, judged.Samples, Confidence).Low
            : ProportionInterval.Difference(judged.Failed, judged.Samples, baseline.Failed, baseline.Samples, Confidence).Low;
        double value = Math.Max(worse, 0);
        string compared = baseline.Samples == 0 ? "" : Invariant($", {Share(baseline.Failed, baseline.Samples)} {groups.BaselineName}");
        return new GateCriterion
        {
            Name = "errors",
            Title = "Error share",
            Verdict = value > limit ? GateVerdict.Fail : Enough(judged.Samples, evidence),
            Value = value,
            Limit = limit,
            Unit = "share",
            Samples = judged.Samples,
            SamplesNeeded = evidence.Limits.MinSamples,
            ControlValue = baseline.Samples == 0 ? null : (double)baseline.Failed / baseline.Samples,
            ControlSamples = baseline.Samples,
            Detail = judged.Samples == 0
                ? $"No inference of {evidence.Version} counted yet."
                : Invariant($"{judged.Failed} of {judged.Samples} inferences of {evidence.Version} failed ({Share(judged.Failed, judged.Samples)}{compared}); surely worse by {value:P2}, and {limit:P2} is tolerated."),
        };
    }

    private static GateCriterion Latency(GateEvidence evidence, GateGroups groups)
    {
        GateLimits limits = evidence.Limits;
        LatencyHistogram judged = WindowTally.Latency(groups.Exposed);
        LatencyHistogram control = WindowTally.Latency(groups.ControlAfter);
        LatencyHistogram before = WindowTally.Latency(groups.CanaryBefore);
        double value = judged.QuantileInterval(WorstQuantile, Confidence).Low / NanosecondsPerMs;
        double baseline = Math.Max(
            control.QuantileInterval(WorstQuantile, Confidence).High,
            before.QuantileInterval(WorstQuantile, Confidence).High) / NanosecondsPerMs;
        double? relative = control.Count + before.Count == 0
            ? null
            : Math.Max(baseline * limits.MaxP99Ratio, baseline + limits.P99SlackMs);
        double? limit = (relative, limits.MaxP99Ms) switch
        {
            (double r, double a) => Math.Min(r, a),
            (double r, null) => r,
            (null, double a) => a,
            _ => null,
        };
        double seen = judged.Quantile(WorstQuantile) / NanosecondsPerMs;
        string against = limit is double most ? Invariant($"the limit is {most:0.###} ms") : "there is nothing to compare with";
        return new GateCriterion
        {
            Name = "latency",
            Title = "p99 of inference",
            Verdict = judged.Count < limits.MinSamples ? GateVerdict.Waiting
                : limit is null ? GateVerdict.Unknown
                : value > limit ? GateVerdict.Fail
                : GateVerdict.Pass,
            Value = judged.Count == 0 ? null : value,
            Limit = limit,
            Unit = "ms",
            Samples = judged.Count,
            SamplesNeeded = limits.MinSamples,
            ControlValue = relative is null ? null : baseline,
            ControlSamples = control.Count,
            Detail = judged.Count == 0
                ? $"No inference of {evidence.Version} was timed yet."
                : Invariant($"99 % of the inferences of {evidence.Version} took at most {seen:0.###} ms, surely more than {value:0.###} ms; {against}."),
        };
    }

    private static GateCriterion Drift(GateEvidence evidence, GateGroups groups)
    {
        WindowSum judged = groups.Exposed;
        double limit = evidence.Limits.MaxDriftShareIncrease;
        WindowSum baseline = DriftShare(groups.ControlAfter) >= DriftShare(groups.CanaryBefore)
            ? groups.ControlAfter
            : groups.CanaryBefore;
        double worse = judged.Windows == 0 ? 0
            : baseline.Windows == 0 ? ProportionInterval.Wilson(judged.Drifting, judged.Windows, DriftConfidence).Low
            : ProportionInterval.Difference(judged.Drifting, judged.Windows, baseline.Drifting, baseline.Windows, DriftConfidence).Low;
        double value = Math.Max(worse, 0);
        return new GateCriterion
        {
            Name = "drift",
            Title = "Share of drifting windows",
            Verdict = judged.Windows < MinDriftWindows ? GateVerdict.Waiting
                : value > limit ? GateVerdict.Fail
                : GateVerdict.Pass,
            Value = value,
            Limit = limit,
            Unit = "share",
            Samples = judged.Windows,
            SamplesNeeded = MinDriftWindows,
            ControlValue = baseline.Windows == 0 ? null : DriftShare(baseline),
            ControlSamples = baseline.Windows,
            Detail = judged.Windows < MinDriftWindows
                ? Invariant($"Waits for {MinDriftWindows - judged.Windows} more windows of {evidence.Version}.")
                : Invariant($"{judged.Drifting} of {judged.Windows} windows under {evidence.Version} drifted, {baseline.Drifting} of {baseline.Windows} of those compared with; surely more by {value:P0}, and {limit:P0} is tolerated."),
        };
    }

    private static GateVerdict Enough(long samples, GateEvidence evidence) =>
        samples >= evidence.Limits.MinSamples ? GateVerdict.Pass : GateVerdict.Waiting;

    private static double DriftShare(WindowSum sum) => sum.Windows == 0 ? 0 : (double)sum.Drifting / sum.Windows;

    private static string Share(long part, long whole) => Invariant($"{(double)part / whole:P2}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The groups of devices a gate compares, added up.</summary>
internal sealed record GateGroups
{
    /// <summary>Devices that did not change at the switch: those on the old package or, where none is left, earlier stages'.</summary>
    public required IReadOnlyList<DeviceEvidence> ControlDevices { get; init; }

    /// <summary>True when the control runs the old package.</summary>
    public required bool HasControl { get; init; }

    public required WindowSum CanaryBefore { get; init; }

    public required WindowSum CanaryAfter { get; init; }

    public required WindowSum ControlBefore { get; init; }

    public required WindowSum ControlAfter { get; init; }

    /// <summary>Everything served under the new package, by this stage and the earlier ones.</summary>
    public required WindowSum Exposed { get; init; }

    /// <summary>What the old package did: the control since the switch or, without one, the canary before it.</summary>
    public WindowSum Baseline => HasControl && ControlAfter.Samples > 0 ? ControlAfter : CanaryBefore;

    public string BaselineName => HasControl && ControlAfter.Samples > 0 ? "on the devices compared with" : "before the switch";

    public static GateGroups Of(GateEvidence evidence)
    {
        bool hasControl = evidence.Control.Count > 0;
        IReadOnlyList<DeviceEvidence> unchanged = hasControl ? evidence.Control : evidence.Earlier;
        WindowSum earlier = WindowTally.Sum(evidence.Earlier.Select(device => device.After));
        WindowSum canaryAfter = WindowTally.Sum(evidence.Canary.Select(device => device.After));
        return new GateGroups
        {
            ControlDevices = unchanged,
            HasControl = hasControl,
            CanaryBefore = WindowTally.Sum(evidence.Canary.Select(device => device.Before)),
            CanaryAfter = canaryAfter,
            ControlBefore = WindowTally.Sum(unchanged.Select(device => device.Before)),
            ControlAfter = WindowTally.Sum(unchanged.Select(device => device.After)),
            Exposed = WindowTally.Sum([canaryAfter, earlier]),
        };
    }
}
