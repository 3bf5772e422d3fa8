using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What scores are worth as probabilities, by the tables of <c>reference.json</c>.</summary>
public sealed class AnswerEstimate
{
    private readonly CalibrationTable _calibration;
    private readonly CalibrationTable? _confidence;

    private AnswerEstimate(CalibrationTable calibration, CalibrationTable? confidence)
    {
        _calibration = calibration;
        _confidence = confidence;
    }

    /// <summary>That of a package; null where its reference has no calibration, or its scores are no probabilities.</summary>
    public static AnswerEstimate? For(AnswerMeaning meaning, ReferenceProfile reference)
    {
        if (!meaning.HasProbability || reference.Quality?.Calibration is not CalibrationKnots calibration)
        {
            return null;
        }

        CalibrationTable? confidence = reference.Quality.Confidence is CalibrationKnots knots
            ? new CalibrationTable(knots.Scores, knots.Probabilities)
            : meaning.Answers.Count > 2 ? CalibrationTable.Identity : null;
        return new AnswerEstimate(new CalibrationTable(calibration.Scores, calibration.Probabilities), confidence);
    }

    /// <summary>Adds an answer. Allocates nothing.</summary>
    /// <param name="score">Of the positive label.</param>
    /// <param name="said">Whether it was said.</param>
    /// <param name="confidence">Probability of what was said.</param>
    public void Record(ExpectedScores expected, double score, bool said, double confidence)
    {
        double probability = _calibration.Of(score);
        expected.Record(probability, said, _confidence?.Of(confidence) ?? (said ? probability : 1 - probability));
    }
}
