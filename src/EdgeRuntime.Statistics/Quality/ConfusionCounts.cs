namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// Answers by what was true, for one label against all others. Whole numbers, so the counts of any two windows or devices
/// add up exactly.
/// </summary>
/// <param name="TruePositives">Said to be the label, and it was; at least 0, as all of them.</param>
/// <param name="FalsePositives">Said to be the label, and it was not.</param>
/// <param name="TrueNegatives">Said not to be the label, and it was not.</param>
/// <param name="FalseNegatives">Said not to be the label, and it was.</param>
public readonly record struct ConfusionCounts(
    long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives)
{
    /// <summary>Answers whose truth is known.</summary>
    public long Total => checked(TruePositives + FalsePositives + TrueNegatives + FalseNegatives);

    /// <summary>Of these, those that were the label.</summary>
    public long Positives => checked(TruePositives + FalseNegatives);

    /// <summary>Of these, those that were not.</summary>
    public long Negatives => checked(TrueNegatives + FalsePositives);

    /// <summary>Of these, those that were said to be the label.</summary>
    public long Selected => checked(TruePositives + FalsePositives);

    /// <summary>Share of right answers, 0 to 1; NaN without answers.</summary>
    public double Accuracy => Share(TruePositives + TrueNegatives, Total);

    /// <summary>Share of true ones among those said to be the label; NaN when none was.</summary>
    public double Precision => Share(TruePositives, Selected);

    /// <summary>Share of the label's that were found (sensitivity, true positive rate); NaN when there was none.</summary>
    public double Recall => Share(TruePositives, Positives);

    /// <summary>Share of the others that were left alone (true negative rate); NaN when there was none.</summary>
    public double Specificity => Share(TrueNegatives, Negatives);

    /// <summary>Share of the others that were said to be the label; NaN when there was none.</summary>
    public double FalsePositiveRate => Share(FalsePositives, Negatives);

    /// <summary>Share of answers that said the label; NaN without answers.</summary>
    public double SelectionRate => Share(Selected, Total);

    /// <summary>Harmonic mean of precision and recall, <c>2 TP / (2 TP + FP + FN)</c>; NaN when the label neither was nor was said.</summary>
    public double F1 => 2.0 * TruePositives / (2.0 * TruePositives + FalsePositives + FalseNegatives);

    /// <summary>Both together.</summary>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static ConfusionCounts operator +(ConfusionCounts one, ConfusionCounts other) => new(
        checked(one.TruePositives + other.TruePositives),
        checked(one.FalsePositives + other.FalsePositives),
        checked(one.TrueNegatives + other.TrueNegatives),
        checked(one.FalseNegatives + other.FalseNegatives));

    /// <summary>Counts one answer.</summary>
    public ConfusionCounts With(bool said, bool wasTrue) => (said, wasTrue) switch
    {
        (true, true) => this with { TruePositives = TruePositives + 1 },
        (true, false) => this with { FalsePositives = FalsePositives + 1 },
        (false, false) => this with { TrueNegatives = TrueNegatives + 1 },
        (false, true) => this with { FalseNegatives = FalseNegatives + 1 },
    };

    private static double Share(long part, long whole) => (double)part / whole;
}
