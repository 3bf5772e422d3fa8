using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Device.Serving;

/// <summary>Turns what one serving model leaves behind into messages: windows, the newest decision, predictions, drift. For the agent's thread only.</summary>
internal sealed class ModelTelemetry
{
    private const int MostPredictions = 100;

    private readonly string _model;
    private readonly ModelConfiguration _configuration;
    private readonly ModelTotals _totals;
    private readonly ServingModel _serving;
    private readonly HealthReport? _health;
    private readonly Publisher _publisher;
    private TelemetryConfiguration _options;
    private readonly TimeProvider _time;
    private readonly DriftHorizon _horizon;
    private readonly QualityTelemetry _quality;
    private readonly Action<string, double> _decided;
    private readonly DecisionMessages _messages;
    private readonly string[] _featureNames;
    private readonly IReadOnlySet<string> _hidden;
    private readonly List<Prediction> _batch = [];
    private long _latestSent;
    private long _batchSent;
    private long _batchDecidedAt;

    /// <summary>Begins for a model that has just taken over.</summary>
    /// <param name="decided">Told every change of decision, with its score.</param>
    /// <param name="messages">Says what its decisions are to say.</param>
    /// <param name="totals">What its samples add to.</param>
    public ModelTelemetry(
        ModelConfiguration configuration, ServingModel serving, ModelTotals totals, DecisionMessages messages, Publisher publisher,
        TelemetryConfiguration options, TimeProvider time, Action<string, double> decided)
    {
        _decided = decided;
        _messages = messages;
        _configuration = configuration;
        _model = configuration.Name;
        _totals = totals;
        _serving = serving;
        _health = serving.Health is ChannelHealth health ? new HealthReport(health) : null;
        _publisher = publisher;
        _options = options;
        _time = time;
        _horizon = new DriftHorizon(serving.Package.Manifest, serving.Package.Reference);
        Alarms = new DriftReport(_model, serving.Package, publisher);
        Quality = new QualityReport(_model, serving.Package, publisher);
        _quality = new QualityTelemetry(serving.Package, serving.Answers);
        _featureNames = [.. serving.Package.Manifest.Pipeline.ValueNames()];
        _hidden = SensitiveFields.Filters(serving.Package.Manifest).Select(filter => filter.Channel).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The newest decision as it went out, or null before the first.</summary>
    public LatestMessage? Latest { get; private set; }

    /// <summary>Gives what a candidate beside this package counted since the last window; null for none.</summary>
    public Func<ShadowCounts?>? Beside { get; init; }

    /// <summary>Largest ratio of a stability index to its threshold; null before the first window.</summary>
    public double? Drift { get; private set; }

    /// <summary>Inferences that failed in all windows so far.</summary>
    public long Failed { get; private set; }

    /// <summary>Counts of predictions in the windows so far, what a successor's trial is compared with.</summary>
    public long[] PredictionCounts { get; private set; } = [];

    /// <summary>Channels with a fault that stands.</summary>
    public int FaultyChannels => _health?.Standing()?.Count ?? 0;

    /// <summary>Tells of its drift.</summary>
    public DriftReport Alarms { get; }

    /// <summary>Tells when its answers become wrong more often.</summary>
    public QualityReport Quality { get; }

    /// <summary>The model it tells about.</summary>
    public ServingModel Serving => _serving;

    /// <summary>What became of every sample.</summary>
    public SampleTally Tally => _serving.Tally;

    /// <summary>Counts a pause of the garbage collector.</summary>
    public void CountPause(long nanoseconds) => _totals.Pauses.Record(nanoseconds);

    /// <summary>Adds how long everything took that was not sent yet.</summary>
    public void AddLiveTo(LatencyLedger ledger)
    {
        _serving.AddLiveTo(ledger);
        ledger[LatencyStage.Publish].Add(_totals.Publish);
        ledger[LatencyStage.Gc].Add(_totals.Pauses);
    }

    /// <summary>Reports by other periods from now on.</summary>
    public void Report(TelemetryConfiguration options) => _options = options;

    /// <summary>Takes a label that came for one of its answers, or of those of a package before.</summary>
    /// <returns>False when the package takes none.</returns>
    public bool Take(in AnswerId id, TrueLabel label) => _quality.Take(id, label, _publisher.Stamp);

    /// <summary>Sends what is due.</summary>
    public void Pump(PredictionRing ring)
    {
        while (_serving.TakeWindow() is WindowCounters window)
        {
            Send(window);
            _serving.Return(window);
        }

        SendHealth();
        SendLatest(_options.LatestMs);
        SendPredictions(ring);
    }

    /// <summary>Sends what is left once the sample path has gone on to another model, or has ended.</summary>
    public void Finish(PredictionRing ring)
    {
        Pump(ring);
        SendLatest(atMostEveryMs: 0);
        SendBatch(ring);

        // What was due in the window before may have been served or dropped in this one.
        WindowCounters rest = _serving.TakeRest();
        if (rest.Due > 0 || rest.Samples > 0 || rest.Drops.Total > 0)
        {
            Send(rest);
        }

        _totals.Leave(_serving.Tally);
    }

    private void Send(WindowCounters window)
    {
        long sequence = _publisher.Stamp.Next("window");
        DriftVerdict verdict = _horizon.Add(window, sequence);
        Drift = verdict.MaxRatio ?? 0;
        Failed += window.Failed;
        Accumulate(window.PredictionCounts);
        AddOwn(window);
        _totals.Add(window);
        WindowMessage message = window.ToMessage(
            verdict, _serving.Package.Digest, _publisher.Stamp.Boot, sequence, _publisher.Stamp.UnixMs,
            _publisher.Stamp.ClockSynchronized) with
        {
            Overload = OverloadReader.NameOf(_configuration.Overload.Policy),
            Gate = _configuration.Gate?.Model,
            Channels = _health?.TakeCounts(),
            Categories = _health?.TakeCategories(_hidden),
            Clock = _health?.TakeClock(),
            Shadow = Beside?.Invoke(),
            Attributions = Alarms.Attributions.TakeCounts(),
        };
        message = _quality.Complete(message, window);
        _publisher.Window($"window/{_model}", message, _options.Protobuf);
        Alarms.Take(verdict, message);
        Quality.Take(message);
    }

    // The stages that this thread saw itself.
    private void AddOwn(WindowCounters window)
    {
        window.Ledger?[LatencyStage.Publish].Add(_totals.Publish);
        window.Ledger?[LatencyStage.Gc].Add(_totals.Pauses);
        _totals.Publish.Clear();
        _totals.Pauses.Clear();
    }

    private void Accumulate(ReadOnlySpan<long> counts)
    {
        if (PredictionCounts.Length != counts.Length)
        {
            PredictionCounts = new long[counts.Length];
        }

        for (int i = 0; i < counts.Length; i++)
        {
            PredictionCounts[i] += counts[i];
        }
    }

    private void SendHealth()
    {
        foreach (HealthChange change in _health?.TakeChanges() ?? [])
        {
            _publisher.Event(
                "event/sensor",
                NewEvent("sensor", change.Begins ? EventSeverity.Warning : EventSeverity.Info, change.Detail) with
                {
                    Values = change.Channels,
                    Channels = change.Findings,
                },
                WireJson.Default.EventMessage);
        }
    }

    // Left where it is until its time has come: nothing may follow it, as after the fail-safe decision on a dead sensor.
    private void SendLatest(double atMostEveryMs)
    {
        long now = _time.GetTimestamp();
        if ((Latest is not null && _time.GetElapsedTime(_latestSent, now).TotalMilliseconds < atMostEveryMs)
            || !_serving.TryTakeLatest(out LatestSample latest))
        {
            return;
        }

        _latestSent = now;
        PredictionRecord record = latest.Record;
        IReadOnlyList<string> labels = _serving.Package.Manifest.Output.Labels;
        Dictionary<string, double> features = new(_featureNames.Length);
        for (int i = 0; i < _featureNames.Length; i++)
        {
            if (_quality.MayTell(_featureNames[i]))
            {
                features[_featureNames[i]] = latest.Features[i];
            }
        }

        bool isDetection = _serving.Package.Manifest.Output.Kind == "detection";
        Latest = new LatestMessage
        {
            Boot = _publisher.Stamp.Boot,
            Sequence = _publisher.Stamp.Next("latest"),
            UnixMs = _publisher.Stamp.UnixMs,
            ClockSynchronized = _publisher.Stamp.ClockSynchronized,
            Model = _model,
            Version = _serving.Package.Manifest.Version,
            Digest = _serving.Package.Digest,
            N = record.N,
            SampleUnixMs = record.UnixMs,
            Decision = _serving.Decisions[record.Decision],
            Label = LabelOf(record),
            Score = record.Score,
            Scores = latest.Scores.ToArray(),
            Labels = labels,
            Found = isDetection ? latest.Found : null,
            Boxes = isDetection ? Boxes(latest, labels) : null,
            InferMicroseconds = latest.InferNanoseconds / 1000.0,
            PathMicroseconds = latest.PathNanoseconds / 1000.0,
            Features = features,
            Drift = Drift,
            Faults = _health?.Standing(),
        };
        _publisher.Latest($"latest/{_model}", Latest, WireJson.Default.LatestMessage, new Delay(record.DecidedAt, _totals.Publish));
    }

    private static FoundBox[] Boxes(LatestSample latest, IReadOnlyList<string> labels)
    {
        FoundBox[] boxes = new FoundBox[latest.Boxes.Length];
        for (int i = 0; i < boxes.Length; i++)
        {
            Detection box = latest.Boxes[i];
            boxes[i] = new FoundBox(labels[box.Label], box.Score, box.Left, box.Top, box.Right, box.Bottom);
        }

        return boxes;
    }

    private void SendPredictions(PredictionRing ring)
    {
        while (ring.TryRead(_serving.Number, out PredictionRecord record))
        {
            // Of a model before that was never seen to answer: its labels are not known here.
            if (record.Model != _serving.Number)
            {
                continue;
            }

            _messages.Tell(
                _serving.Decisions[record.Decision], record.Score, record.UnixMs, new Delay(record.DecidedAt, _totals.Publish));
            if (record.Changed)
            {
                _decided(_serving.Decisions[record.Decision], record.Score);
            }

            if (_options.Predictions == "all" || (_options.Predictions == "changes" && record.Changed))
            {
                _batchDecidedAt = _batch.Count == 0 ? record.DecidedAt : _batchDecidedAt;
                _batch.Add(new Prediction(record.N, record.UnixMs, LabelOf(record), record.Score, _serving.Decisions[record.Decision]));
                if (_batch.Count == MostPredictions)
                {
                    SendBatch(ring);
                }
            }
        }

        // Changes are told at once; where every prediction is sent, a batch a second is enough.
        if (_options.Predictions != "all" || _time.GetElapsedTime(_batchSent).TotalSeconds >= 1)
        {
            SendBatch(ring);
        }
    }

    private void SendBatch(PredictionRing ring)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        _batchSent = _time.GetTimestamp();
        _publisher.Predictions(
            $"prediction/{_model}",
            new PredictionMessage
            {
                Boot = _publisher.Stamp.Boot,
                Sequence = _publisher.Stamp.Next("prediction"),
                UnixMs = _publisher.Stamp.UnixMs,
                ClockSynchronized = _publisher.Stamp.ClockSynchronized,
                Model = _model,
                Version = _serving.Package.Manifest.Version,
                Predictions = [.. _batch],
                Dropped = ring.Dropped,
            },
            WireJson.Default.PredictionMessage,
            new Delay(_batchDecidedAt, _totals.Publish));
        _batch.Clear();
    }

    private string LabelOf(in PredictionRecord record)
    {
        IReadOnlyList<string> labels = _serving.Package.Manifest.Output.Labels;
        return labels.Count > 0 && record.Label != PredictionRecord.NoLabel ? labels[record.Label] : _serving.Decisions[record.Decision];
    }

    private EventMessage NewEvent(string kind, EventSeverity severity, string detail) => new()
    {
        Boot = _publisher.Stamp.Boot,
        Sequence = _publisher.Stamp.Next("event"),
        UnixMs = _publisher.Stamp.UnixMs,
        ClockSynchronized = _publisher.Stamp.ClockSynchronized,
        Kind = kind,
        Severity = severity,
        Model = _model,
        Detail = detail,
    };
}
