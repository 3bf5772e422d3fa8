using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// A model beside the one that answers: the same frames, a pipeline of its own, and no answer of it counts. Compares what
/// both say, within a share of one core.
/// </summary>
/// <remarks>
/// <see cref="Step"/> belongs to one thread, of the lowest priority; it sleeps a few milliseconds between two calls. The model beside
/// is not touched any more once <see cref="Verdict"/> stands or the last call has returned.
/// </remarks>
public sealed class Shadow
{
    // So long a shadow waits for the other model's answer to the same sample, which may stand in a queue.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Beyond so much time in debt it lets frames go by too: its features alone cost more than it may use.
    private const double MostDebtSeconds = 0.25;
    private const double ValuesAgree = 0.1;

    private readonly LoadedModel _beside;
    private readonly IPipeline _pipeline;
    private readonly double _share;
    private readonly TimeProvider _clock;
    private readonly TimeProvider _cpu;
    private readonly OutputDecoder _decoder;
    private readonly int[] _ownLabel;
    private readonly bool _keepsState;
    private readonly long _nearTicks;
    private readonly long[] _distance = new long[ShadowCounts.DistanceBins];
    private readonly ChampionAnswer _newest = new();
    private readonly ChampionAnswer _next = new();
    private bool _hasNext;
    private Decoded _pending;
    private long _pendingAt;
    private long _pendingSince;
    private bool _hasPending;
    private long _seenDrops;
    private long _start;
    private long _cpuStart;
    private bool _started;
    private long _samples;
    private long _agreed;
    private long _failed;
    private long _skipped;
    private long _unpaired;
    private long _letGo;
    private double _usedSeconds;
    private SoakVerdict? _verdict;

    /// <summary>Puts a model beside another.</summary>
    /// <param name="beside">Must outlive this.</param>
    /// <param name="pipeline">Its own, compiled for the sensor of <paramref name="newFrame"/>.</param>
    /// <param name="answering">The manifest of the model that answers.</param>
    /// <param name="terms">What for, and on what budget.</param>
    /// <param name="mostShare">Share of one core that the device allows; the terms may ask for less.</param>
    /// <param name="newFrame">Makes a frame of the sensor's.</param>
    /// <param name="clock">The clock of the frames.</param>
    /// <param name="cpu">Processor time of the thread that calls <see cref="Step"/>.</param>
    public Shadow(
        LoadedModel beside, IPipeline pipeline, ModelManifest answering, ShadowTerms terms, double mostShare, Func<Frame> newFrame,
        TimeProvider clock, TimeProvider cpu)
    {
        ModelManifest manifest = beside.Manifest;
        _beside = beside;
        _pipeline = pipeline;
        Terms = terms;
        _share = Math.Min(terms.MaxCpuShare, mostShare);
        _clock = clock;
        _cpu = cpu;
        _decoder = new OutputDecoder(manifest.Output, beside.Call.OutputLength, (pipeline as ImagePipeline)?.Mapping);
        _ownLabel = [.. answering.Output.Labels.Select(label => manifest.Output.Labels.ToList().IndexOf(label))];
        _keepsState = manifest.Model.State is { Count: > 0 };
        double hopSeconds = answering.Pipeline.HopFrames / Math.Max(answering.Pipeline.RateHz, 1e-9);
        _nearTicks = (long)(Math.Min(1.5 * hopSeconds, 3600) * clock.TimestampFrequency);
        Tap = new ShadowTap(newFrame);
    }

    /// <summary>What it runs for, and on what budget.</summary>
    public ShadowTerms Terms { get; }

    /// <summary>Where the sample path leaves frames and answers.</summary>
    public ShadowTap Tap { get; }

    /// <summary>The model that runs beside the one that answers.</summary>
    public LoadedModel Beside => _beside;

    /// <summary>What it came to, or null while it goes on.</summary>
    public SoakVerdict? Verdict => Volatile.Read(ref _verdict);

    /// <summary>The verdict on a trial, with the witness of the model before; for one that <see cref="ShadowTerms.JudgesAnswering"/>.</summary>
    /// <param name="trial">What the trial alone came to, or null while it goes on.</param>
    /// <returns>Null while either goes on that may still change it.</returns>
    public SoakVerdict? Join(SoakVerdict? trial) => (trial, Verdict) switch
    {
        (SoakVerdict.Undo, _) => trial,
        (_, SoakVerdict.Undo own) => own,
        (null, _) => null,
        (_, null) => Terms.Settle(Counts()),
        _ => trial,
    };

    /// <summary>All counted so far. From any thread; exact once the verdict stands.</summary>
    public ShadowCounts Counts() => new()
    {
        Samples = Volatile.Read(ref _samples),
        Agreed = Volatile.Read(ref _agreed),
        Failed = Volatile.Read(ref _failed),
        Skipped = Volatile.Read(ref _skipped),
        Unpaired = Volatile.Read(ref _unpaired),
        DroppedFrames = Tap.Dropped + Volatile.Read(ref _letGo),
        Distance = [.. _distance],
        CpuMicroseconds = (long)(Volatile.Read(ref _usedSeconds) * 1e6),
    };

