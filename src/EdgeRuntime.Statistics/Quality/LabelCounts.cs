namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// What a classifier said against what was true, three counts for each label: how often it was true, was said, and was
/// both. Enough for accuracy and for every label's confusion matrix against all others, in a size that grows with the
/// labels and not with their square.
/// </summary>
/// <remarks>Adds up exactly in any order. Recording allocates nothing. Not thread-safe.</remarks>
public sealed class LabelCounts
{
    private readonly long[] _wasTrue;
    private readonly long[] _said;
    private readonly long[] _right;

    /// <summary>Creates empty counts.</summary>
    /// <param name="labels">Number of labels; at least 2.</param>
    public LabelCounts(int labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(labels, 2);
        _wasTrue = new long[labels];
        _said = new long[labels];
        _right = new long[labels];
    }

    /// <summary>Number of labels.</summary>
    public int Labels => _said.Length;

    /// <summary>Answers whose truth is known.</summary>
    public long Total { get; private set; }

    /// <summary>How often each label was the truth. Shape [labels].</summary>
    public ReadOnlySpan<long> WasTrue => _wasTrue;

    /// <summary>How often each label was said. Shape [labels].</summary>
    public ReadOnlySpan<long> Said => _said;

    /// <summary>How often each label was said rightly. Shape [labels].</summary>
    public ReadOnlySpan<long> Right => _right;

    /// <summary>Share of right answers, 0 to 1; NaN without answers.</summary>
    public double Accuracy => (double)Sum(_right) / Total;

    /// <summary>Mean over the labels that occurred, as truth or as answer, of their F1; NaN without answers.</summary>
    public double MacroF1
    {
        get
        {
            double sum = 0;
            int occurred = 0;
            for (int label = 0; label < Labels; label++)
            {
                if (_wasTrue[label] + _said[label] > 0)
                {
                    sum += Of(label).F1;
                    occurred++;
                }
            }

            return sum / occurred;
        }
    }

    /// <summary>One label against all others.</summary>
    public ConfusionCounts Of(int label) => new(
        _right[label],
        _said[label] - _right[label],
        Total - _wasTrue[label] - _said[label] + _right[label],
        _wasTrue[label] - _right[label]);

    /// <summary>Counts one answer. Allocates nothing.</summary>
    /// <param name="said">Number of the label that was said.</param>
    /// <param name="wasTrue">Number of the label that was true.</param>
    public void Record(int said, int wasTrue)
    {
        _said[said]++;
        _wasTrue[wasTrue]++;
        Total++;
        if (said == wasTrue)
        {
            _right[said]++;
        }
    }

    /// <summary>Adds counts as they went over the wire.</summary>
    /// <param name="wasTrue">Shape [labels], as <paramref name="said"/> and <paramref name="right"/>.</param>
    /// <exception cref="FormatException">No classifier can have counted that; nothing was added.</exception>
    public void Add(IReadOnlyList<long> wasTrue, IReadOnlyList<long> said, IReadOnlyList<long> right)
    {
        if (Mistake(wasTrue, said, right, Labels) is string mistake)
        {
            throw new FormatException(mistake);
        }

        for (int label = 0; label < Labels; label++)
        {
            _wasTrue[label] = checked(_wasTrue[label] + wasTrue[label]);
            _said[label] = checked(_said[label] + said[label]);
            _right[label] = checked(_right[label] + right[label]);
            Total = checked(Total + wasTrue[label]);
        }
    }

    /// <summary>Adds the counts of <paramref name="other"/>, exactly.</summary>
    public void Add(LabelCounts other) => Add(other._wasTrue, other._said, other._right);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_wasTrue);
        Array.Clear(_said);
        Array.Clear(_right);
        Total = 0;
    }

    /// <summary>Why no classifier of so many labels can have counted that, as a sentence; null when one can.</summary>
    public static string? Mistake(
        IReadOnlyList<long> wasTrue, IReadOnlyList<long> said, IReadOnlyList<long> right, int labels)
    {
        if (wasTrue.Count != labels || said.Count != labels || right.Count != labels)
        {
            return $"counts of {wasTrue.Count}, {said.Count} and {right.Count} labels are not those of {labels}";
        }

        Int128 truths = 0;
        Int128 answers = 0;
        for (int label = 0; label < labels; label++)
        {
            if (right[label] < 0 || right[label] > wasTrue[label] || right[label] > said[label])
            {
                return $"label {label} is right {right[label]} times, true {wasTrue[label]} and said {said[label]} times";
            }

            truths += wasTrue[label];
            answers += said[label];
        }

        return truths == answers ? null : $"{truths} truths stand against {answers} answers";
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
}
