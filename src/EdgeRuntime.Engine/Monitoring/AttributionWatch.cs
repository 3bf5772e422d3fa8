using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// What a model listens to, counted from the explanations that are made anyway, and held against what it listened to in the reference.
/// </summary>
/// <remarks>
/// Neighbouring samples say the same twice, so only those are counted that are as far apart as the reference says samples must be to
/// count as independent. The verdict rests on the newest 256 to 512. Not thread-safe.
/// </remarks>
public sealed class AttributionWatch
{
    private const int Generation = 256;
    private const string Occlusion = "occlusion";
    private const string Shapley = "shapley";

    private readonly IReadOnlyList<string> _groups;
    private readonly Dictionary<string, int> _placeOf;
    private readonly AttributionCounters? _reference;
    private readonly double _level;
    private readonly string _method;
    private readonly double[] _values;
    private readonly AttributionCounters _window;
    private readonly AttributionCounters _before;
    private readonly AttributionCounters _newest;
    private long _skipped;
    private long _lastN;

    /// <summary>Begins for a package.</summary>
    /// <param name="reference">Null where the package has none: then nothing is compared.</param>
    public AttributionWatch(ModelManifest manifest, ReferenceProfile? reference)
    {
        ExplainSpec spec = manifest.Monitoring?.Explain ?? new ExplainSpec();
        _groups = AttributionGroups.Of(manifest, spec).Names;
        _placeOf = _groups.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        _values = new double[_groups.Count];
        (_window, _before, _newest) = (new AttributionCounters(_groups.Count), new AttributionCounters(_groups.Count), new AttributionCounters(_groups.Count));
        Gap = reference is null ? 1 : (long)Math.Ceiling(1 / reference.EffectiveShare);
        _level = reference?.Level ?? 1;
        _method = reference?.Attributions?.Method ?? (spec.Method == Occlusion ? Occlusion : Shapley);

        // Groups of another name or order were divided otherwise; nothing of them can be compared.
        _reference = reference?.Attributions is { } known && known.Groups.SequenceEqual(_groups) ? CountersOf(known) : null;
    }

    /// <summary>Samples from one that is counted to the next that may be.</summary>
    public long Gap { get; }

    /// <summary>Whether there is something to compare with.</summary>
    public bool IsCompared => _reference is not null;

    /// <summary>What was counted, as counters of the reference are made.</summary>
    /// <param name="known">Whole.</param>
    public static AttributionCounters CountersOf(AttributionReference known) => new(
        known.Samples, [.. known.Means.Select(mean => (Int128)Math.Round(mean * known.Samples / AttributionCounters.Unit))], [.. known.Tops]);

    /// <summary>Counts one explanation of this package's model.</summary>
    public void Take(ExplanationReport report)
    {
        bool isNeighbour = report.N > 0 && _lastN > 0 && Math.Abs(report.N - _lastN) < Gap;
        if (isNeighbour || (report.Method == Occlusion) != (_method == Occlusion) || report.Groups.Count != _groups.Count
            || !report.Groups.All(group => _placeOf.ContainsKey(group.Name) && double.IsFinite(group.Attribution)))
        {
            _skipped++;
            return;
        }

        _lastN = report.N;
        foreach (AttributedGroup group in report.Groups)
        {
            _values[_placeOf[group.Name]] = group.Attribution;
        }

        if (_newest.Samples == Generation)
        {
            _before.Clear();
            _before.Add(_newest);
            _newest.Clear();
        }

        _newest.Record(_values);
        _window.Record(_values);
    }

    /// <summary>What was counted since the last call; null for nothing.</summary>
    public AttributionCounts? TakeCounts()
    {
        if (_window.Samples == 0 && _skipped == 0)
        {
            return null;
        }

        AttributionCounts counts = new()
        {
            Method = _method,
            Groups = _groups,
            Samples = _window.Samples,
            Skipped = _skipped,
            Sums = _window.Sums.ToArray(),
            Tops = _window.Tops.ToArray(),
        };
        _window.Clear();
        _skipped = 0;
        return counts;
    }

    /// <summary>Whether the model listens to something else than in the reference; null where that was not compared.</summary>
    public AttributionShift? Shift()
    {
        AttributionCounters live = new(_groups.Count);
        live.Add(_before);
        live.Add(_newest);
        if (_reference is null || live.Samples < AttributionDrift.SmallestSample)
        {
            return null;
        }

        AttributionVerdict verdict = AttributionDrift.Compare(_reference, live, _level);
        return new AttributionShift
        {
            Drifted = verdict.Drifted,
            Ndcg = verdict.Ndcg,
            PValue = verdict.Tops.PValue,
            Samples = live.Samples,
            Now = Most(live),
            Before = Most(_reference),
        };
    }

    private string Most(AttributionCounters counters)
    {
        double[] means = counters.Means();
        return _groups[Array.IndexOf(means, means.Max())];
    }
}
