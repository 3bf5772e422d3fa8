using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// What an answer says in the terms that truths have: a label with the probability of the positive one, or a value. The model's own
/// answer, before votes and hysteresis: labels judge the model.
/// </summary>
public sealed class AnswerMeaning
{
    private readonly bool _hasScores;
    private readonly double _threshold;

    /// <summary>Reads a manifest.</summary>
    public AnswerMeaning(ModelManifest manifest)
    {
        Answers = manifest.Output.Answers(manifest.Decision);
        _hasScores = manifest.Output.HasLabels();
        _threshold = manifest.Decision.Threshold;
        Positive = Answers.Count - 1;
        for (int label = 0; label < Answers.Count; label++)
        {
            Positive = Answers[label] == manifest.Monitoring?.Labels?.Positive ? label : Positive;
        }
    }

    /// <summary>What a truth may be; empty for values.</summary>
    public IReadOnlyList<string> Answers { get; }

    /// <summary>Number of the positive label; -1 for values.</summary>
    public int Positive { get; }

    /// <summary>True when answers are values.</summary>
    public bool IsValue => Answers.Count == 0;

    /// <summary>True when the score of the positive label is a probability.</summary>
    public bool HasProbability => _hasScores;

    /// <summary>Number of the label that was said; 0 for a value.</summary>
    public int LabelOf(in Decoded decoded) => IsValue ? 0 : _hasScores ? decoded.Label : decoded.Score >= _threshold ? 1 : 0;

    /// <summary>
    /// Score of the positive label, 0 to 1, or the value. A reconstruction's error e becomes <c>e / (e + threshold)</c>: it rises with
    /// the error, and is a half where the decision changes.
    /// </summary>
    public double ScoreOf(in Decoded decoded) =>
        IsValue ? decoded.Score
        : _hasScores ? decoded.Scores[Positive]
        : decoded.Score <= 0 ? 0
        : _threshold <= 0 ? 1
        : decoded.Score / (decoded.Score + _threshold);

    /// <summary>Probability of the label that was said; NaN where there is none.</summary>
    public double ConfidenceOf(in Decoded decoded) => _hasScores ? decoded.Score : double.NaN;
}
