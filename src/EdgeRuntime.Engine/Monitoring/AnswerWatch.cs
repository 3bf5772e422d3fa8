using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// What the sample path does so that answers can be judged later: remembers them, lets the baseline answer too, tells their groups
/// and sums their probabilities.
/// </summary>
/// <remarks>Allocates nothing once made. For the sample path only, but for what says otherwise.</remarks>
public sealed class AnswerWatch
{
    private AnswerWatch(ModelManifest manifest, ReferenceProfile reference, IReadOnlyList<string> values)
    {
        MonitoringSpec spec = manifest.Monitoring ?? new MonitoringSpec();
        Meaning = new AnswerMeaning(manifest);
        Ledger = spec.Labels is LabelsSpec labels ? new AnswerLedger(labels.Keep) : null;
        Baseline = spec.Baseline is BaselineSpec baseline ? new BaselineRule(baseline, Meaning.Answers, values) : null;
        Groups = spec.Groups is { Count: > 0 } groups ? new GroupReading(groups, values) : null;
        Estimate = AnswerEstimate.For(Meaning, reference);
        Labels = spec.Labels;
        Loss = Ledger is null ? null : AnswerLoss.For(reference, values);
    }

    /// <summary>What answers say.</summary>
    public AnswerMeaning Meaning { get; }

    /// <summary>The newest answers; null where no labels come.</summary>
    public AnswerLedger? Ledger { get; }

    /// <summary>The rule of thumb beside the model; null for none.</summary>
    public BaselineRule? Baseline { get; }

    /// <summary>How groups are told; null for none.</summary>
    public GroupReading? Groups { get; }

    /// <summary>What scores are worth; null where the reference does not say.</summary>
    public AnswerEstimate? Estimate { get; }

    /// <summary>How labels are joined; null where none come.</summary>
    public LabelsSpec? Labels { get; }

    /// <summary>What answers are expected to cost; null where the reference does not say, and where no labels come.</summary>
    public AnswerLoss? Loss { get; }

    /// <summary>That of a package; null where nothing of its answers is watched.</summary>
    /// <param name="values">Names of the pipeline's values, in their order.</param>
    public static AnswerWatch? For(ModelManifest manifest, ReferenceProfile reference, IReadOnlyList<string> values) =>
        manifest.Monitoring is { Labels: not null } or { Groups.Count: > 0 } || AnswerCounts.For(manifest, reference) is not null
            ? new AnswerWatch(manifest, reference, values)
            : null;

    /// <summary>Takes a valid answer.</summary>
    /// <param name="n">Its number.</param>
    /// <param name="values">The pipeline's values, before scaling.</param>
    /// <param name="unixMs">When its sample was taken.</param>
    /// <param name="counts">Of the window; null where nothing is counted.</param>
    public void Record(long n, in Decoded decoded, ReadOnlySpan<double> values, long unixMs, AnswerCounts? counts)
    {
        int label = Meaning.LabelOf(decoded);
        double score = Meaning.ScoreOf(decoded);
        double confidence = Meaning.ConfidenceOf(decoded);
        int cell = Groups?.CellOf(values) ?? 0;
        if (Groups is { WaitsForLabel: false })
        {
            counts?.Count(cell, label == Meaning.Positive);
        }

        if (counts?.Expected is ExpectedScores expected)
        {
            Estimate?.Record(expected, score, label == Meaning.Positive, confidence);
        }

        Ledger?.Write(n, new KnownAnswer(unixMs, label, score, confidence, Baseline?.Answer(values) ?? double.NaN, cell, Loss?.Of(values) ?? double.NaN));
    }
}
