namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// Whether a classifier is as often right as it is sure: confidence against right answers on fifteen equal bins, and the
/// expected calibration error of them (Guo et al., On Calibration of Modern Neural Networks, 2017).
/// </summary>
/// <remarks>Adds up exactly in any order. Recording allocates nothing. Not thread-safe.</remarks>
public sealed class ReliabilityBins
{
    /// <summary>Number of bins, each 1/15 wide; the last holds 1 too.</summary>
    public const int Count = 15;

    private readonly long[] _answers = new long[Count];
    private readonly long[] _right = new long[Count];
    private readonly long[] _confidence = new long[Count];

    /// <summary>Answers by bin.</summary>
    public ReadOnlySpan<long> Answers => _answers;

    /// <summary>Right answers by bin.</summary>
    public ReadOnlySpan<long> Right => _right;

    /// <summary>Sum of the confidences by bin, in <see cref="Parts"/>.</summary>
    public ReadOnlySpan<long> Confidence => _confidence;

    /// <summary>
    /// Expected calibration error: mean over the answers of the difference, bin by bin, between confidence and share of
    /// right answers; 0 to 1, NaN without answers.
    /// </summary>
    public double ExpectedError
    {
        get
        {
            double sum = 0;
            long all = 0;
            for (int bin = 0; bin < Count; bin++)
            {
                sum += Math.Abs(_right[bin] - Parts.ToSum(_confidence[bin]));
                all += _answers[bin];
            }

            return sum / all;
        }
    }

    /// <summary>Counts one answer.</summary>
    /// <param name="confidence">Probability that the model gave its answer; 0 to 1, beyond it counts as the nearer end.</param>
    public void Record(double confidence, bool isRight)
    {
        long parts = Parts.Of(confidence);
        int bin = (int)Math.Min(parts * Count / Parts.One, Count - 1);
        _answers[bin]++;
        _confidence[bin] += parts;
        if (isRight)
        {
            _right[bin]++;
        }
    }

    /// <summary>Adds counts, exactly.</summary>
    /// <param name="answers">Shape [15], as the others.</param>
    /// <exception cref="FormatException">No classifier can have counted that; nothing was added.</exception>
    public void Add(ReadOnlySpan<long> answers, ReadOnlySpan<long> right, ReadOnlySpan<long> confidence)
    {
        if (answers.Length != Count || right.Length != Count || confidence.Length != Count)
        {
            throw new FormatException($"reliability bins are {Count}, not {answers.Length}, {right.Length} and {confidence.Length}");
        }

        for (int bin = 0; bin < Count; bin++)
        {
            if (right[bin] < 0 || right[bin] > answers[bin] || confidence[bin] < 0 || confidence[bin] > (Int128)answers[bin] * Parts.One)
            {
                throw new FormatException($"reliability bin {bin} has {right[bin]} right of {answers[bin]} answers of confidence {confidence[bin]}");
            }
        }

        for (int bin = 0; bin < Count; bin++)
        {
            _answers[bin] = checked(_answers[bin] + answers[bin]);
            _right[bin] = checked(_right[bin] + right[bin]);
            _confidence[bin] = checked(_confidence[bin] + confidence[bin]);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_answers);
        Array.Clear(_right);
        Array.Clear(_confidence);
    }
}
