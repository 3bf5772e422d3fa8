using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>The answers of one answerer, the model or the baseline, against the truth.</summary>
public sealed class AnswerSum
{
    /// <summary>Begins for answers like these.</summary>
    /// <exception cref="FormatException">They are neither of two or more labels nor of values.</exception>
    public AnswerSum(AnswerTally like)
    {
        if (like.Errors is ErrorTally errors)
        {
            Errors = errors.Exponent is >= ErrorSums.LeastExponent and <= ErrorSums.MostExponent
                ? new ErrorSums(errors.Exponent)
                : throw new FormatException($"errors in 2^{errors.Exponent} are impossible");
        }
        else
        {
            Labels = like.WasTrue.Count >= 2
                ? new LabelCounts(like.WasTrue.Count)
                : throw new FormatException("answers are neither of two or more labels nor of values");
        }
    }

    /// <summary>Of labels; null for values.</summary>
    public LabelCounts? Labels { get; }

    /// <summary>Of values; null for labels.</summary>
    public ErrorSums? Errors { get; }

    /// <summary>Whether answers are of the same kind, so that they can be added.</summary>
    public bool IsLike(AnswerTally tally) => tally.Errors?.Exponent == Errors?.Exponent && (Labels?.Labels ?? 0) == tally.WasTrue.Count;

    /// <summary>Adds answers, exactly.</summary>
    /// <exception cref="FormatException">No answers of the same kind can have been counted so; nothing was added.</exception>
    public void Add(AnswerTally tally)
    {
        if (tally.Errors is null != Errors is null)
        {
            throw new FormatException("labels and values cannot be added");
        }

        Labels?.Add(tally.WasTrue, tally.Said, tally.Right);
        if (tally.Errors is ErrorTally errors)
        {
            Errors!.Add(errors.Exponent, errors.Count, errors.Beyond, errors.Absolute, errors.Signed, errors.Squares, errors.Fourths);
        }
    }
}
