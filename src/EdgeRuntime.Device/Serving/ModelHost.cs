using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Live;
using EdgeRuntime.Device.Output;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Sandbox;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Serving;

/// <summary>One model of the device, seen from the agent's thread: its sample path, and the package that answers.</summary>
internal sealed class ModelHost : IDisposable
{
    private const int RingRecords = 4096;
    private const int MostOffers = 8;

    private readonly ModelConfiguration _configuration;
    private readonly Publisher _publisher;
    private TelemetryConfiguration _options;
    private readonly TimeProvider _time;
    private readonly Action<string, double> _decided;
    private readonly PredictionRing _ring = new(RingRecords);
    private readonly SamplePath _path;
    private readonly WakeSignal? _signal;
    private readonly ModelTotals _totals;
    private readonly SpareLedgers _ledgers = new();

    // Offered to the path and not seen to answer yet; more than one where a wish overtook another.
    private readonly Queue<ServingModel> _offers = new();
    private readonly LineOutput[] _lines;
    private readonly DecisionMessages _messages;
    private readonly ShadowPlace _beside;
    private ServingThread? _thread;
    private ServingModel? _offered;
    private bool _withdrawn;
    private ServingModel? _judged;
    private ModelTelemetry? _telemetry;

    /// <param name="source">What feeds it; not owned.</param>
    /// <param name="gate">What must be open for it to be asked, or null.</param>
    /// <param name="opens">The gates that its own decisions open.</param>
    /// <param name="totals">What its samples came to so far in this process; their numbers go on from there.</param>
    /// <param name="decided">Told every change of decision, with its score.</param>
    public ModelHost(
        ModelConfiguration configuration, FrameSource source, ModelGate? gate, IReadOnlyList<ModelGate> opens, ModelTotals totals,
        Publisher publisher, TelemetryConfiguration options, TimeProvider time, Action<string, double> decided)
    {
        _configuration = configuration;
        _publisher = publisher;
        _options = options;
        _time = time;
        _decided = decided;
        _totals = totals;
        NewFrame = source.NewFrame;
        _messages = new DecisionMessages(configuration.Name, configuration.Actions, publisher);
        _lines =
        [
            .. configuration.Actions.OfType<ActionConfiguration.Line>()
                .Select(line => new LineOutput(line, $"edge-device {configuration.Name}", time)),
        ];
        _ring.ChangesOnly = options.Predictions != "all";
        _signal = configuration.Overload.Queues ? new WakeSignal() : null;
        _path = new SamplePath(configuration.Name, time, _ring, new PathOptions
        {
            Window = TimeSpan.FromSeconds(options.WindowSeconds),
            Overload = configuration.Overload,
            Gate = gate,
            Opens = opens,
            Outputs = [.. _lines.Select(line => line.Output)],
            SamplesBefore = totals.Before.Served,
            Wake = _signal is null ? null : _signal.Set,
        });
        _beside = new ShadowPlace(_path);
        Site = SiteOf(configuration, source);
    }

    public string Name => _configuration.Name;

    public string Driver => _configuration.Sensor.Driver;

    /// <summary>Name of the sensor that feeds it.</summary>
    public string SensorName => _configuration.Sensor.Name;

    /// <summary>The way of its samples.</summary>
    public SamplePath Path => _path;

    /// <summary>What feeds the model.</summary>
    public ModelSite Site { get; }

    /// <summary>Makes a frame of its sensor's.</summary>
    public Func<Frame> NewFrame { get; }

    /// <summary>The package that answers, or null.</summary>
    public LoadedModel? Answering => _telemetry is null ? null : _path.Serving?.Package;

    /// <summary>The alarm of the package that answers, or null.</summary>
    public DriftReport? Alarms => _telemetry?.Alarms;

    /// <summary>Samples that reached a model since start.</summary>
    public long Samples => _path.Samples;

    /// <summary>Inferences that failed since the package in use took over, up to the last full window.</summary>
    public long Failed => _telemetry?.Failed ?? 0;

