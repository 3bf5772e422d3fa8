namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// Scores of positives and of negatives on <see cref="ScoreBins"/>: the area under the ROC curve in constant memory, and
/// from any number of devices.
/// </summary>
/// <remarks>Adds up exactly in any order. Recording allocates nothing. Not thread-safe.</remarks>
public sealed class ScoreHistogram
{
    private readonly long[] _positives = new long[ScoreBins.Count];
    private readonly long[] _negatives = new long[ScoreBins.Count];

    /// <summary>Scores of what was the label, by bin.</summary>
    public ReadOnlySpan<long> Positives => _positives;

    /// <summary>Scores of what was not, by bin.</summary>
    public ReadOnlySpan<long> Negatives => _negatives;

    /// <summary>Counts one score.</summary>
    /// <param name="score">What the model said for the probability of the label; 0 to 1.</param>
    public void Record(double score, bool wasTrue) => (wasTrue ? _positives : _negatives)[ScoreBins.BinOf(score)]++;

    /// <summary>Adds counts, exactly.</summary>
    /// <param name="positives">Shape [64], at least 0, as <paramref name="negatives"/>.</param>
    /// <exception cref="FormatException">There are not 64 of each, or one is negative; nothing was added.</exception>
    public void Add(ReadOnlySpan<long> positives, ReadOnlySpan<long> negatives)
    {
        if (positives.Length != ScoreBins.Count || negatives.Length != ScoreBins.Count
            || positives.ContainsAnyInRange(long.MinValue, -1) || negatives.ContainsAnyInRange(long.MinValue, -1))
        {
            throw new FormatException($"a score histogram has twice {ScoreBins.Count} counts of at least 0");
        }

        for (int bin = 0; bin < ScoreBins.Count; bin++)
        {
            _positives[bin] = checked(_positives[bin] + positives[bin]);
            _negatives[bin] = checked(_negatives[bin] + negatives[bin]);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_positives);
        Array.Clear(_negatives);
    }

    /// <summary>Area under the ROC curve, within 0.005 of that of the scores themselves; NaN while one side is empty.</summary>
    public double Auc
    {
        get
        {
            Span<double> positives = stackalloc double[ScoreBins.Count];
            Span<double> negatives = stackalloc double[ScoreBins.Count];
            for (int bin = 0; bin < ScoreBins.Count; bin++)
            {
                positives[bin] = _positives[bin];
                negatives[bin] = _negatives[bin];
            }

            return BinnedAuc.Of(positives, negatives);
        }
    }
}
