using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Says what the counts of a window come to: estimates of quality with their bands, each beside its own error once labels came.</summary>
public sealed class EstimateReport
{
    private readonly MeasuredQuality? _measured;
    private readonly int _positive;

    /// <summary>That of a package.</summary>
    public EstimateReport(ModelManifest manifest, ReferenceProfile reference)
    {
        _positive = new AnswerMeaning(manifest).Positive;
        _measured = reference.Quality?.Measured is MeasuredReference measured ? MeasuredOf(measured) : null;
    }

    /// <summary>The estimates of a window; null where it tells nothing that one follows from.</summary>
    public IReadOnlyList<QualityEstimate>? Of(WindowMessage window)
    {
        List<QualityEstimate> estimates = [];
        if (window.Expected is ExpectedTally expected)
        {
            estimates.AddRange(MetricEstimate.Of(ScoresOf(expected), _measured).Select(estimate => Told(estimate, window.Quality)));
        }

        if (window.Loss is LossTally loss && MetricEstimate.Of(loss.Kind, loss.Parts, loss.Answers, _measured) is MetricEstimate cost)
        {
            estimates.Add(Told(cost, window.Quality));
        }

        return estimates.Count > 0 ? estimates : null;
    }

    private QualityEstimate Told(MetricEstimate estimate, QualityCounts? quality) => new()
    {
        Metric = estimate.Metric,
        Value = estimate.Value,
        Low = double.IsNaN(estimate.Low) ? null : estimate.Low,
        High = double.IsNaN(estimate.High) ? null : estimate.High,
        Answers = estimate.Answers,
        Labelled = quality is { Joined: > 0 } && Held(estimate.Metric, quality) is { } pair
            && double.IsFinite(pair.Estimated) && double.IsFinite(pair.Actual)
                ? new EstimateError(quality.Joined, pair.Estimated, pair.Actual)
                : null,
    };

    // What was expected of the labelled answers, and what they came to.
    private (double Estimated, double Actual)? Held(string metric, QualityCounts quality)
    {
        double loss = quality.Loss is LossTally told ? MetricEstimate.Expected(told.Kind, told.Parts, told.Answers) : double.NaN;
        if (metric == MetricEstimate.Absolute)
        {
            return quality.Model.Errors is ErrorTally errors ? (loss, SumsOf(errors).MeanAbsolute) : null;
        }

        LabelCounts labels = new(quality.Model.WasTrue.Count);
        labels.Add(quality.Model.WasTrue, quality.Model.Said, quality.Model.Right);
        if (metric == MetricEstimate.Error)
        {
            return (loss, 1 - labels.Accuracy);
        }

        if (quality.Expected is not ExpectedTally tally)
        {
            return null;
        }

        ExpectedScores expected = ScoresOf(tally);
        return metric switch
        {
            MetricEstimate.Accuracy => (expected.Accuracy, labels.Accuracy),
            MetricEstimate.F1 => (expected.Confusion.F1, labels.Of(_positive).F1),
            _ => (expected.Auc, AucOf(quality)),
        };
    }

    private static double AucOf(QualityCounts quality)
    {
        ScoreHistogram scores = new();
        scores.Add(
            quality.Positives?.ToArray(ScoreBins.Count) ?? new long[ScoreBins.Count],
            quality.Negatives?.ToArray(ScoreBins.Count) ?? new long[ScoreBins.Count]);
        return scores.Auc;
    }

    private static ErrorSums SumsOf(ErrorTally errors)
    {
        ErrorSums sums = new(errors.Exponent);
        sums.Add(errors.Exponent, errors.Count, errors.Beyond, errors.Absolute, errors.Signed, errors.Squares, errors.Fourths);
        return sums;
    }

    private static ExpectedScores ScoresOf(ExpectedTally tally)
    {
        ExpectedScores scores = new();
        scores.Add(tally.Scores.ToArray(ScoreBins.Count), tally.Parts.ToArray(ScoreBins.Count), tally.Selected, tally.SelectedParts, tally.RightParts);
        return scores;
    }

    private static MeasuredQuality MeasuredOf(MeasuredReference measured) => new()
    {
        Confusion = new ConfusionCounts(
            measured.TruePositives ?? 0, measured.FalsePositives ?? 0, measured.TrueNegatives ?? 0, measured.FalseNegatives ?? 0),
        Right = measured.Right ?? 0,
        Auc = new SamplingError(measured.AucDeviation ?? double.NaN, measured.AucShare ?? double.NaN),
        AbsoluteDeviation = measured.AbsoluteDeviation ?? double.NaN,
        EffectiveShare = measured.EffectiveShare,
    };
}