    /// <summary>How it stands now.</summary>
    public ModelStanding Standing()
    {
        SampleCounts counts = _totals.With(_telemetry?.Tally);
        long apart = counts.Dropped[DropCause.Gated] + counts.Dropped[DropCause.SkippedNth] + counts.Dropped[DropCause.Stopped];
        return new ModelStanding(Name, Answering is not null, counts.Due - apart, counts.Dropped.Total - apart);
    }

    /// <summary>What feeds a model, as a package must fit it.</summary>
    public static ModelSite SiteOf(ModelConfiguration configuration, FrameSource source) => new()
    {
        Name = configuration.Name,
        Channels = source.Channels,
        Image = source.Image,
        RateHz = source.RateHz,
        Mapping = configuration.Channels,
    };

    /// <summary>Begins to wait for samples, where they are queued. Before the sensor is read.</summary>
    public void Start(ThreadPlacement placement, Action<Exception> failed) =>
        _thread = _signal is null ? null : new ServingThread(_path, _signal, placement, failed);

    /// <summary>Counts up while its own thread lives; null where the sensor's thread does the work.</summary>
    public long? Turns => _thread?.Turns;

    /// <summary>Wants a package to answer from the next sample on, or none.</summary>
    public void Activate(LoadedModel? package, bool onTrial)
    {
        if (package is null)
        {
            _offered = null;
            _withdrawn = true;
            _path.Withdraw();
            return;
        }

        IPipeline pipeline = Bind(package);
        SoakTrial? trial = onTrial
            ? new SoakTrial(package.Manifest.Soak, Champion(package), package.Reference.EffectiveShare)
            : null;
        _withdrawn = false;
        _offered = new ServingModel(package, pipeline, trial, _ledgers) { Health = Watch(package) };
        if (_offers.Count == MostOffers)
        {
            // A sensor that is dead takes none of them up.
            _offers.Dequeue();
        }

        _offers.Enqueue(_offered);
        _path.Offer(_offered);
    }

    /// <summary>Looks whether what was wanted has happened on the sample path.</summary>
    /// <param name="digest">The package that answers now; the default id for none.</param>
    /// <returns>True once for each wish that came true.</returns>
    public bool HasChanged(out ModelId digest)
    {
        digest = default;
        if (_withdrawn)
        {
            if (!_path.IsWithdrawn)
            {
                return false;
            }

            _withdrawn = false;
            FollowTo(null);
            return true;
        }

        if (_path.Serving is not ServingModel serving)
        {
            return false;
        }

        FollowTo(serving);
        if (serving != _offered)
        {
            return false;
        }

        digest = serving.Package.Digest;
        _offered = null;
        return true;
    }

    /// <summary>The verdict on the package on trial, once: its own, and that of the model before where that runs beside it.</summary>
    /// <param name="before">What that model counted; null where it does not run.</param>
    public SoakVerdict? TakeVerdict(out ModelId digest, out ShadowCounts? before)
    {
        ServingModel? serving = _path.Serving;
        (digest, before) = (serving?.Package.Digest ?? default, null);

        // What was offered and not seen to answer yet is not on trial for the agent, whatever it has answered.
        if (serving is null || serving == _judged || serving == _offered || serving.Trial is not SoakTrial trial)
        {
            return null;
        }

        Shadow? witness = _beside.Witness;
        SoakVerdict? verdict = witness is null ? trial.Verdict : witness.Join(trial.Verdict);
        if (verdict is not null)
        {
            _judged = serving;
            before = witness?.Counts();
        }

        return verdict;
    }

    /// <summary>Runs a model beside the package that answers, instead of any that does.</summary>
    /// <param name="mostShare">Share of one core that it may use.</param>
    /// <param name="failed">Called on its thread when it met an error it does not know.</param>
    public void StartShadow(LoadedModel beside, ShadowTerms terms, double mostShare, ThreadPlacement placement, Action<Exception> failed)
    {
        _beside.Stop();
        ModelManifest answering = Answering?.Manifest ?? beside.Manifest;
        _beside.Start(new Shadow(beside, Bind(beside), answering, terms, mostShare, NewFrame, _time, new ThreadClock()), placement, failed);
    }

