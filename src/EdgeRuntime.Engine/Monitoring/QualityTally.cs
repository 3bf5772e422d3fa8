using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What the labels that came in one window said. For the thread that takes labels.</summary>
internal sealed class QualityTally
{
    // Bin 31 reaches to 2^31 seconds, and whatever is longer counts there.
    private const int LagBins = 32;

    private readonly AnswerWatch _watch;
    private readonly SortedDictionary<string, long> _unjoined = new(StringComparer.Ordinal);
    private readonly long[] _lags = new long[LagBins];
    private readonly AnswerSums _model;
    private readonly AnswerSums? _baseline;
    private readonly ScoreHistogram _scores = new();
    private readonly ReliabilityBins _reliability = new();
    private readonly ExpectedScores _expected = new();
    private readonly string? _lossKind;
    private readonly ErrorWatch? _errors;
    private Int128 _loss;
    private long _received;
    private long _joined;

    public QualityTally(AnswerWatch watch, ReferenceProfile reference)
    {
        _watch = watch;
        _lossKind = watch.Loss is null ? null : reference.Quality?.Loss?.Kind;
        _errors = ErrorWatch.For(watch.Labels, watch.Meaning, reference);
        int exponent = ErrorSums.ExponentOf(
            reference.PredictionBins is { Edges.Count: > 0 } bins ? Math.Max(Math.Abs(bins.Edges[0]), Math.Abs(bins.Edges[^1])) : 1);
        _model = new AnswerSums(watch.Meaning, exponent);
        _baseline = watch.Baseline is null ? null : new AnswerSums(watch.Meaning, exponent);
    }

    /// <summary>Counts a label that could not be joined.</summary>
    public void CountUnjoined(string cause)
    {
        _received++;
        _unjoined[cause] = _unjoined.GetValueOrDefault(cause) + 1;
    }

    /// <summary>Counts an answer whose truth is known.</summary>
    /// <param name="truth">Number of a label, or a value.</param>
    /// <param name="unixMs">When the label came; before its sample where the clock was set, which counts as at once.</param>
    public void Count(in KnownAnswer answer, double truth, long unixMs)
    {
        _received++;
        _joined++;
        long seconds = Math.Max(unixMs - answer.UnixMs, 0) / 1000;
        _lags[seconds == 0 ? 0 : Math.Min(System.Numerics.BitOperations.Log2((ulong)seconds) + 1, LagBins - 1)]++;
        _loss += double.IsNaN(answer.Loss) ? 0 : AdditiveLoss.Fixed(answer.Loss);
        AnswerMeaning meaning = _watch.Meaning;
        double said = meaning.IsValue ? answer.Score : answer.Label;
        _model.Count(said, truth);
        _errors?.Take(said, truth, unixMs);
        if (!double.IsNaN(answer.Baseline))
        {
            _baseline?.Count(answer.Baseline, truth);
        }

        if (meaning.IsValue)
        {
            return;
        }

        _scores.Record(answer.Score, (int)truth == meaning.Positive);
        if (meaning.HasProbability)
        {
            _reliability.Record(answer.Confidence, answer.Label == (int)truth);
            _watch.Estimate?.Record(_expected, answer.Score, answer.Label == meaning.Positive, answer.Confidence);
        }
    }

    /// <summary>The counts as they go on the wire, and begins anew; null where no label came.</summary>
    public QualityCounts? Take()
    {
        if (_received == 0)
        {
            return null;
        }

        AnswerMeaning meaning = _watch.Meaning;
        QualityCounts counts = new()
        {
            Received = _received,
            Joined = _joined,
            Unjoined = new Dictionary<string, long>(_unjoined),
            LagSeconds = SparseCounts.Of(_lags),
            Model = _model.ToTally(),
            Baseline = _baseline?.ToTally(),
            Positive = meaning.IsValue ? null : meaning.Answers[meaning.Positive],
            Positives = meaning.IsValue ? null : SparseCounts.Of(_scores.Positives),
            Negatives = meaning.IsValue ? null : SparseCounts.Of(_scores.Negatives),
            Reliability = meaning.HasProbability ? ToTally(_reliability) : null,
            Expected = _watch.Estimate is null ? null : AnswerCounts.ToTally(_expected),
            Loss = _lossKind is null ? null : new LossTally { Kind = _lossKind, Answers = _joined, Parts = _loss },
            Errors = _errors?.Take(),
        };
        Clear();
        return counts;
    }

    private void Clear()
    {
        _received = 0;
        _joined = 0;
        _unjoined.Clear();
        Array.Clear(_lags);
        _model.Clear();
        _baseline?.Clear();
        _scores.Clear();
        _reliability.Clear();
        _expected.Clear();
        _loss = 0;
    }

    private static ReliabilityTally ToTally(ReliabilityBins bins) => new()
    {
        Answers = SparseCounts.Of(bins.Answers),
        Right = SparseCounts.Of(bins.Right),
        Parts = SparseCounts.Of(bins.Confidence),
    };
}
