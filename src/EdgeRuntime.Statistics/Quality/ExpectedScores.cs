namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// Quality without labels, from calibrated probabilities alone (CBPE, confidence-based performance estimation, NannyML): an
/// answer that said the label with probability p is p of a true and 1 - p of a false positive.
/// </summary>
/// <remarks>
/// It knows nothing of a change in what the labels mean: on NannyML's own example data three chunks fall below the alert line
/// and it sees one. So it never decides alone; <see cref="Confusion"/> over answers whose labels came is held against what
/// was true. Adds up exactly in any order. Recording allocates nothing. Not thread-safe.
/// </remarks>
public sealed class ExpectedScores
{
    private readonly long[] _counts = new long[ScoreBins.Count];
    private readonly long[] _parts = new long[ScoreBins.Count];

    /// <summary>Answers by the bin of their calibrated probability of the label.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Sum of these probabilities by bin, in <see cref="Parts"/>.</summary>
    public ReadOnlySpan<long> PartsByBin => _parts;

    /// <summary>Answers that said the label.</summary>
    public long Selected { get; private set; }

    /// <summary>Sum of the probabilities of these, in <see cref="Parts"/>.</summary>
    public long SelectedParts { get; private set; }

    /// <summary>Sum of the calibrated probabilities that the answers are right, in <see cref="Parts"/>.</summary>
    public long RightParts { get; private set; }

    /// <summary>All answers.</summary>
    public long Total => Sum(_counts);

    /// <summary>Expected share of right answers over all labels, 0 to 1; NaN without answers.</summary>
    public double Accuracy => Parts.ToSum(RightParts) / Total;

    /// <summary>The confusion that is to be expected for the label.</summary>
    public ExpectedConfusion Confusion
    {
        get
        {
            double truePositives = Parts.ToSum(SelectedParts);
            double falseNegatives = Parts.ToSum(Sum(_parts)) - truePositives;
            return new ExpectedConfusion(truePositives, Selected - truePositives, Total - Selected - falseNegatives, falseNegatives);
        }
    }

    /// <summary>Expected area under the ROC curve; NaN without answers.</summary>
    public double Auc
    {
        get
        {
            Span<double> positives = stackalloc double[ScoreBins.Count];
            Span<double> negatives = stackalloc double[ScoreBins.Count];
            for (int bin = 0; bin < ScoreBins.Count; bin++)
            {
                positives[bin] = Parts.ToSum(_parts[bin]);
                negatives[bin] = _counts[bin] - positives[bin];
            }

            return BinnedAuc.Of(positives, negatives);
        }
    }

    /// <summary>Counts one answer.</summary>
    /// <param name="probability">Calibrated, that it is the label; 0 to 1.</param>
    /// <param name="said">Whether the model said the label.</param>
    /// <param name="right">Calibrated, that the model's answer is right; 0 to 1.</param>
    public void Record(double probability, bool said, double right)
    {
        long parts = Parts.Of(probability);
        int bin = ScoreBins.BinOf(probability);
        _counts[bin]++;
        _parts[bin] += parts;
        RightParts += Parts.Of(right);
        if (said)
        {
            Selected++;
            SelectedParts += parts;
        }
    }

    /// <summary>Adds sums, exactly.</summary>
    /// <param name="counts">Shape [64], as <paramref name="parts"/>.</param>
    /// <exception cref="FormatException">No answers can have made them; nothing was added.</exception>
    public void Add(ReadOnlySpan<long> counts, ReadOnlySpan<long> parts, long selected, long selectedParts, long rightParts)
    {
        if (counts.Length != ScoreBins.Count || parts.Length != ScoreBins.Count)
        {
            throw new FormatException($"expected scores have twice {ScoreBins.Count} counts, not {counts.Length} and {parts.Length}");
        }

        Int128 total = 0;
        Int128 all = 0;
        for (int bin = 0; bin < ScoreBins.Count; bin++)
        {
            if (counts[bin] < 0 || parts[bin] < 0 || parts[bin] > (Int128)counts[bin] * Parts.One)
            {
                throw new FormatException($"bin {bin} of the expected scores has {parts[bin]} parts of {counts[bin]} answers");
            }

            total += counts[bin];
            all += parts[bin];
        }

        if (selected < 0 || selected > total || selectedParts < 0 || selectedParts > Int128.Min(all, (Int128)selected * Parts.One)
            || all - selectedParts > (total - selected) * Parts.One || rightParts < 0 || rightParts > total * Parts.One)
        {
            throw new FormatException($"{selected} of {total} answers cannot have {selectedParts} parts of {all}, and {rightParts} right ones");
        }

        for (int bin = 0; bin < ScoreBins.Count; bin++)
        {
            _counts[bin] = checked(_counts[bin] + counts[bin]);
            _parts[bin] = checked(_parts[bin] + parts[bin]);
        }

        Selected = checked(Selected + selected);
        SelectedParts = checked(SelectedParts + selectedParts);
        RightParts = checked(RightParts + rightParts);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Array.Clear(_parts);
        Selected = 0;
        SelectedParts = 0;
        RightParts = 0;
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

/// <summary>A confusion of expected numbers, which need not be whole.</summary>
/// <param name="TruePositives">At least 0, as all of them.</param>
/// <param name="FalsePositives">Expected to be said wrongly.</param>
/// <param name="TrueNegatives">Expected to be left out rightly.</param>
/// <param name="FalseNegatives">Expected to be left out wrongly.</param>
public readonly record struct ExpectedConfusion(
    double TruePositives, double FalsePositives, double TrueNegatives, double FalseNegatives)
{
    /// <summary>Expected precision; NaN when nothing was said to be the label.</summary>
    public double Precision => TruePositives / (TruePositives + FalsePositives);

    /// <summary>Expected recall; NaN when nothing can be the label.</summary>
    public double Recall => TruePositives / (TruePositives + FalseNegatives);

    /// <summary>Expected specificity; NaN when all must be the label.</summary>
    public double Specificity => TrueNegatives / (TrueNegatives + FalsePositives);

    /// <summary>Expected F1; NaN when the label neither is said nor can be true.</summary>
    public double F1 => 2 * TruePositives / ((2 * TruePositives) + FalsePositives + FalseNegatives);
}
