namespace EdgeRuntime.Statistics.Quality;

/// <summary>How right a model was where the truth is known: what the bands around estimates follow from.</summary>
public sealed record MeasuredQuality
{
    /// <summary>Answers to labels against what was true, of the positive label against all others; empty for values.</summary>
    public ConfusionCounts Confusion { get; init; }

    /// <summary>Labels: answers that were right, whatever the label.</summary>
    public long Right { get; init; }

    /// <summary>Labels: how far the area under the ROC curve strays; NaN where it cannot be known.</summary>
    public SamplingError Auc { get; init; } = new(double.NaN, double.NaN);

    /// <summary>Values: standard deviation of the magnitudes of the errors; NaN for labels.</summary>
    public double AbsoluteDeviation { get; init; } = double.NaN;

    /// <summary>
    /// Share of answers whose being right or wrong is worth an independent observation; above 0, at most 1. Neighbouring samples of a
    /// sensor are wrong together, and a band that took them for independent would be many times too narrow.
    /// </summary>
    public double EffectiveShare { get; init; } = 1;

    /// <summary>Of the share of right answers, whatever the label.</summary>
    public SamplingError Accuracy
    {
        get
        {
            double share = (double)Right / Confusion.Total;
            return new SamplingError(Math.Sqrt(share * (1 - share)), 1);
        }
    }

    /// <summary>Share of independent observations of a series whose neighbours are correlated, as those of a first-order process are.</summary>
    /// <param name="errors">What each answer cost, in the order of time.</param>
    /// <param name="starts">Where recordings begin; 0 need not be among them.</param>
    /// <returns><c>(1 - r) / (1 + r)</c> for a correlation r of neighbours, within 0.005 to 1.</returns>
    public static double ShareOf(ReadOnlySpan<double> errors, IReadOnlySet<int> starts)
    {
        double mean = 0;
        foreach (double error in errors)
        {
            mean += error / errors.Length;
        }

        double products = 0;
        double squares = 0;
        for (int i = 0; i < errors.Length; i++)
        {
            squares += (errors[i] - mean) * (errors[i] - mean);
            products += i > 0 && !starts.Contains(i) ? (errors[i] - mean) * (errors[i - 1] - mean) : 0;
        }

        const double MostCorrelated = 0.99;
        double correlation = squares > 0 ? Math.Clamp(products / squares, 0, MostCorrelated) : 0;
        return (1 - correlation) / (1 + correlation);
    }
}
