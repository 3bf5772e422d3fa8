using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Everything one model counts over one span of time: exact to add, and of a size that no sample changes.</summary>
/// <remarks>
/// The sample path fills one instance while telemetry reports another; the two are swapped at the end of a window.
/// Recording allocates nothing; judging and reporting do. Not thread-safe.
/// </remarks>
public sealed class WindowCounters
{
    /// <summary>
    /// Effective samples below which drift is not judged. Below some thirty the threshold is on the silent side anyway;
    /// the bound is here so that nobody reads an index of three samples.
    /// </summary>
    public const double SmallestSample = 20;

    private readonly ModelManifest _manifest;
    private readonly ReferenceProfile _profile;
    private readonly ReferenceBins[] _features;

    // Where each of them stands among the pipeline's values.
    private readonly int[] _sources;
    private readonly PredictionBins _predictions;

    /// <summary>Creates empty counters with a ledger of their own.</summary>
    /// <exception cref="ArgumentException">The reference does not belong to the manifest; the message says why.</exception>
    public WindowCounters(ModelManifest manifest, ReferenceProfile reference)
        : this(manifest, reference, new LatencyLedger())
    {
    }

    /// <summary>Creates empty counters.</summary>
    /// <param name="ledger">
    /// An empty one, taken over. Null for sums that are only judged: they do without the memory of ledger, moments and quantiles that no
    /// verdict rests on.
    /// </param>
    /// <exception cref="ArgumentException">The reference does not belong to the manifest; the message says why.</exception>
    public WindowCounters(ModelManifest manifest, ReferenceProfile reference, LatencyLedger? ledger)
    {
        Ledger = ledger;
        bool whole = ledger is not null;
        _manifest = manifest;
        _profile = reference;
        List<string> values = [.. manifest.Pipeline.ValueNames()];
        ComparisonMethod? test = WindowTest.MethodOf((manifest.Monitoring ?? new MonitoringSpec()).Drift);
        IReadOnlyList<string> sketched = MonitoringSpec.SketchedFeatures(manifest.Monitoring, reference);
        _features =
        [
            .. reference.Features.Select(feature => new ReferenceBins(
                feature, moments: whole, quantiles: sketched.Contains(feature.Name) && (whole || IsJudgedBySketch(feature, test)),
                UnseenOf(manifest, feature.Name))),
        ];
        _sources = [.. _features.Select(feature => SourceOf(values, feature.Name))];
        _predictions = new PredictionBins(manifest.Output, reference);
        Signals = new SignalCounts(_features.Length);
    }

    /// <summary>Samples that reached the model.</summary>
    public long Samples { get; private set; }

    /// <summary>Of these, inferences that failed or answered NaN.</summary>
    public long Failed { get; private set; }

    /// <summary>Samples that were due, and reads that failed. For the owner to set: not all of them reach the model.</summary>
    public long Due { get; set; }

    /// <summary>Samples that never reached it. For the owner to set: the model never sees them.</summary>
    public DropCounts Drops { get; set; }

    /// <summary>Decisions that came after the deadline of their sample. For the owner to set.</summary>
    public long DeadlineMisses { get; set; }

    /// <summary>When the first sample was taken, UTC milliseconds; 0 before it.</summary>
    public long StartUnixMs { get; private set; }

    /// <summary>When the last sample was taken, UTC milliseconds; 0 before it.</summary>
    public long EndUnixMs { get; private set; }

    /// <summary>How long the samples took, stage by stage; null for counters made without.</summary>
    public LatencyLedger? Ledger { get; }

    /// <summary>What online detectors signalled, by the reference's features.</summary>
    public SignalCounts Signals { get; }

    /// <summary>What is counted so that answers can be judged without labels, and by group; null for nothing.</summary>
    public AnswerCounts? Answers { get; init; }

    /// <summary>Predictions by label (classification) or by the reference's bins.</summary>
    public ReadOnlySpan<long> PredictionCounts => _predictions.Counts;

    /// <summary>Counts one sample. Allocates nothing.</summary>
    /// <param name="decoded">Invalid when the inference failed.</param>
    /// <param name="values">The pipeline's values, before scaling.</param>
    /// <param name="times">How long it took.</param>
    /// <param name="unixMs">When the sample was taken.</param>
    public void Record(in Decoded decoded, ReadOnlySpan<double> values, in SampleTimes times, long unixMs)
    {
        StartUnixMs = Samples == 0 ? unixMs : StartUnixMs;
        EndUnixMs = unixMs;
        Samples++;
        Record(times);
        for (int i = 0; i < _features.Length; i++)
        {
            _features[i].Record(values[_sources[i]]);
        }

        if (decoded.IsValid)
        {
            _predictions.Record(decoded);
        }
        else
        {
            Failed++;
        }
    }

