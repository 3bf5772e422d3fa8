using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Statistics.Fairness;

/// <summary>Whether a model treats groups alike, from a confusion for each group.</summary>
public sealed record FairnessReport
{
    /// <summary>Ratio of selection rates below which United States guidelines (29 CFR 1607.4 D) see an adverse impact.</summary>
    public const double FourFifths = 0.8;

    /// <summary>The shares of each group that got the label: demographic parity.</summary>
    public required Disparity Selection { get; init; }

    /// <summary>The shares of those found among those who were it: equal opportunity.</summary>
    public required Disparity TruePositiveRate { get; init; }

    /// <summary>The shares of those who got the label wrongly.</summary>
    public required Disparity FalsePositiveRate { get; init; }

    /// <summary>The shares of right answers.</summary>
    public required Disparity Accuracy { get; init; }

    /// <summary>Inequality between single cases, all groups together.</summary>
    public required BenefitInequality Inequality { get; init; }

    /// <summary>Equalized odds: the larger of the two differences of rates; NaN where one cannot be told.</summary>
    public double EqualizedOddsDifference => Math.Max(TruePositiveRate.Difference, FalsePositiveRate.Difference);

    /// <summary>Equalized odds: the smaller of the two ratios; NaN where one cannot be told.</summary>
    public double EqualizedOddsRatio => Math.Min(TruePositiveRate.Ratio, FalsePositiveRate.Ratio);

    /// <summary>
    /// The four-fifths rule: false where a group is selected less than four fifths as often as another; null where that
    /// cannot be told.
    /// </summary>
    public bool? KeepsFourFifths => double.IsNaN(Selection.Ratio) ? null : Selection.Ratio >= FourFifths;

    /// <summary>True when the four-fifths rule is broken by more than chance: the interval of the ratio lies below four fifths.</summary>
    public bool BreaksFourFifthsCertainly => Selection.RatioInterval.High < FourFifths;

    /// <summary>Compares groups.</summary>
    /// <param name="groups">One confusion for each group, those not known left out.</param>
    /// <param name="leastTrials">Cases that a group must have, for each rate those that it is a share of; at least 1. Below some
    /// thirty an interval says more about the interval than about the group.</param>
    /// <param name="confidence">Of each interval; 0 to 1 exclusive.</param>
    public static FairnessReport Of(ReadOnlySpan<ConfusionCounts> groups, long leastTrials, double confidence)
    {
        GroupShare[] selected = new GroupShare[groups.Length];
        GroupShare[] found = new GroupShare[groups.Length];
        GroupShare[] wronged = new GroupShare[groups.Length];
        GroupShare[] right = new GroupShare[groups.Length];
        ConfusionCounts all = default;
        for (int group = 0; group < groups.Length; group++)
        {
            ConfusionCounts counts = groups[group];
            selected[group] = new GroupShare(counts.Selected, counts.Total);
            found[group] = new GroupShare(counts.TruePositives, counts.Positives);
            wronged[group] = new GroupShare(counts.FalsePositives, counts.Negatives);
            right[group] = new GroupShare(counts.TruePositives + counts.TrueNegatives, counts.Total);
            all += counts;
        }

        return new FairnessReport
        {
            Selection = Disparity.Of(selected, leastTrials, confidence),
            TruePositiveRate = Disparity.Of(found, leastTrials, confidence),
            FalsePositiveRate = Disparity.Of(wronged, leastTrials, confidence),
            Accuracy = Disparity.Of(right, leastTrials, confidence),
            Inequality = BenefitInequality.Of(all, confidence),
        };
    }
}
