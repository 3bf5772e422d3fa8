using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>
/// Adds up what windows of one package say of quality, exactly: the same sum whatever their order, and whatever devices they come
/// from. Not thread-safe.
/// </summary>
public sealed class QualitySum
{
    private readonly SortedDictionary<string, long> _unjoined = new(StringComparer.Ordinal);
    private readonly ScoreHistogram _scores = new();
    private readonly ReliabilityBins _reliability = new();
    private readonly ExpectedScores _expected = new();
    private readonly ExpectedScores _expectedOfLabelled = new();

    /// <summary>Windows added.</summary>
    public int Windows { get; private set; }

    /// <summary>Labels that came.</summary>
    public long Received { get; private set; }

    /// <summary>Of these, those that were joined with their answer.</summary>
    public long Joined { get; private set; }

    /// <summary>The others, by cause.</summary>
    public IReadOnlyDictionary<string, long> Unjoined => _unjoined;

    /// <summary>Joined labels by how long they took; see <see cref="QualityCounts.LagSeconds"/>.</summary>
    public long[] LagSeconds { get; } = new long[32];

    /// <summary>The label that precision, recall and groups are about; null before the first window that says it.</summary>
    public string? Positive { get; private set; }

    /// <summary>The model's answers; null before the first labelled one.</summary>
    public AnswerSum? Model { get; private set; }

    /// <summary>The baseline's; null where there is none.</summary>
    public AnswerSum? Baseline { get; private set; }

    /// <summary>Scores of labelled answers.</summary>
    public ScoreHistogram Scores => _scores;

    /// <summary>Confidence of labelled answers against whether they were right.</summary>
    public ReliabilityBins Reliability => _reliability;

    /// <summary>What is expected of all answers.</summary>
    public ExpectedScores Expected => _expected;

    /// <summary>What was expected of the labelled ones: how far this was off is how far the estimate can be trusted.</summary>
    public ExpectedScores ExpectedOfLabelled => _expectedOfLabelled;

    /// <summary>What groups came to; null before the first window that tells of them.</summary>
    public GroupSum? Groups { get; private set; }

    /// <summary>Sum of the expected losses, in 2^-40; with <see cref="LossAnswers"/>.</summary>
    public Int128 LossParts { get; private set; }

    /// <summary>Answers that the expected loss is of.</summary>
    public long LossAnswers { get; private set; }

    /// <summary>What the expected loss is; null before the first window that tells it.</summary>
    public string? LossKind { get; private set; }

    /// <summary>Sum of what was expected of the labelled answers, in 2^-40; with <see cref="LabelledLossAnswers"/>.</summary>
    public Int128 LabelledLossParts { get; private set; }

    /// <summary>Labelled answers that <see cref="LabelledLossParts"/> is of.</summary>
    public long LabelledLossAnswers { get; private set; }

    /// <summary>Adds one window.</summary>
    /// <exception cref="FormatException">No device can have counted that, or not of the same package as the windows before; some of it may have been added.</exception>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public void Add(WindowMessage window)
    {
        Windows++;
        if (window.Expected is ExpectedTally expected)
        {
            Add(_expected, expected);
        }

        if (window.Loss is LossTally loss)
        {
            LossKind ??= loss.Kind;
            LossParts = checked(LossParts + loss.Parts);
            LossAnswers = checked(LossAnswers + loss.Answers);
        }

        if (window.Groups is GroupCounts groups)
        {
            Groups ??= new GroupSum(groups.Axes, groups.Positive);
            Groups.Add(groups);
        }

        if (window.Quality is QualityCounts quality)
        {
            Add(quality);
        }
    }

    /// <summary>Why a window cannot be added to those before, though a device may have counted it: they count other things. Null when it can.</summary>
    public string? Mismatch(WindowMessage window) =>
        LossKind is not null && window.Loss is { } loss && loss.Kind != LossKind ? "its expected loss is of another kind"
        : Groups is not null && window.Groups is { } groups && !Groups.IsLike(groups) ? "its groups are others"
        : window.Quality is not { } quality ? null
        : Positive is not null && quality.Positive != Positive ? "its positive label is another"
        : Model is not null && !Model.IsLike(quality.Model) ? "its answers are of another kind"
        : Baseline is not null && quality.Baseline is { } baseline && !Baseline.IsLike(baseline) ? "its baseline's answers are of another kind"
        : null;

    private void Add(QualityCounts quality)
    {
        Received = checked(Received + quality.Received);
        Joined = checked(Joined + quality.Joined);
        Positive ??= quality.Positive;
        foreach ((string cause, long count) in quality.Unjoined)
        {
            _unjoined[cause] = checked(_unjoined.GetValueOrDefault(cause) + count);
        }

        long[] lags = quality.LagSeconds.ToArray(LagSeconds.Length);
        for (int bin = 0; bin < lags.Length; bin++)
        {
            LagSeconds[bin] = lags[bin] < 0 ? throw new FormatException("a count of lags is negative") : checked(LagSeconds[bin] + lags[bin]);
        }

        Model ??= new AnswerSum(quality.Model);
        Model.Add(quality.Model);
        if (quality.Baseline is AnswerTally baseline)
        {
            Baseline ??= new AnswerSum(baseline);
            Baseline.Add(baseline);
        }

        _scores.Add(
            quality.Positives?.ToArray(ScoreBins.Count) ?? new long[ScoreBins.Count], quality.Negatives?.ToArray(ScoreBins.Count) ?? new long[ScoreBins.Count]);
        if (quality.Reliability is ReliabilityTally reliability)
        {
            _reliability.Add(
                reliability.Answers.ToArray(ReliabilityBins.Count), reliability.Right.ToArray(ReliabilityBins.Count), reliability.Parts.ToArray(ReliabilityBins.Count));
        }

        if (quality.Expected is ExpectedTally expected)
        {
            Add(_expectedOfLabelled, expected);
        }

        if (quality.Loss is LossTally loss)
        {
            LabelledLossParts = checked(LabelledLossParts + loss.Parts);
            LabelledLossAnswers = checked(LabelledLossAnswers + loss.Answers);
        }
    }

    private static void Add(ExpectedScores sum, ExpectedTally tally) => sum.Add(
        tally.Scores.ToArray(ScoreBins.Count), tally.Parts.ToArray(ScoreBins.Count), tally.Selected, tally.SelectedParts, tally.RightParts);
}
