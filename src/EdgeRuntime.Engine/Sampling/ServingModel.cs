using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Decisions;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// One loaded package bound to one sensor: everything that turns frames into decisions, made once before the first
/// frame. The sample path owns it from <see cref="SamplePath.Offer"/> on; its counters and newest sample are handed to
/// telemetry without a lock.
/// </summary>
public sealed class ServingModel
{
    /// <summary>Memory that the samples of one queue may take, bytes; one sample may always wait.</summary>
    public const long LargestQueueBytes = 64L * 1024 * 1024;

    private readonly IPipeline _pipeline;
    private readonly OutputDecoder _decoder;
    private readonly DecisionRule _rule;
    private readonly Handover<LatestSample> _latest;
    private readonly OnlineWatch? _online;
    private readonly double _resetAfterMs;
    private long _lastMs;
    private long _lastUnixMs;
    private bool _started;
    private TimeProvider _clock = TimeProvider.System;
    private double _nanosecondsPerTick = 1;
    private long _deadlineTicks = long.MaxValue;
    private ModelGate? _gate;
    private OpenedGate[] _opens = [];
    private DrivenOutput[] _drives = [];
    private bool _isFirst = true;
    private PredictionRecord _last;
    private SampleClock _ownTime = new(1);
    private long _preparedAt;
    private long _servedAt;
    private long _ownOffsetMs;
    private bool _hasOwnTime;
    private WindowCounters _counters;
    private WindowCounters? _spare;
    private WindowCounters? _filled;

    // What of the tally stands in windows that were closed.
    private long _dueTold;
    private long _missesTold;
    private DropCounts _droppedTold;

    /// <summary>Binds a loaded package to a sensor's channels.</summary>
    /// <param name="package">Must outlive this; an undo may bind it again.</param>
    /// <param name="pipeline">Compiled for the sensor that will feed it.</param>
    /// <param name="trial">Judges it while it is on trial; null for a trusted package.</param>
    /// <param name="ledgers">Where it takes its ledgers from; null for new ones.</param>
    public ServingModel(LoadedModel package, IPipeline pipeline, SoakTrial? trial, SpareLedgers? ledgers = null)
    {
        Package = package;
        Trial = trial;
        _pipeline = pipeline;
        _resetAfterMs = ResetAfterMs(package.Manifest);
        _decoder = new OutputDecoder(
            package.Manifest.Output, package.Call.OutputLength, (pipeline as ImagePipeline)?.Mapping);
        _rule = new DecisionRule(package.Manifest.Decision, package.Manifest.Output);
        _latest = new Handover<LatestSample>(() => new LatestSample(pipeline.Names.Count, package.Manifest.Output.Labels.Count));
        _online = OnlineWatch.Of(package.Manifest, package.Reference);
        Answers = AnswerWatch.For(package.Manifest, package.Reference, pipeline.Names);
        _counters = NewCounters(package, ledgers);
        _spare = NewCounters(package, ledgers);
    }

    /// <summary>The package.</summary>
    public LoadedModel Package { get; }

    /// <summary>The judge of a package on trial, or null.</summary>
    public SoakTrial? Trial { get; }

    /// <summary>Watches the channels it reads; null for pictures.</summary>
    public ChannelHealth? Health { get; init; }

    /// <summary>What is done so that its answers can be judged later; null for nothing.</summary>
    public AnswerWatch? Answers { get; }

    /// <summary>What became of every sample since it took over.</summary>
    public SampleTally Tally { get; } = new();

    /// <summary>Names of the decisions, by their number in <see cref="PredictionRecord.Decision"/>.</summary>
    public IReadOnlyList<string> Decisions => _rule.Names;

    /// <summary>Its number in the records of its path; 0 before it took over.</summary>
    public int Number { get; internal set; }

    /// <summary>Samples that may wait for it: as configured, or fewer where they would take more than <see cref="LargestQueueBytes"/>.</summary>
    public int QueueLength => Waiting?.Capacity ?? 0;

    /// <summary>The samples that wait for it; null where reading waits for the model.</summary>
    internal SampleRing<WaitingSample>? Waiting { get; private set; }

    /// <summary>True when the sample that <see cref="Push"/> completed lacks what it needs: the model is not to be asked.</summary>
    internal bool MustDrop => _pipeline.MustDrop;

    /// <summary>Takes the newest sample. For telemetry only.</summary>
    /// <returns>False when there is none since the last call.</returns>
    public bool TryTakeLatest(out LatestSample latest) => _latest.TryTake(out latest);

    /// <summary>Takes the counters of a full window. For telemetry only; give them back with <see cref="Return"/>.</summary>
    public WindowCounters? TakeWindow() => Interlocked.Exchange(ref _filled, null);

    /// <summary>Gives counters back to be used for another window.</summary>
    public void Return(WindowCounters counters)
    {
        counters.Clear();
        Volatile.Write(ref _spare, counters);
    }

    /// <summary>Takes what stands in the window that was still open. Only once the sample path has left this model.</summary>
    public WindowCounters TakeRest()
    {
        Tell(_counters);
        return _counters;
    }