    /// <summary>Takes what waits, as far as there is time for it. Allocates nothing.</summary>
    /// <returns>True when there may be more at once: the caller need not sleep.</returns>
    public bool Step()
    {
        if (!_started)
        {
            _started = true;
            _start = _clock.GetTimestamp();
            _cpuStart = _cpu.GetTimestamp();
            _beside.Call.Reset();
        }

        if (_verdict is not null || (_hasPending && !TryCompare()) || !Tap.TryTakeFrame(out Frame frame))
        {
            Volatile.Write(ref _usedSeconds, _cpu.GetElapsedTime(_cpuStart).TotalSeconds);
            return false;
        }

        double debt = Debt();
        if (debt > MostDebtSeconds)
        {
            Volatile.Write(ref _letGo, _letGo + 1);
            Forget();
            return true;
        }

        if (Tap.Dropped != _seenDrops)
        {
            _seenDrops = Tap.Dropped;
            Forget();
        }

        if (_pipeline.Push(frame) && !_pipeline.MustDrop)
        {
            if (debt > 0)
            {
                Volatile.Write(ref _skipped, _skipped + 1);
                if (_keepsState)
                {
                    _beside.Call.Reset();
                }
            }
            else
            {
                Answer(frame.Time.Timestamp);
            }
        }

        return true;
    }

    private void Answer(long timestamp)
    {
        Decoded decoded = TryRun() ? _decoder.Decode(_pipeline.Input, _beside.Call.Output) : Decoded.Invalid;
        if (!decoded.IsValid)
        {
            Volatile.Write(ref _failed, _failed + 1);
            Judge();
            return;
        }

        (_pending, _pendingAt, _pendingSince, _hasPending) = (decoded, timestamp, _clock.GetTimestamp(), true);
        TryCompare();
    }

    // Compares with the answer to the same sample, or else with the newest before it.
    private bool TryCompare()
    {
        while (_newest.Timestamp < _pendingAt && TryPeek() && _next.Timestamp <= _pendingAt)
        {
            _newest.CopyFrom(_next);
            _hasNext = false;
        }

        if (_newest.Timestamp < _pendingAt && !_hasNext && _clock.GetElapsedTime(_pendingSince) < Patience)
        {
            return false;
        }

        _hasPending = false;
        if (_newest.Timestamp == long.MinValue || _pendingAt - _newest.Timestamp > _nearTicks)
        {
            Volatile.Write(ref _unpaired, _unpaired + 1);
            return true;
        }

        Compare(_pending, _newest);
        return true;
    }

    private bool TryPeek()
    {
        if (!_hasNext && Tap.TryTakeAnswer(out ChampionAnswer answer))
        {
            _next.CopyFrom(answer);
            _hasNext = true;
        }

        return _hasNext;
    }

    private void Compare(in Decoded decoded, ChampionAnswer other)
    {
        bool agrees;
        double distance;
        if (_ownLabel.Length > 0)
        {
            int label = (uint)other.Label < (uint)_ownLabel.Length ? _ownLabel[other.Label] : -1;
            agrees = decoded.Label == label;
            distance = (uint)label < (uint)decoded.Scores.Length ? Math.Abs(decoded.Scores[label] - other.Score) : 1;
        }
        else
        {
            double larger = Math.Max(Math.Abs(decoded.Score), Math.Abs(other.Score));
            distance = larger > 0 ? Math.Abs(decoded.Score - other.Score) / larger : 0;
            agrees = distance <= ValuesAgree;
        }

        _distance[Math.Clamp((int)(distance * ShadowCounts.DistanceBins), 0, ShadowCounts.DistanceBins - 1)]++;

        // In this order, and read in the other: nobody is to see a disagreement that is none.
        Volatile.Write(ref _agreed, _agreed + (agrees ? 1 : 0));
        Volatile.Write(ref _samples, _samples + 1);
        Judge();
    }

    private void Judge()
    {
        if (Terms.Judge(_samples, _agreed, _failed) is SoakVerdict verdict)
        {
            Volatile.Write(ref _usedSeconds, _cpu.GetElapsedTime(_cpuStart).TotalSeconds);
            Volatile.Write(ref _verdict, verdict);
        }
    }

    // Seconds of processor time used beyond what was allowed so far.
    private double Debt() =>
        _cpu.GetElapsedTime(_cpuStart).TotalSeconds - (_share * _clock.GetElapsedTime(_start).TotalSeconds);

    private void Forget()
    {
        _pipeline.Reset();
        _beside.Call.Reset();
    }

    private bool TryRun()
    {
        try
        {
            _beside.Call.Run(_pipeline.Input);
            return true;
        }
        catch (InferenceException)
        {
            return false;
        }
    }
}