    /// <summary>Adds counters of the same package, exactly: the result is as if all samples had been counted here.</summary>
    /// <exception cref="ArgumentException">They were made for other bins; nothing was added.</exception>
    public void Add(WindowCounters other)
    {
        if (!HasBinsOf(other))
        {
            throw new ArgumentException("counters of another package cannot be added", nameof(other));
        }

        if (other.Samples > 0)
        {
            StartUnixMs = Samples == 0 ? other.StartUnixMs : Math.Min(StartUnixMs, other.StartUnixMs);
            EndUnixMs = Samples == 0 ? other.EndUnixMs : Math.Max(EndUnixMs, other.EndUnixMs);
        }

        Samples += other.Samples;
        Failed += other.Failed;
        Due += other.Due;
        Drops += other.Drops;
        DeadlineMisses += other.DeadlineMisses;
        if (other.Ledger is not null)
        {
            Ledger?.Add(other.Ledger);
        }

        _predictions.Add(other._predictions);
        for (int i = 0; i < _features.Length; i++)
        {
            _features[i].Add(other._features[i]);
        }

        Signals.Add(other.Signals);
    }

    /// <summary>Adds the counts of a window that was told, exactly; how long things took and what was dropped are left out.</summary>
    /// <returns>Null, or why the window cannot be one of this package; then nothing was added that counts.</returns>
    public string? Add(WindowMessage told)
    {
        if (told.Features.Count != _features.Length)
        {
            return $"it has {told.Features.Count} features and the reference has {_features.Length}";
        }

        for (int i = 0; i < _features.Length; i++)
        {
            FeatureCounts feature = told.Features[i];
            if (feature.Name != _features[i].Name || feature.Counts.Count != _features[i].Live.Counts.Length
                || feature.Missing < 0 || feature.Counts.Any(count => count < 0))
            {
                return $"its feature '{feature.Name}' was not counted on the reference's bins of '{_features[i].Name}'";
            }

            if (_features[i].ComplaintOf(feature.Quantiles) is string complaint)
            {
                return $"the verdict on its feature '{feature.Name}' rests on quantiles, and {complaint}";
            }
        }

        if (!_predictions.TryAdd(told.Predictions))
        {
            return "its predictions were not counted on this package's labels";
        }

        for (int i = 0; i < _features.Length; i++)
        {
            _features[i].Add(told.Features[i]);
            Signals.Add(i, told.Features[i].Signals?.FirstUnixMs ?? 0, Math.Max(0, told.Features[i].Signals?.Count ?? 0));
        }

        StartUnixMs = Samples == 0 ? told.StartUnixMs : Math.Min(StartUnixMs, told.StartUnixMs);
        EndUnixMs = Samples == 0 ? told.EndUnixMs : Math.Max(EndUnixMs, told.EndUnixMs);
        Samples += told.Samples;
        Failed += told.Failed;
        return null;
    }

    /// <summary>Forgets everything but the bins. Allocates nothing.</summary>
    public void Clear()
    {
        Samples = 0;
        Failed = 0;
        Due = 0;
        Drops = default;
        DeadlineMisses = 0;
        StartUnixMs = 0;
        EndUnixMs = 0;
        Ledger?.Clear();
        Signals.Clear();
        Answers?.Clear();
        _predictions.Clear();
        foreach (ReferenceBins feature in _features)
        {
            feature.Clear();
        }
    }

    /// <summary>Continues the stream of samples where the window before ended. Allocates nothing.</summary>
    /// <param name="before">Counters of the same package.</param>
    public void Follow(WindowCounters before)
    {
        for (int i = 0; i < _features.Length; i++)
        {
            _features[i].Follow(before._features[i]);
        }
    }

    /// <summary>Compares the window with the package's reference.</summary>
    /// <remarks>
    /// With many features tested at once, the window as a whole alarms by chance no more often than the reference's level says:
    /// Holm's correction gives each feature the level that it is held against.
    /// </remarks>
    public DriftVerdict Judge() => Judge(Signals);

    /// <summary>As <see cref="Judge()"/>, for a sum over windows of which only the newest one's signals are news.</summary>
    /// <param name="signals">Those of the newest window.</param>
    public DriftVerdict Judge(SignalCounts signals)
    {
        double[] levels = new double[_features.Length];
        Array.Fill(levels, _profile.Level / Math.Max(_features.Length, 1));
        FeatureDrift[] features = JudgeAt(levels, signals);
        double[] pValues = [.. features.Select(feature => feature.Enough ? feature.PValue : double.NaN)];
        double[] corrected = new double[_features.Length];
        Holm.Levels(pValues, _profile.Level, corrected);
        return new DriftVerdict
        {
            Samples = Samples,
            Features = corrected.AsSpan().SequenceEqual(levels) ? features : JudgeAt(corrected, signals),
            Predictions = _predictions.Judge(),
        };
    }

