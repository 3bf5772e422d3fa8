using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Engine.Models;

/// <summary>What a trial came to.</summary>
public abstract record SoakVerdict
{
    private SoakVerdict()
    {
    }

    /// <summary>The package kept what its manifest promises: it may be trusted.</summary>
    public sealed record Commit : SoakVerdict;

    /// <summary>It did not.</summary>
    /// <param name="Reason">A sentence for people.</param>
    public sealed record Undo(string Reason) : SoakVerdict;
}

/// <summary>What kept a sample from a valid answer.</summary>
public enum AnswerFault
{
    /// <summary>Nothing: it is valid.</summary>
    None,

    /// <summary>The inference failed.</summary>
    Failed,

    /// <summary>It answered NaN or infinity.</summary>
    Nan,
}

/// <summary>
/// Judges a package on trial by what this device itself sees: failures, NaN, inference time and predictions.
/// </summary>
/// <remarks>
/// The sample path records and allocates nothing; another thread asks for the verdict, which never changes once given.
/// <para>
/// Failures and slow samples are judged as counts, not as estimates: a 99th percentile is above its limit exactly when
/// more than one sample in a hundred is. So the trial ends with the sample that decides it, and a bad package does not
/// answer to the end of its trial. One slow sample alone is never held against a package: the first touch of its
/// memory is the device's doing.
/// </para>
/// <para>
/// Predictions are compared with the champion's on the same device. The limit of the manifest is raised to what chance
/// alone reaches at these sample sizes once in a thousand times; with fewer than <see cref="SmallestSample"/>
/// independent samples on either side there is no verdict on them, and the fleet's gate judges.
/// </para>
/// </remarks>
public sealed class SoakTrial
{
    /// <summary>Independent samples on either side below which predictions are not judged.</summary>
    public const int SmallestSample = 30;

    // Predictions are looked at this often, and at the end; each look costs some microseconds.
    private const int LookEvery = 64;
    private const double Level = 0.001;

    private readonly SoakSpec _spec;
    private readonly long[] _champion;
    private readonly long[] _counts;
    private readonly double _championSize;
    private readonly double _effectiveShare;
    private readonly long _slowNanoseconds;
    private readonly long _allowedFailures;
    private readonly long? _allowedNan;
    private readonly long _allowedSlow;
    private long _samples;
    private long _failures;
    private long _nan;
    private long _slow;
    private double _index;
    private double _limit;
    private int _end;

    /// <summary>Begins a trial.</summary>
    /// <param name="spec">Of the candidate's manifest.</param>
    /// <param name="champion">The trusted package's recent predictions by label; empty when there are none to compare
    /// with.</param>
    /// <param name="effectiveShare">Share of samples that count as independent, 0 (exclusive) to 1; of the candidate's
    /// reference.</param>
    public SoakTrial(SoakSpec spec, ReadOnlySpan<long> champion, double effectiveShare)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(effectiveShare, 0);
        _spec = spec;
        _champion = champion.ToArray();
        _counts = new long[_champion.Length];
        _effectiveShare = effectiveShare;
        _championSize = _champion.Sum() * effectiveShare;
        _slowNanoseconds = (long)(spec.MaxP99Ms * 1e6);
        _allowedFailures = SampleShare.Of(spec.MaxErrorShare, spec.Samples);
        _allowedNan = spec.MaxNanShare is double share ? SampleShare.Of(share, spec.Samples) : null;
        _allowedSlow = Math.Max(1, spec.Samples / 100);
    }

    /// <summary>Samples seen so far, 0 to <see cref="SoakSpec.Samples"/>.</summary>
    public long Samples => Interlocked.Read(ref _samples);

    /// <summary>The verdict, or null while the trial goes on.</summary>
    public SoakVerdict? Verdict => (End)Volatile.Read(ref _end) switch
    {
        End.None => null,
        End.Good => new SoakVerdict.Commit(),
        End.Failures => Undo($"{_failures} of {_samples} inferences failed; {_allowedFailures} of {_spec.Samples} may"),
        End.Nan => Undo($"{_nan} of {_samples} inferences answered NaN; {_allowedNan} of {_spec.Samples} may"),
        End.Slow => Undo(
            $"{_slow} of {_samples} inferences took longer than {_spec.MaxP99Ms} ms; {_allowedSlow} of {_spec.Samples} may"),
        _ => Undo(
            $"the predictions differ from those before by a stability index of {_index:F2}; {_limit:F2} is the limit"),
    };

    /// <summary>
    /// Counts one sample. For the sample path only; allocates nothing, and does nothing once the verdict stands.
    /// </summary>
    /// <param name="fault">What kept it from a valid answer.</param>
    /// <param name="label">Number of the predicted label; without a place among the champion's it is not
    /// compared.</param>
    /// <param name="inferNanoseconds">Duration of the inference.</param>
    public void Record(AnswerFault fault, int label, long inferNanoseconds)
    {
        if (_end != (int)End.None)
        {
            return;
        }

        long samples = Interlocked.Increment(ref _samples);
        if (fault == AnswerFault.Nan && _allowedNan is not null)
        {
            _nan++;
        }
        else if (fault != AnswerFault.None)
        {
            _failures++;
        }
        else if ((uint)label < (uint)_counts.Length)
        {
            _counts[label]++;
        }

        _slow += inferNanoseconds > _slowNanoseconds ? 1 : 0;
        End end = Judge(samples);
        if (end != End.None)
        {
            // Written last: whoever sees it sees the counts behind the reason too.
            Volatile.Write(ref _end, (int)end);
        }
    }

    private End Judge(long samples)
    {
        if (_failures > _allowedFailures)
        {
            return End.Failures;
        }

        if (_nan > _allowedNan)
        {
            return End.Nan;
        }

        if (_slow > _allowedSlow)
        {
            return End.Slow;
        }

        bool last = samples >= _spec.Samples;
        if ((last || samples % LookEvery == 0) && PredictionsDiffer(samples))
        {
            return End.Predictions;
        }

        return last ? End.Good : End.None;
    }

    private bool PredictionsDiffer(long samples)
    {
        if (_spec.MaxPredictionPsi is not double limit || _counts.Length < 2)
        {
            return false;
        }

        StabilityVerdict verdict = PopulationStability.Judge(
            new BinnedSample(_champion, 0, _championSize),
            new BinnedSample(_counts, 0, samples * _effectiveShare),
            new StabilityLimits(Level, limit, SmallestSample));
        _index = verdict.Index;
        _limit = verdict.Threshold;
        return verdict.Drifted;
    }

    private static SoakVerdict.Undo Undo(FormattableString reason) =>
        new(reason.ToString(CultureInfo.InvariantCulture));

    private enum End
    {
        None,
        Good,
        Failures,
        Nan,
        Slow,
        Predictions,
    }
}
