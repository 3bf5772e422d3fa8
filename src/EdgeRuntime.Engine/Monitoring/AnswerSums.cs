using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Answers of one answerer, the model or the baseline, against the truth: labels or values.</summary>
/// <param name="meaning">What answers are.</param>
/// <param name="exponent">Of the sums of a regression's errors.</param>
internal sealed class AnswerSums(AnswerMeaning meaning, int exponent)
{
    private readonly LabelCounts? _labels = meaning.IsValue ? null : new LabelCounts(meaning.Answers.Count);
    private readonly ErrorSums? _errors = meaning.IsValue ? new ErrorSums(exponent) : null;

    /// <summary>Counts one answer: numbers of labels, or values.</summary>
    public void Count(double answer, double truth)
    {
        _labels?.Record((int)answer, (int)truth);
        _errors?.Record(answer - truth);
    }

    /// <summary>As it goes on the wire.</summary>
    public AnswerTally ToTally() => new()
    {
        WasTrue = _labels?.WasTrue.ToArray() ?? [],
        Said = _labels?.Said.ToArray() ?? [],
        Right = _labels?.Right.ToArray() ?? [],
        Errors = _errors is null ? null : new ErrorTally
        {
            Exponent = _errors.Exponent,
            Count = _errors.Count,
            Beyond = _errors.Beyond,
            Absolute = _errors.Absolute,
            Signed = _errors.Signed,
            Squares = _errors.Squares,
            Fourths = _errors.Fourths,
        },
    };

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _labels?.Clear();
        _errors?.Clear();
    }
}