    /// <summary>Ends it; the model is not touched any more when this returns.</summary>
    public void StopShadow() => _beside.Stop();

    /// <summary>What the run of a candidate came to, once.</summary>
    public SoakVerdict? TakeShadowVerdict(out ModelId digest, out ShadowCounts counts) => _beside.TakeVerdict(out digest, out counts);

    /// <summary>Reports by other periods from now on; the sample path does not notice but for the length of its windows.</summary>
    public void Report(TelemetryConfiguration options)
    {
        _options = options;
        _ring.ChangesOnly = options.Predictions != "all";
        _telemetry?.Report(options);
        _path.SetWindow(TimeSpan.FromSeconds(options.WindowSeconds));
    }

    /// <summary>Takes a label that came for one of its answers.</summary>
    /// <returns>False when no package answers, or the one that does takes none.</returns>
    public bool Take(in AnswerId id, TrueLabel label) => _telemetry?.Take(id, label) ?? false;

    /// <summary>Sends what the sample path left, and takes lines that are due.</summary>
    public void Pump()
    {
        foreach (LineOutput line in _lines)
        {
            line.Step();
        }

        _telemetry?.Pump(_ring);
    }

    /// <summary>Changes since the last call of what keeps lines from obeying: the fault, or null for one that obeys again.</summary>
    public IEnumerable<string?> TakeLineFaults()
    {
        foreach (LineOutput line in _lines)
        {
            if (line.TakeFault(out string? fault))
            {
                yield return fault;
            }
        }
    }

    /// <summary>Takes back the alarms of a model that this device no longer has.</summary>
    public void ForgetAlarms()
    {
        StandingAlarm.Forget(DriftReport.Kind, Name, _publisher);
        StandingAlarm.Forget(QualityReport.Kind, Name, _publisher);
    }

    /// <summary>Says again which alarms stand: after a reconnect, since a broker may have forgotten them.</summary>
    public void RepeatAlarms()
    {
        _telemetry?.Alarms.Repeat();
        _telemetry?.Quality.Repeat();
    }

    /// <summary>Counts a pause of the garbage collector.</summary>
    public void CountPause(long nanoseconds) => _telemetry?.CountPause(nanoseconds);

    /// <summary>What the configuration expects of the package that answers and will not get, a sentence each.</summary>
    public IEnumerable<string> Warnings(DeviceConfiguration configuration)
    {
        if (_path.Serving is not ServingModel serving)
        {
            yield break;
        }

        if (serving.QueueLength < _configuration.Overload.QueueLength)
        {
            yield return $"{serving.QueueLength} of its samples may wait, not {_configuration.Overload.QueueLength}: more would take over {ServingModel.LargestQueueBytes >> 20} MiB";
        }

        foreach ((string who, IReadOnlyList<string> decisions) in configuration.WaitingFor(Name).Where(waiting => !serving.Decisions.Any(waiting.Decisions.Contains)))
        {
            yield return $"{serving.Package.Manifest.Version} never decides {string.Join(" or ", decisions)}, which {who} waits for; it decides {string.Join(", ", serving.Decisions)}";
        }
    }

    /// <summary>What the fleet is told about the sensor.</summary>
    public SensorInfo Info() => new(Name, Driver, Site.RateHz, [.. Site.Channels.Select(channel => channel.Name).Distinct()]);

    /// <summary>What the live view shows.</summary>
    public ModelView View(string phase)
    {
        LatestMessage? latest = _telemetry?.Latest;
        return new ModelView(
            Name, latest?.Version ?? "", latest?.Decision ?? "–", latest?.Score ?? 0, Samples, Failed, _totals.With(_telemetry?.Tally).Dropped.Total,
            latest?.InferMicroseconds ?? 0, _telemetry?.Drift,
            _telemetry?.FaultyChannels is int faulty and > 0 ? $"{phase} {faulty} faulty channel{(faulty == 1 ? "" : "s")}".Trim() : phase);
    }