    /// <summary>The counters as they go on the wire, judged.</summary>
    /// <param name="digest">The package they were collected under.</param>
    /// <param name="sequence">Of the class <c>window</c>.</param>
    /// <param name="unixMs">Now; also stands for start and end of a window without samples.</param>
    public WindowMessage ToMessage(ModelId digest, BootId boot, long sequence, long unixMs, bool clockSynchronized) =>
        ToMessage(Judge(), digest, boot, sequence, unixMs, clockSynchronized);

    /// <summary>The counters as they go on the wire, with the verdict that was made of them.</summary>
    /// <param name="verdict">From <see cref="Judge()"/>, with nothing recorded since.</param>
    /// <param name="digest">The package they were collected under.</param>
    /// <param name="sequence">Of the class <c>window</c>.</param>
    /// <param name="unixMs">Now; also stands for start and end of a window without samples.</param>
    public WindowMessage ToMessage(
        DriftVerdict verdict, ModelId digest, BootId boot, long sequence, long unixMs, bool clockSynchronized) => new()
    {
        Boot = boot,
        Sequence = sequence,
        UnixMs = unixMs,
        ClockSynchronized = clockSynchronized,
        Model = _manifest.Name,
        Version = _manifest.Version,
        Digest = digest,
        StartUnixMs = Samples == 0 ? unixMs : StartUnixMs,
        EndUnixMs = Samples == 0 ? unixMs : EndUnixMs,
        Samples = Samples,
        Failed = Failed,
        Dropped = Drops.ByName(),
        Predictions = _predictions.ToCounts(verdict.Predictions),
        Due = Due,
        DeadlineMisses = DeadlineMisses,
        Infer = ToCounts(LatencyStage.Infer),
        Path = ToCounts(LatencyStage.EndToEnd),
        Stages = Stages(),
        Features = [.. _features.Zip(verdict.Features, FeatureReport.Of)],
    };

    private FeatureDrift[] JudgeAt(double[] levels, SignalCounts signals)
    {
        DriftSpec drift = (_manifest.Monitoring ?? new MonitoringSpec()).Drift;
        FeatureDrift[] features = new FeatureDrift[_features.Length];
        for (int i = 0; i < features.Length; i++)
        {
            features[i] = new FeatureDrift
            {
                Name = _features[i].Name,
                Verdict = _features[i].Judge(_profile, levels[i]),
                Test = WindowTest.MethodOf(drift) is ComparisonMethod method
                    ? _features[i].Compare(method, _profile, drift.MinEffect, levels[i])
                    : null,
                Signals = signals[i] == 0
                    ? null
                    : new SignalFinding(_manifest.Monitoring?.Online?.Detector ?? "", signals[i], signals.FirstOf(i)),
            };
        }

        return features;
    }

    private bool HasBinsOf(WindowCounters other)
    {
        bool same = _features.Length == other._features.Length && _predictions.HasBinsOf(other._predictions);
        for (int i = 0; same && i < _features.Length; i++)
        {
            same = _features[i].HasBinsOf(other._features[i]);
        }

        return same;
    }

    private void Record(in SampleTimes times)
    {
        if (Ledger is null)
        {
            return;
        }

        Ledger[LatencyStage.Read].Record(times.Read);
        Ledger[LatencyStage.Features].Record(times.Features);
        if (times.Queue != SampleTimes.None)
        {
            Ledger[LatencyStage.Queue].Record(times.Queue);
        }

        Ledger[LatencyStage.Infer].Record(times.Infer);
        Ledger[LatencyStage.Decide].Record(times.Decide);
        Ledger[LatencyStage.Act].Record(times.Act);
        Ledger[LatencyStage.EndToEnd].Record(times.EndToEnd);
    }

    private LatencyCounts ToCounts(LatencyStage stage) => LedgerCounts.Of(Ledger?[stage] ?? new LatencyHistogram());

    // Inference and end to end have members of their own, from before there was a ledger.
    private Dictionary<string, LatencyCounts> Stages()
    {
        Dictionary<string, LatencyCounts> stages = Ledger is null ? [] : LedgerCounts.Of(Ledger);
        stages.Remove(LatencyLedger.NameOf(LatencyStage.Infer));
        stages.Remove(LatencyLedger.NameOf(LatencyStage.EndToEnd));
        return stages;
    }

    private static bool IsJudgedBySketch(ReferenceFeature feature, ComparisonMethod? test) =>
        test == ComparisonMethod.Wasserstein && feature.Wasserstein is not null;

    // Listed categories have the numbers from 0 on, and all others the one after them.
    private static double UnseenOf(ModelManifest manifest, string name) =>
        manifest.Pipeline.Features.FirstOrDefault(feature => feature.Name == name)?.Categories is { } listed ? listed.Count : double.NaN;

    private static int SourceOf(List<string> values, string name)
    {
        int source = values.IndexOf(name);
        return source >= 0
            ? source
            : throw new ArgumentException($"the reference has a feature '{name}' that the manifest has not, or only as raw window");
    }
}