    /// <summary>Gives its ledgers to those that come after it, once everything of it was told. It is of no use any more.</summary>
    public void Leave(SpareLedgers ledgers)
    {
        foreach (WindowCounters? counters in (ReadOnlySpan<WindowCounters?>)[_counters, _spare, _filled])
        {
            if (counters?.Ledger is LatencyLedger ledger)
            {
                ledgers.Return(ledger);
            }
        }
    }

    /// <summary>Adds how long samples took in the windows that were not taken yet. For telemetry only; see <see cref="LatencyLedger.AddSnapshot"/>.</summary>
    public void AddLiveTo(LatencyLedger ledger)
    {
        // A window that is closed between the two lines is seen twice, or not at all, by this one look.
        if (Volatile.Read(ref _filled)?.Ledger is LatencyLedger full)
        {
            ledger.AddSnapshot(full);
        }

        ledger.AddSnapshot(Volatile.Read(ref _counters).Ledger!);
    }

    /// <summary>Fits it to the path that will serve it. Before its first frame.</summary>
    internal void Prepare(PathOptions options, TimeProvider clock)
    {
        _clock = clock;
        _nanosecondsPerTick = 1e9 / clock.TimestampFrequency;
        _ownTime = new SampleClock(clock.TimestampFrequency);
        _preparedAt = clock.GetTimestamp();
        _deadlineTicks = options.Overload.Deadline is TimeSpan deadline
            ? (long)(deadline.TotalSeconds * clock.TimestampFrequency)
            : long.MaxValue;
        _gate = options.Gate;
        _opens = [.. options.Opens.Select(gate => new OpenedGate(gate, gate.Opening(_rule.Names)))];
        _drives = [.. options.Outputs.Select(output => new DrivenOutput(output, output.SwitchedOnBy(_rule.Names)))];
        Waiting = options.Overload.Queues
            ? new SampleRing<WaitingSample>(Math.Min(options.Overload.QueueLength, MostWaiting()), () => new WaitingSample(_pipeline))
            : null;
    }

    /// <summary>Adds a frame.</summary>
    /// <returns>True when a window is full and its sample is due.</returns>
    internal bool Push(Frame frame)
    {
        Health?.Check(frame.Values, frame.Time);
        return _pipeline.Push(frame);
    }

    /// <summary>The sample that <see cref="Push"/> completed, where it stands. Valid until the next frame.</summary>
    internal DueSample Due(in FrameTime time, in SampleTimes times) => new(_pipeline.Input, _pipeline.Values, time, times);

    /// <summary>Copies the sample that <see cref="Push"/> completed.</summary>
    internal void Fill(WaitingSample waiting, in FrameTime time, in SampleTimes times, long now) =>
        waiting.Fill(_pipeline, time, times, now);

    /// <summary>Infers on a sample, decides, and counts; or drops it, when it is gated or came too late.</summary>
    /// <returns>False when it was dropped: the model was not asked.</returns>
    internal bool Serve(in DueSample sample, long n, PredictionRing ring, in SampleTaps taps = default)
    {
        FrameTime time = sample.Time;
        if (_gate is not null && !_gate.IsOpen(time.Timestamp))
        {
            Tally.CountDrop(DropCause.Gated);
            return false;
        }

        long before = _clock.GetTimestamp();
        if (before - time.Timestamp > _deadlineTicks)
        {
            Tally.CountDrop(DropCause.Late);
            return false;
        }

        long own = OwnTime(time, before);
        ResetAfterGap(time, own);
        bool ran = TryRun(Package.Call, sample.Input);
        long after = _clock.GetTimestamp();
        Decoded decoded = ran ? _decoder.Decode(sample.Input, Package.Call.Output) : Decoded.Invalid;
        bool changed = _rule.Step(decoded, own);
        long decided = _clock.GetTimestamp();
        long infer = Nanoseconds(before, after);
        long path = Nanoseconds(time.Timestamp, decided);
        Act(time.Timestamp);
        taps.Shadow?.Tell(time, decoded);
        taps.Capture?.Tell(Package, sample, n, decoded, _rule.Current);
        if (decoded.IsValid)
        {
            taps.Grab?.Fill(Package, sample, n);
            _last = new PredictionRecord(
                n, time.UnixMs, decoded.Label, decoded.Score, _rule.Current, changed, Number, decided);
            ring.Write(_last, always: _isFirst);
            _isFirst = false;
            _latest.Writing.Fill(_last, sample.Values, decoded, infer, path);
            _latest.Publish();
            Answers?.Record(n, decoded, sample.Values, time.UnixMs, _counters.Answers);
        }

        Tally.CountServed();
        if (decided - time.Timestamp > _deadlineTicks)
        {
            Tally.CountDeadlineMiss();
        }

        Trial?.Record(!ran ? AnswerFault.Failed : decoded.IsValid ? AnswerFault.None : AnswerFault.Nan, decoded.Label, infer);
        SampleTimes times = sample.Times with
        {
            Infer = infer,
            Decide = Nanoseconds(after, decided),
            Act = Nanoseconds(decided, _clock.GetTimestamp()),
            EndToEnd = path,
        };
        _counters.Record(decoded, sample.Values, times, time.UnixMs);
        _online?.Update(sample.Values, time.UnixMs, _counters);
        return true;
    }

