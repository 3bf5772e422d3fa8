namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// How far a quality metric of a window strays by chance alone, from how single answers differ in the reference:
/// <c>sd / sqrt(n fraction)</c>, with the standard deviation over the answers that the metric looks at and their fraction
/// of all. The definition is NannyML's.
/// </summary>
/// <param name="Deviation">Standard deviation (population) of what one answer adds; NaN where the reference has no such answer.</param>
/// <param name="Fraction">Share of answers that the metric looks at, 0 to 1.</param>
public readonly record struct SamplingError(double Deviation, double Fraction)
{
    /// <summary>Standard error of the metric over a window.</summary>
    /// <param name="samples">Answers in the window, whether the metric looks at them or not.</param>
    /// <returns>NaN where it cannot be known; infinite for an empty window.</returns>
    public double Of(double samples) => Deviation / Math.Sqrt(samples * Fraction);

    /// <summary>Of the accuracy.</summary>
    public static SamplingError Accuracy(in ConfusionCounts reference) =>
        OfShare(reference.TruePositives + reference.TrueNegatives, reference.Total, reference.Total);

    /// <summary>Of the precision.</summary>
    public static SamplingError Precision(in ConfusionCounts reference) =>
        OfShare(reference.TruePositives, reference.Selected, reference.Total);

    /// <summary>Of the recall.</summary>
    public static SamplingError Recall(in ConfusionCounts reference) =>
        OfShare(reference.TruePositives, reference.Positives, reference.Total);

    /// <summary>Of the specificity.</summary>
    public static SamplingError Specificity(in ConfusionCounts reference) =>
        OfShare(reference.TrueNegatives, reference.Negatives, reference.Total);

    /// <summary>Of F1: a true positive adds <c>m / (TP + (FP + FN) / 2)</c> over the m answers that are not true negatives, the others 0.</summary>
    public static SamplingError F1(in ConfusionCounts reference)
    {
        long looked = reference.TruePositives + reference.FalsePositives + reference.FalseNegatives;
        SamplingError share = OfShare(reference.TruePositives, looked, reference.Total);
        double factor = looked / (reference.TruePositives + (0.5 * (reference.FalsePositives + reference.FalseNegatives)));
        return share with { Deviation = share.Deviation * factor };
    }

    /// <summary>
    /// Of the area under the ROC curve: the deviation, over the members of the rarer class, of the share of the other that
    /// each is ranked above.
    /// </summary>
    public static SamplingError Auc(ScoreHistogram reference)
    {
        long positives = Sum(reference.Positives);
        long negatives = Sum(reference.Negatives);
        bool swap = positives > negatives;
        ReadOnlySpan<long> rare = swap ? reference.Negatives : reference.Positives;
        ReadOnlySpan<long> other = swap ? reference.Positives : reference.Negatives;

        double below = 0;
        double sum = 0;
        double squares = 0;
        for (int bin = 0; bin < rare.Length; bin++)
        {
            // Within a bin the ranks are spread evenly.
            double share = (below + (other[bin] * 0.5)) / (swap ? positives : negatives);
            double width = other[bin] / (double)(swap ? positives : negatives);
            sum += rare[bin] * share;
            squares += rare[bin] * ((share * share) + (width * width / 12));
            below += other[bin];
        }

        double count = swap ? negatives : positives;
        double mean = sum / count;
        return new SamplingError(Math.Sqrt(Math.Max((squares / count) - (mean * mean), 0)), count / (positives + negatives));
    }

    private static SamplingError OfShare(long events, long looked, long all)
    {
        double share = (double)events / looked;
        return new SamplingError(Math.Sqrt(share * (1 - share)), (double)looked / all);
    }

    private static long Sum(ReadOnlySpan<long> counts)
    {
        long sum = 0;
        foreach (long count in counts)
        {
            sum = checked(sum + count);
        }

        return sum;
    }
}
