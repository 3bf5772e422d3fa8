using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// The alarm of one model's answers: takes what labels said in each window, in their order, and says when it is raised and when it ended.
/// </summary>
/// <remarks>
/// Two things raise it: the detector's signal, and an error rate that is surely more than <see cref="Worth"/> above the level. The level is
/// that of the reference, or else what the labels before the first signal said. A detector begins anew once it signalled, so the rate alone
/// says how long the alarm stands. It follows from the windows alone, as the alarm of drift does. For one thread only.
/// </remarks>
public sealed class QualityAlarm(AlarmSpec spec, MeasuredReference? measured)
{
    /// <summary>So much above the level is worth an alarm.</summary>
    public const double Worth = 0.05;

    // Independent answers without which a rate says little, and how sure it must be.
    private const double FewestAnswers = 30;
    private const double Confidence = 0.999;

    private readonly double _share = measured?.EffectiveShare ?? 1;
    private double? _level = measured is { Right: long right, Answers: > 0 } ? 1 - (right / (double)measured.Answers) : null;
    private long _answers;
    private long _wrong;
    private long _answersBefore;
    private long _wrongBefore;
    private long _firstWindow;

    /// <summary>Where it stands.</summary>
    public AlarmState State { get; private set; } = AlarmState.Initial;

    /// <summary>What the newest evidence came to, the worst first.</summary>
    public IReadOnlyList<AlarmCause> Causes { get; private set; } = [];

    /// <summary>Sequence of the oldest window that it rests on.</summary>
    public long FirstWindow { get; private set; }

    /// <summary>Takes what labels said in one window.</summary>
    /// <param name="errors">Null where none came.</param>
    /// <param name="startUnixMs">The window's first sample.</param>
    /// <param name="endUnixMs">The window's last sample.</param>
    /// <param name="sequence">The window's.</param>
    /// <returns>What changed.</returns>
    public AlarmChange Take(ErrorCounts? errors, long startUnixMs, long endUnixMs, long sequence)
    {
        if (errors is not { Answers: > 0 })
        {
            return AlarmChange.None;
        }

        _firstWindow = _answers == 0 ? sequence : _firstWindow;
        _answers += errors.Answers;
        _wrong += errors.Wrong;
        AlarmCause[] causes = [.. Found(errors).OrderByDescending(cause => cause.Ratio)];
        if (causes.Length == 0)
        {
            return AlarmChange.None;
        }

        Causes = causes;
        FirstWindow = _firstWindow;
        AlarmState before = State;
        State = AlarmState.Next(before, new AlarmEvidence(startUnixMs, endUnixMs, causes[0].Ratio), spec);
        Forget(found: causes[0].Ratio > 1);
        return AlarmState.Change(before, State);
    }

    private IEnumerable<AlarmCause> Found(ErrorCounts errors)
    {
        if (errors.Signals > 0)
        {
            _level ??= _answersBefore > 0 ? _wrongBefore / (double)_answersBefore : 0;
            yield return Cause(errors.Detector, errors.Signals, null, 1 + errors.Signals);
        }

        if (_answers * _share < FewestAnswers)
        {
            yield break;
        }

        // Of so many answers as are independent; a rate that nothing is known to compare with is none too high.
        long independent = (long)(_answers * _share);
        double low = ProportionInterval.Wilson((long)(_wrong * _share), independent, Confidence).Low;
        double bound = (_level ?? 1) + Worth;
        yield return Cause("error_rate", _wrong / (double)_answers, bound, low / bound);
    }

    private AlarmCause Cause(string statistic, double value, double? threshold, double ratio) => new()
    {
        Feature = "errors", Statistic = statistic, Value = value, Threshold = threshold, Ratio = ratio, Samples = _answers,
    };

    private void Forget(bool found)
    {
        if (!found)
        {
            _answersBefore += _answers;
            _wrongBefore += _wrong;
        }

        (_answers, _wrong) = (0, 0);
    }
}
