using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>What sums of quality come to: metrics by labels with their intervals, and estimates without labels with their bands.</summary>
/// <remarks>
/// Intervals are of 95 %, of so many answers as are independent where the package's reference tells that; neighbouring samples are wrong
/// together.
/// </remarks>
internal sealed class QualityFigures
{
    private const double Confidence = 0.95;

    private readonly IReadOnlyList<string> _answers;
    private readonly MeasuredReference? _measured;
    private readonly MeasuredQuality? _quality;

    /// <param name="reference">The package's own; null where it brings none.</param>
    public QualityFigures(ModelManifest manifest, ReferenceProfile? reference)
    {
        _answers = manifest.Output.Answers(manifest.Decision);
        _measured = reference?.Quality?.Measured;
        _quality = _measured is null ? null : new MeasuredQuality
        {
            Confusion = new ConfusionCounts(
                _measured.TruePositives ?? 0, _measured.FalsePositives ?? 0, _measured.TrueNegatives ?? 0, _measured.FalseNegatives ?? 0),
            Right = _measured.Right ?? 0,
            Auc = new SamplingError(_measured.AucDeviation ?? double.NaN, _measured.AucShare ?? double.NaN),
            AbsoluteDeviation = _measured.AbsoluteDeviation ?? double.NaN,
            EffectiveShare = _measured.EffectiveShare,
        };
    }

    /// <summary>What labels say; empty before the first.</summary>
    public IReadOnlyList<MetricFigure> Realised(QualitySum sum) => sum.Model switch
    {
        { Labels: { Total: > 0 } labels } => [.. OfLabels(sum, labels).Where(metric => metric.Value is not null)],
        { Errors: { Count: > 0 } errors } => OfValues(errors, sum.Baseline?.Errors),
        _ => [],
    };

    /// <summary>What is expected without labels, each held against the labelled answers.</summary>
    public IReadOnlyList<EstimateFigure> Expected(QualitySum sum)
    {
        List<MetricEstimate> estimates = [.. MetricEstimate.Of(sum.Expected, _quality)];
        if (sum.LossKind is string kind && MetricEstimate.Of(kind, sum.LossParts, sum.LossAnswers, _quality) is MetricEstimate loss)
        {
            estimates.Add(loss);
        }

        return [.. estimates.Select(estimate => Figure(estimate, sum))];
    }

    private IEnumerable<MetricFigure> OfLabels(QualitySum sum, LabelCounts labels)
    {
        long right = Sum(labels.Right);
        LabelCounts? baseline = sum.Baseline?.Labels is { Total: > 0 } told ? told : null;
        yield return Share(MetricEstimate.Accuracy, right, labels.Total, baseline?.Accuracy, _measured is { Right: long known } ? known / (double)_measured.Answers : null);
        if (PositiveOf(sum) is not int positive || positive >= labels.Labels)
        {
            yield break;
        }

        ConfusionCounts counts = labels.Of(positive);
        ConfusionCounts? ofBaseline = baseline?.Of(positive);
        ConfusionCounts? measured = _quality?.Confusion is { Total: > 0 } reference ? reference : null;
        yield return About(MetricEstimate.F1, counts.F1, SamplingError.F1(counts).Of(counts.Total), counts.Total, ofBaseline?.F1, measured?.F1);
        yield return Share("precision", counts.TruePositives, counts.Selected, ofBaseline?.Precision, measured?.Precision);
        yield return Share("recall", counts.TruePositives, counts.Positives, ofBaseline?.Recall, measured?.Recall);
        yield return About(MetricEstimate.Auc, sum.Scores.Auc, SamplingError.Auc(sum.Scores).Of(counts.Total), counts.Total, null, _measured?.Auc);
        yield return new MetricFigure("calibration_error", Known(sum.Reliability.ExpectedError), null, null, counts.Total, null, null);
    }

    private IReadOnlyList<MetricFigure> OfValues(ErrorSums errors, ErrorSums? baseline) =>
    [
        About(MetricEstimate.Absolute, errors.MeanAbsolute, errors.MeanAbsoluteError, errors.Count, baseline?.MeanAbsolute, _measured?.Absolute),
        About("root_mean_square", errors.RootMeanSquare, errors.RootMeanSquareError, errors.Count, baseline?.RootMeanSquare, null),
        new("bias", Known(errors.Bias), null, null, errors.Count, Known(baseline?.Bias), null),
    ];

