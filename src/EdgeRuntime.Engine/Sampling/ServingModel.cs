using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Decisions;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// One loaded package bound to one sensor: everything that turns frames into decisions, made once before the first
/// frame. The sample path owns it from <see cref="SamplePath.Offer"/> on; its counters and newest sample are handed to
/// telemetry without a lock.
/// </summary>
public sealed class ServingModel
{
    private readonly IPipeline _pipeline;
    private readonly OutputDecoder _decoder;
    private readonly DecisionRule _rule;
    private readonly Handover<LatestSample> _latest;
    private readonly double _resetAfterMs;
    private long _lastUnixMs;
    private bool _started;
    private WindowCounters _counters;
    private DropCounts _drops;
    private WindowCounters? _spare;
    private WindowCounters? _filled;

    /// <summary>Binds a loaded package to a sensor's channels.</summary>
    /// <param name="package">Must outlive this; an undo may bind it again.</param>
    /// <param name="pipeline">Compiled for the sensor that will feed it.</param>
    /// <param name="trial">Judges it while it is on trial; null for a trusted package.</param>
    public ServingModel(LoadedModel package, IPipeline pipeline, SoakTrial? trial)
    {
        Package = package;
        Trial = trial;
        _pipeline = pipeline;
        _resetAfterMs = ResetAfterMs(package.Manifest);
        _decoder = new OutputDecoder(package.Manifest.Output, package.Call.OutputLength);
        _rule = new DecisionRule(package.Manifest.Decision, package.Manifest.Output);
        _latest = new Handover<LatestSample>(() => new LatestSample(pipeline.Names.Count, package.Manifest.Output.Labels.Count));
        _counters = new WindowCounters(package.Manifest, package.Reference);
        _spare = new WindowCounters(package.Manifest, package.Reference);
    }

    /// <summary>The package.</summary>
    public LoadedModel Package { get; }

    /// <summary>The judge of a package on trial, or null.</summary>
    public SoakTrial? Trial { get; }

    /// <summary>Names of the decisions, by their number in <see cref="PredictionRecord.Decision"/>.</summary>
    public IReadOnlyList<string> Decisions => _rule.Names;

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
        _counters.Drops = _drops;
        return _counters;
    }

    /// <summary>Adds a frame.</summary>
    /// <returns>True when a window is full and its sample is due.</returns>
    internal bool Push(Frame frame) => _pipeline.Push(frame);

    /// <summary>Infers on the window that <see cref="Push"/> completed, decides, and counts.</summary>
    /// <returns>False when the sample lacks what it needs: it is counted as dropped, and the model is not asked.</returns>
    internal bool Serve(long n, int number, in FrameTime time, TimeProvider clock, PredictionRing ring)
    {
        if (_pipeline.MustDrop)
        {
            _drops += new DropCounts(Late: 0, SensorError: 0, MissingValue: 1);
            return false;
        }

        ResetAfterGap(time);
        long before = clock.GetTimestamp();
        bool ran = TryRun(Package.Call, _pipeline.Input);
        long after = clock.GetTimestamp();
        Decoded decoded = ran ? _decoder.Decode(_pipeline.Input, Package.Call.Output) : Decoded.Invalid;
        bool changed = _rule.Step(decoded, time.UnixMs);
        long decided = clock.GetTimestamp();

        long infer = Nanoseconds(clock, before, after);
        long path = Nanoseconds(clock, time.Timestamp, decided);
        _counters.Record(decoded, _pipeline.Values, infer, path, time.UnixMs);
        Trial?.Record(decoded.IsValid, decoded.Label, infer);
        if (decoded.IsValid)
        {
            PredictionRecord record = new(n, time.UnixMs, decoded.Label, decoded.Score, _rule.Current, changed, number);
            ring.Write(record);
            _latest.Writing.Fill(record, _pipeline.Values, _decoder.Scores, infer, path);
            _latest.Publish();
        }

        return true;
    }

    /// <summary>Counts a read of the sensor that failed.</summary>
    internal void CountSensorError() => _drops += new DropCounts(Late: 0, SensorError: 1, MissingValue: 0);

    /// <summary>Closes the window of counters, if telemetry has taken the one before; else it goes on and nothing is lost.</summary>
    internal void CloseWindow()
    {
        if ((_counters.Samples == 0 && _drops.Total == 0) || Volatile.Read(ref _filled) is not null
            || Interlocked.Exchange(ref _spare, null) is not WindowCounters next)
        {
            return;
        }

        WindowCounters full = _counters;
        full.Drops = _drops;
        _drops = default;
        _counters = next;
        Volatile.Write(ref _filled, full);
    }

    // By the frames' own time, so that a recording played back resets where the device did. A clock set back is a gap too.
    private void ResetAfterGap(in FrameTime time)
    {
        long since = time.UnixMs - _lastUnixMs;
        if (!_started || since < 0 || since > _resetAfterMs)
        {
            Package.Call.Reset();
            _started = true;
        }

        _lastUnixMs = time.UnixMs;
    }

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

    private static double ResetAfterMs(PackageManifest manifest) =>
        1000 * (manifest.Model.ResetAfterS ?? Math.Max(1, 3 * manifest.Pipeline.HopFrames / manifest.Pipeline.RateHz));

    private static long Nanoseconds(TimeProvider clock, long from, long to) =>
        (long)((to - from) * (1e9 / clock.TimestampFrequency));
}
