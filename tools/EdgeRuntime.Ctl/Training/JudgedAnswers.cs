using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Answers of a model whose truth is known, in the order of time; what devices learn of them by labels.</summary>
/// <param name="meaning">What answers are.</param>
internal sealed class JudgedAnswers(AnswerMeaning meaning)
{
    private readonly List<double[]> _values = [];
    private readonly List<double> _scores = [];
    private readonly List<double> _confidences = [];
    private readonly List<double> _said = [];
    private readonly List<double> _truths = [];
    private readonly HashSet<int> _starts = [];

    /// <summary>What answers are.</summary>
    public AnswerMeaning Meaning => meaning;

    /// <summary>Answers.</summary>
    public int Count => _truths.Count;

    /// <summary>Values of the features of each answer.</summary>
    public IReadOnlyList<double[]> Values => _values;

    /// <summary>Scores of the positive label, or the values; NaN where they are not known.</summary>
    public IReadOnlyList<double> Scores => _scores;

    /// <summary>Probabilities of what was said; NaN where they are not known.</summary>
    public IReadOnlyList<double> Confidences => _confidences;

    /// <summary>Where recordings begin.</summary>
    public IReadOnlySet<int> Starts => _starts;

    /// <summary>Begins another recording.</summary>
    public void Begin() => _starts.Add(Count);

    /// <summary>Adds an answer; one that is no number is passed over.</summary>
    /// <param name="values">Of the reference's features.</param>
    /// <param name="said">Number of the label, or the value.</param>
    /// <param name="truth">Number of the label, or the value.</param>
    public void Add(double[] values, double said, double score, double confidence, double truth)
    {
        if (double.IsFinite(said) && double.IsFinite(truth))
        {
            _values.Add(values);
            _said.Add(said);
            _scores.Add(score);
            _confidences.Add(confidence);
            _truths.Add(truth);
        }
    }

    /// <summary>Adds what a model said.</summary>
    /// <param name="decoded">Valid.</param>
    /// <param name="truth">As of the other; NaN where nobody knows.</param>
    public void Add(double[] values, in Decoded decoded, double truth) => Add(
        values, meaning.IsValue ? decoded.Score : meaning.LabelOf(decoded), meaning.ScoreOf(decoded), meaning.ConfidenceOf(decoded), truth);

    /// <summary>Whether an answer was right; of a value whether it is exactly the truth.</summary>
    public bool IsRight(int answer) => _said[answer] == _truths[answer];

    /// <summary>Whether the truth was the positive label.</summary>
    public bool WasPositive(int answer) => (int)_truths[answer] == meaning.Positive;

    /// <summary>Whether the positive label was said.</summary>
    public bool SaidPositive(int answer) => (int)_said[answer] == meaning.Positive;

    /// <summary>What each answer cost: 1 for a wrong label, the magnitude of a value's error.</summary>
    public double[] Losses() =>
    [
        .. Enumerable.Range(0, Count).Select(i => meaning.IsValue ? Math.Abs(_said[i] - _truths[i]) : IsRight(i) ? 0 : 1),
    ];
}