    /// <summary>What the live ledger shows: everything since the process began, the open window included.</summary>
    public LiveModel Live(string phase)
    {
        LatestMessage? latest = _telemetry?.Latest;
        LatencyLedger ledger = new();
        ledger.Add(_totals.Ledger);
        _telemetry?.AddLiveTo(ledger);
        SampleCounts counts = _totals.With(_telemetry?.Tally);
        return new LiveModel
        {
            Name = Name,
            Version = latest?.Version,
            Phase = phase,
            Decision = latest?.Decision,
            Score = latest?.Score,
            Drift = _telemetry?.Drift,
            Sensor = _configuration.Sensor.Name,
            Overload = OverloadReader.NameOf(_configuration.Overload.Policy),
            DeadlineMs = _configuration.Overload.Deadline?.TotalMilliseconds,
            Gate = _configuration.Gate?.Model,
            GateOpen = _path.Options.Gate?.IsOpen(_time.GetTimestamp()),
            Due = counts.Due,
            Samples = counts.Served,
            Failed = Failed,
            Dropped = counts.Dropped.ByName(),
            Waiting = Math.Max(0, counts.Due - counts.Served - counts.Dropped.Total),
            DeadlineMisses = counts.DeadlineMisses,
            Stages = LedgerCounts.Of(ledger),
        };
    }

    /// <summary>Ends after the sample in hand, and sends what its last window holds. After the sensor's thread has ended.</summary>
    public void Stop()
    {
        _thread?.Dispose();
        _thread = null;
        _beside.Stop();
        FollowTo(null);
        ReleaseLines();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread?.Dispose();
        _thread = null;
        _beside.Dispose();
        _signal?.Dispose();
        ReleaseLines();
    }

    // Tells everything of the models that answered before; those that came and went between two looks have answered too.
    private void FollowTo(ServingModel? serving)
    {
        if (serving is not null && !_offers.Contains(serving))
        {
            return;
        }

        while (serving is null || _telemetry?.Serving != serving)
        {
            _telemetry?.Finish(_ring);
            _telemetry?.Serving.Leave(_ledgers);
            _telemetry = _offers.TryDequeue(out ServingModel? next)
                ? new ModelTelemetry(_configuration, next, _totals, _messages, _publisher, _options, _time, _decided) { Beside = _beside.TakeCounts }
                : null;
            if (_telemetry is null)
            {
                _messages.Tell(null, 0, _publisher.Stamp.UnixMs, new Delay(_time.GetTimestamp(), new LatencyHistogram()));
                return;
            }
        }
    }

    private IPipeline Bind(LoadedModel package) =>
        PipelineBinding.TryBind(package.Manifest, Site, out IPipeline? pipeline, out IReadOnlyList<string> mistakes)
            ? pipeline

            // Verification bound the same package to the same sensor; it cannot have changed since.
            : throw new InvalidOperationException($"a verified package does not fit: {string.Join("; ", mistakes)}");

    private void ReleaseLines()
    {
        foreach (LineOutput line in _lines)
        {
            line.Dispose();
        }
    }

    private ChannelHealth? Watch(LoadedModel package) => Site.Image is null
        ? new ChannelHealth(
            package.Manifest.Channels, Site.Channels, Site.Mapping, Site.RateHz, _time.TimestampFrequency,
            mayPause: package.Manifest.Pipeline.Window is { Kind: "session" }, package.Reference)
        : null;

    // Comparable only where both packages tell the same things.
    private long[] Champion(LoadedModel candidate) =>
        _path.Serving is ServingModel serving && _telemetry is not null
            && serving.Package.Manifest.Output.Labels.SequenceEqual(candidate.Manifest.Output.Labels)
            ? _telemetry.PredictionCounts
            : [];
}
