namespace EdgeRuntime.Statistics.Quality;

/// <summary>What a metric of quality is expected to be without labels, and how far it may be off by chance alone.</summary>
/// <remarks>
/// The band is NannyML's, three sampling errors either way, but of so many answers as are independent. It knows of chance and not of a
/// change in what is true for the same inputs, so an estimate never decides alone.
/// </remarks>
/// <param name="Metric">One of the names below.</param>
/// <param name="Value">The estimate.</param>
/// <param name="Low">Lower end of the band; NaN where the reference does not tell how far answers differ.</param>
/// <param name="High">Upper end of the band; NaN as <paramref name="Low"/>.</param>
/// <param name="Answers">Answers that it is of.</param>
public readonly record struct MetricEstimate(string Metric, double Value, double Low, double High, long Answers)
{
    /// <summary>Share of right answers, from calibrated probabilities.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>F1 of the positive label, from calibrated probabilities.</summary>
    public const string F1 = "f1";

    /// <summary>Area under the ROC curve of the positive label, from calibrated probabilities.</summary>
    public const string Auc = "auc";

    /// <summary>Share of wrong answers, from where their inputs lie.</summary>
    public const string Error = "error";

    /// <summary>Mean absolute error of values, from where their inputs lie.</summary>
    public const string Absolute = "absolute";

    /// <summary>Sampling errors on either side of an estimate.</summary>
    public const double Errors = 3;

    /// <summary>All that follows from calibrated probabilities; metrics that nothing can be told of are left out.</summary>
    /// <param name="measured">Null for estimates without a band.</param>
    public static IReadOnlyList<MetricEstimate> Of(ExpectedScores expected, MeasuredQuality? measured)
    {
        long answers = expected.Total;
        double share = measured?.EffectiveShare ?? 1;
        MetricEstimate[] all =
        [
            Within(Accuracy, expected.Accuracy, measured?.Accuracy, answers, share, 1),
            Within(F1, expected.Confusion.F1, measured is null ? null : SamplingError.F1(measured.Confusion), answers, share, 1),
            Within(Auc, expected.Auc, measured?.Auc, answers, share, 1),
        ];
        return [.. all.Where(estimate => double.IsFinite(estimate.Value))];
    }

    /// <summary>What follows from where inputs lie; null without answers.</summary>
    /// <param name="metric"><see cref="Error"/> or <see cref="Absolute"/>.</param>
    /// <param name="parts">Sum of the expected losses; see <see cref="AdditiveLoss.Parts(long)"/>.</param>
    /// <param name="measured">Null for an estimate without a band.</param>
    public static MetricEstimate? Of(string metric, Int128 parts, long answers, MeasuredQuality? measured)
    {
        bool isShare = metric == Error;
        SamplingError? error = measured is null ? null : isShare ? measured.Accuracy : new SamplingError(measured.AbsoluteDeviation, 1);
        double value = Expected(metric, parts, answers);
        return double.IsFinite(value)
            ? Within(metric, value, error, answers, measured?.EffectiveShare ?? 1, isShare ? 1 : double.MaxValue)
            : null;
    }

    /// <summary>The mean of expected losses as a metric: a sum of amounts may fall below 0, and a share beyond 1. NaN without answers.</summary>
    /// <param name="metric">As of <see cref="Of(string, Int128, long, MeasuredQuality?)"/>.</param>
    public static double Expected(string metric, Int128 parts, long answers) =>
        Math.Clamp(AdditiveLoss.Mean(parts, answers), 0, metric == Error ? 1 : double.MaxValue);

    private static MetricEstimate Within(string metric, double value, SamplingError? error, long answers, double share, double largest)
    {
        double half = Errors * (error?.Of(answers * share) ?? double.NaN);
        return double.IsFinite(half)
            ? new MetricEstimate(metric, value, Math.Max(value - half, 0), Math.Min(value + half, largest), answers)
            : new MetricEstimate(metric, value, double.NaN, double.NaN, answers);
    }
}