    private MetricFigure Share(string name, long events, long trials, double? baseline, double? reference)
    {
        (double low, double high) = ProportionInterval.Wilson(events, trials, Confidence);
        double value = (double)events / trials;
        double wider = 1 / Math.Sqrt(_quality?.EffectiveShare ?? 1);
        return new MetricFigure(
            name, Known(value), Known(Math.Max(value - ((value - low) * wider), 0)), Known(Math.Min(value + ((high - value) * wider), 1)), trials,
            Known(baseline), Known(reference));
    }

    private MetricFigure About(string name, double value, double error, long answers, double? baseline, double? reference)
    {
        double half = ProportionInterval.NormalQuantile(Confidence) * error / Math.Sqrt(_quality?.EffectiveShare ?? 1);
        double most = name is MetricEstimate.F1 or MetricEstimate.Auc ? 1 : double.MaxValue;
        return new MetricFigure(
            name, Known(value), Known(Math.Max(value - half, 0)), Known(Math.Min(value + half, most)), answers, Known(baseline), Known(reference));
    }

    private EstimateFigure Figure(MetricEstimate estimate, QualitySum sum)
    {
        LabelCounts? labels = sum.Model?.Labels is { Total: > 0 } told ? told : null;
        double loss = MetricEstimate.Expected(estimate.Metric, sum.LabelledLossParts, sum.LabelledLossAnswers);
        (double Estimated, double Actual) held = estimate.Metric switch
        {
            MetricEstimate.Accuracy => (sum.ExpectedOfLabelled.Accuracy, labels?.Accuracy ?? double.NaN),
            MetricEstimate.F1 => (
                sum.ExpectedOfLabelled.Confusion.F1, PositiveOf(sum) is int positive && labels?.Labels > positive ? labels.Of(positive).F1 : double.NaN),
            MetricEstimate.Auc => (sum.ExpectedOfLabelled.Auc, sum.Scores.Auc),
            MetricEstimate.Error => (loss, 1 - labels?.Accuracy ?? double.NaN),
            _ => (loss, sum.Model?.Errors?.MeanAbsolute ?? double.NaN),
        };
        bool isHeld = double.IsFinite(held.Estimated) && double.IsFinite(held.Actual);
        return new EstimateFigure(
            estimate.Metric, estimate.Value, Known(estimate.Low), Known(estimate.High), estimate.Answers, isHeld ? sum.Joined : 0,
            isHeld ? held.Estimated : null, isHeld ? held.Actual : null);
    }

    private int? PositiveOf(QualitySum sum)
    {
        int place = sum.Positive is string positive ? _answers.ToList().IndexOf(positive) : -1;
        return place >= 0 ? place : null;
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        long sum = 0;
        foreach (long count in counts)
        {
            sum += count;
        }

        return sum;
    }

    private static double? Known(double? value) => value is double number && double.IsFinite(number) ? number : null;
}

/// <summary>One metric by labels.</summary>
/// <param name="Name"><c>accuracy</c>, <c>f1</c>, <c>precision</c>, <c>recall</c>, <c>auc</c>, <c>calibration_error</c>; of values
/// <c>absolute</c>, <c>root_mean_square</c>, <c>bias</c>.</param>
/// <param name="Low">Of its interval of 95 %; null where it has none.</param>
/// <param name="Answers">Labelled answers that it is of.</param>
/// <param name="Baseline">What the rule of thumb of the manifest came to on the same samples; null without one.</param>
/// <param name="Reference">What the package's reference measured; null where it did not.</param>
public sealed record MetricFigure(string Name, double? Value, double? Low, double? High, long Answers, double? Baseline, double? Reference);

/// <summary>One metric as it is expected without labels. It never decides alone.</summary>
/// <param name="Metric">As in <see cref="Contracts.Messages.QualityEstimate.Metric"/>.</param>
/// <param name="Low">Of its band; null where the reference does not say how right the model was.</param>
/// <param name="Answers">Answers that it is of.</param>
/// <param name="LabelledAnswers">Answers whose labels came; 0 where it cannot be held against them.</param>
/// <param name="LabelledEstimated">What was expected of those.</param>
/// <param name="LabelledActual">What they came to.</param>
public sealed record EstimateFigure(
    string Metric, double Value, double? Low, double? High, long Answers, long LabelledAnswers, double? LabelledEstimated, double? LabelledActual);
