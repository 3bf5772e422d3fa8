using System.Globalization;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Fleet.Rollouts;

/// <summary>Judges whether a new model answers differently from the old one, though devices differ in what they see.</summary>
/// <remarks>
/// <para>
/// Comparing the canary with the control alone would halt every good model whose canary happens to live in another place.
/// So the <i>change</i> is compared, difference in differences. With the shares of each label (Jeffreys' prior) <c>a0, a1</c>
/// on the devices of the stage before and after the switch, and <c>b0, b1</c> on the devices that kept their package over
/// the same time:
/// </para>
/// <list type="number">
/// <item>the own change is the stability index of <c>a0</c> and <c>a1</c>;</item>
/// <item>
/// what the day alone would have made of the canary is <c>e ~ a0 * b1 / b0</c>, each ratio kept within 1/8 to 8, and the
/// unexplained change is the index of <c>e</c> and <c>a1</c>;
/// </item>
/// <item>
/// the shift is the smaller of the two: a change that the others share is the world's, and a canary that did not change
/// at all is not made guilty by the others.
/// </item>
/// </list>
/// <para>
/// That alone would halt a good model whose canary was idle before and is busy now, and pass one that swaps two labels of
/// equal frequency. So where inputs can be compared (<see cref="InputMatch"/>), they decide: on how many of the inputs
/// that the old package saw too, on any device, the new one answers otherwise. Above the tolerated share, with 99 %
/// confidence (Wilson), it fails. A better model answers otherwise too, where the old one was wrong; hence half of the
/// samples are tolerated unless the operator says less. Given the inputs, answers do not repeat each other the way a
/// machine's states do, so here every sample counts.
/// </para>
/// <para>
/// Where most of the inputs are new, a shift up to the smallest effect passes, and a larger one waits for inputs both have
/// seen. Where nothing is known about inputs, the shift itself decides, against chance between samples of their
/// <i>effective</i> sizes: above it fails, between the smallest effect and it, waits.
/// </para>
/// <para>
/// Without any window from before, the canary is compared with the control itself, and the inputs decide as above.
/// Bins of a regression or a reconstruction are compared only while both packages use the same.
/// </para>
/// </remarks>
public static class PredictionShift
{
    private const double Level = 0.001;
    private const double Confidence = 0.99;
    private const double Prior = 0.5;
    private const double RatioMost = 8;
    private const double MatchedNeeded = 0.5;

    internal static (GateCriterion Criterion, PredictionTable? Table) Judge(GateEvidence evidence, GateGroups groups)
    {
        string[] labels = [.. groups.CanaryAfter.Labels.Union(groups.CanaryBefore.Labels)
            .Union(groups.ControlAfter.Labels).Union(groups.ControlBefore.Labels)];
        if (labels.Length == 0)
        {
            return (Criterion(evidence, groups, null, null, GateVerdict.Waiting, $"No prediction of {evidence.Version} counted yet."), null);
        }

        PredictionTable table = new()
        {
            Labels = labels,
            CanaryBefore = Aligned(groups.CanaryBefore, labels),
            CanaryAfter = Aligned(groups.CanaryAfter, labels),
            ControlBefore = Aligned(groups.ControlBefore, labels),
            ControlAfter = Aligned(groups.ControlAfter, labels),
        };
        return (Compare(evidence, groups, table), table);
    }

    private static GateCriterion Compare(GateEvidence evidence, GateGroups groups, PredictionTable table)
    {
        if (groups.CanaryAfter.Samples < evidence.Limits.MinSamples)
        {
            long missing = evidence.Limits.MinSamples - groups.CanaryAfter.Samples;
            return Criterion(evidence, groups, null, evidence.Limits.MinPredictionShift, GateVerdict.Waiting,
                Invariant($"Waits for {missing} more predictions of {evidence.Version}."));
        }

        if (!evidence.IsClassification && !groups.CanaryAfter.Labels.SequenceEqual(table.Labels))
        {
            return Criterion(evidence, groups, null, null, GateVerdict.Unknown,
                "Left out: the two packages count their predictions on different bins.");
        }

        bool hasBefore = groups.CanaryBefore.Samples > 0;
        bool hasControl = groups.ControlAfter.Samples > 0;
        if (!hasBefore && !hasControl)
        {
            return Criterion(evidence, groups, null, null, GateVerdict.Unknown,
                "Left out: no device has a window of another package to compare with.");
        }

        double shift = hasBefore
            ? Math.Min(PopulationStability.Index(ToSpan(table.CanaryBefore), ToSpan(table.CanaryAfter)), Unexplained(table))
            : PopulationStability.Index(ToSpan(table.ControlAfter), ToSpan(table.CanaryAfter));
        double? others = groups.ControlBefore.Samples > 0 && hasControl
            ? PopulationStability.Index(ToSpan(table.ControlBefore), ToSpan(table.ControlAfter))
            : null;
        string compared = others is double own ? Invariant($", those of the devices compared with by {own:0.00}") : "";
        string finding = Invariant($"Predictions shifted by {shift:0.00} nats{compared}");
        InputMatch match = InputMatch.Of(evidence);
        if (match.Matched >= MatchedNeeded * match.Total && match.Matched > 0)
        {
            return ByInputs(evidence, groups, match, finding, others);
        }

        double tolerated = evidence.Limits.MinPredictionShift;
        if (shift <= tolerated)
        {
            return Criterion(evidence, groups, shift, tolerated, GateVerdict.Pass, Invariant($"{finding}; up to {tolerated:0.00} is tolerated."), others);
        }

        if (match.Total == 0)
        {
            long basis = hasBefore ? groups.CanaryBefore.Samples : groups.ControlAfter.Samples;
            return ByShiftAlone(evidence, groups, table, basis, shift, finding, others);
        }

        double unseen = 1 - ((double)match.Matched / match.Total);
        return Criterion(evidence, groups, shift, Math.Max(tolerated, shift), GateVerdict.Waiting,
            Invariant($"{finding}, but {unseen:P0} of the inputs were never seen under the old package; waits for inputs both have seen."), others);
    }