    /// <summary>Lets the decision grow stale while no valid answer comes, also where there never was one.</summary>
    internal void Tick(PredictionRing ring)
    {
        if (!_rule.CanGrowStale)
        {
            return;
        }

        // In the frames' own time, so that a recording played back at another speed ages with its frames.
        long now = _clock.GetTimestamp();
        long sinceMs = Nanoseconds(_hasOwnTime ? _servedAt : _preparedAt, now) / 1_000_000;
        if (_rule.Tick(_hasOwnTime ? _ownTime.Milliseconds + _ownOffsetMs + sinceMs : sinceMs))
        {
            Act(now);
            long unixMs = _hasOwnTime ? _ownTime.Milliseconds + sinceMs : _clock.GetUtcNow().ToUnixTimeMilliseconds();
            _last = new PredictionRecord(_last.N, unixMs, PredictionRecord.NoLabel, 0, _rule.Current, true, Number, now);
            ring.Write(_last);
            _latest.Writing.FillDecision(_last);
            _latest.Publish();
        }
    }

    /// <summary>Closes the window of counters, if telemetry has taken the one before; else it goes on and nothing is lost.</summary>
    internal void CloseWindow()
    {
        if ((_counters.Samples == 0 && Tally.Due == _dueTold) || Volatile.Read(ref _filled) is not null
            || Interlocked.Exchange(ref _spare, null) is not WindowCounters next)
        {
            return;
        }

        WindowCounters full = _counters;
        Tell(full);
        next.Follow(full);
        Volatile.Write(ref _counters, next);
        Volatile.Write(ref _filled, full);
    }

    /// <summary>No decision of this model is in force any more.</summary>
    internal void CloseGates(long timestamp)
    {
        for (int i = 0; i < _opens.Length; i++)
        {
            _opens[i].Gate.Decide(opens: false, timestamp);
        }
    }

    // What waits for the decision in the world comes first.
    private void Act(long timestamp)
    {
        for (int i = 0; i < _drives.Length; i++)
        {
            _drives[i].Output.Put(_drives[i].SwitchedOn[_rule.Current]);
        }

        for (int i = 0; i < _opens.Length; i++)
        {
            _opens[i].Gate.Decide(_opens[i].Opening[_rule.Current], timestamp);
        }
    }

    private void Tell(WindowCounters window)
    {
        DropCounts dropped = Tally.Dropped;
        long misses = Tally.DeadlineMisses;
        long due = Tally.Due;
        window.Drops = dropped - _droppedTold;
        window.DeadlineMisses = misses - _missesTold;
        window.Due = due - _dueTold;
        _droppedTold = dropped;
        _missesTold = misses;
        _dueTold = due;
    }

    // By the samples' own time: a recording played back resets where the device did, and a wall clock that is set is no gap.
    // A recording whose time goes back begins anew.
    private void ResetAfterGap(in FrameTime time, long own)
    {
        if (!_started || own - _lastMs > _resetAfterMs || (time.IsRecorded && time.UnixMs < _lastUnixMs))
        {
            Package.Call.Reset();
            _started = true;
        }

        _lastMs = own;
        _lastUnixMs = time.UnixMs;
    }

    private int MostWaiting()
    {
        long bytes = (sizeof(float) * (long)_pipeline.Input.Length) + (sizeof(double) * (long)_pipeline.Names.Count);
        return (int)Math.Clamp(LargestQueueBytes / Math.Max(bytes, 1), 1, int.MaxValue);
    }

    // The rule's time begins with the model and goes on with the samples' own.
    private long OwnTime(in FrameTime time, long now)
    {
        long own = _ownTime.Move(time);
        if (!_hasOwnTime)
        {
            _hasOwnTime = true;
            _ownOffsetMs = (Nanoseconds(_preparedAt, now) / 1_000_000) - own;
        }

        _servedAt = now;
        return own + _ownOffsetMs;
    }

    private static WindowCounters NewCounters(LoadedModel package, SpareLedgers? ledgers) => new(package.Manifest, package.Reference, ledgers?.Take() ?? new LatencyLedger())
    {
        Answers = AnswerCounts.For(package.Manifest, package.Reference),
    };

    private static bool TryRun(ModelCall call, ReadOnlySpan<float> features)
    {
        try
        {
            call.Run(features);
            return true;
        }
        catch (InferenceException)
        {
            // Counted as a failed inference; the trial and the fleet's gate judge the share of them.
            return false;
        }
    }

    private static double ResetAfterMs(ModelManifest manifest) =>
        1000 * (manifest.Model.ResetAfterS ?? Math.Max(1, 3 * manifest.Pipeline.HopFrames / manifest.Pipeline.RateHz));

    private long Nanoseconds(long from, long to) => (long)((to - from) * _nanosecondsPerTick);

    private readonly record struct OpenedGate(ModelGate Gate, bool[] Opening);

    private readonly record struct DrivenOutput(DecisionOutput Output, bool[] SwitchedOn);
}