    private static GateCriterion ByInputs(
        GateEvidence evidence, GateGroups groups, InputMatch match, string finding, double? others)
    {
        double share = match.Disagreement;
        double value = ProportionInterval.Wilson((long)Math.Round(share * match.Matched), match.Matched, Confidence).Low;
        double limit = evidence.Limits.MaxDisagreement;
        string seen = Invariant($"On inputs both packages saw, {evidence.Version} answers otherwise on {share:P0} of {match.Matched} samples, surely on {value:P0}");
        return (value <= limit
            ? Criterion(evidence, groups, value, limit, GateVerdict.Pass, Invariant($"{seen}; up to {limit:P0} is tolerated. {finding}."), others)
            : Criterion(evidence, groups, value, limit, GateVerdict.Fail, Invariant($"{seen}, and at most {limit:P0} is tolerated: {match.Worst}. {finding}."), others))
            with
        { Unit = "share" };
    }

    private static GateCriterion ByShiftAlone(
        GateEvidence evidence, GateGroups groups, PredictionTable table, long basis, double shift, string finding, double? others)
    {
        double chance = Chance(table, basis, groups.CanaryAfter.Samples, evidence.EffectiveShare);
        double limit = Math.Max(evidence.Limits.MinPredictionShift, chance);
        return shift > limit
            ? Criterion(evidence, groups, shift, limit, GateVerdict.Fail, Invariant($"{finding}; at most {limit:0.00} is tolerated."), others)
            : Criterion(evidence, groups, shift, limit, GateVerdict.Waiting,
                Invariant($"{finding}; with so few independent samples chance alone makes up to {chance:0.00}."), others);
    }

    // The index of what the others' change makes of the canary, and what the canary became.
    private static double Unexplained(PredictionTable table)
    {
        double[] after = Shares(table.CanaryAfter);
        double[] expected = Shares(table.CanaryBefore);
        if (table.ControlBefore.Sum() > 0 && table.ControlAfter.Sum() > 0)
        {
            double[] from = Shares(table.ControlBefore);
            double[] to = Shares(table.ControlAfter);
            double sum = 0;
            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] *= Math.Clamp(to[i] / from[i], 1 / RatioMost, RatioMost);
                sum += expected[i];
            }

            for (int i = 0; i < expected.Length; i++)
            {
                expected[i] /= sum;
            }
        }

        double index = 0;
        for (int i = 0; i < after.Length; i++)
        {
            index += (after[i] - expected[i]) * Math.Log(after[i] / expected[i]);
        }

        return index;
    }

    private static double Chance(PredictionTable table, long basis, long after, double effectiveShare)
    {
        int live = 0;
        for (int i = 0; i < table.Labels.Count; i++)
        {
            live += table.CanaryBefore[i] + table.CanaryAfter[i] + table.ControlAfter[i] > 0 ? 1 : 0;
        }

        return PopulationStability.Threshold(Math.Max(live, 2), basis * effectiveShare, after * effectiveShare, Level);
    }

    private static double[] Shares(IReadOnlyList<long> counts)
    {
        double total = counts.Sum() + (Prior * counts.Count);
        return [.. counts.Select(count => (count + Prior) / total)];
    }

    private static long[] Aligned(WindowSum sum, string[] labels)
    {
        long[] counts = new long[labels.Length];
        for (int i = 0; i < sum.Labels.Count; i++)
        {
            counts[Array.IndexOf(labels, sum.Labels[i])] += sum.Counts[i];
        }

        return counts;
    }

    private static ReadOnlySpan<long> ToSpan(IReadOnlyList<long> counts) => counts as long[] ?? [.. counts];

    private static GateCriterion Criterion(
        GateEvidence evidence, GateGroups groups, double? value, double? limit, GateVerdict verdict, string detail,
        double? control = null) => new()
    {
        Name = "predictions",
        Title = "Shift of predictions",
        Verdict = verdict,
        Value = value,
        Limit = limit,
        Unit = "nats",
        Samples = groups.CanaryAfter.Samples,
        SamplesNeeded = evidence.Limits.MinSamples,
        ControlValue = control,
        ControlSamples = groups.ControlAfter.Samples,
        Detail = detail,
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
