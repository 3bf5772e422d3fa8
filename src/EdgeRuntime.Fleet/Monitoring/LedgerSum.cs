using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>
/// Adds the latency ledgers and sample counts of windows up, exactly: the same sum whatever their order. Not thread-safe.
/// </summary>
public sealed class LedgerSum
{
    /// <summary>The stages of a sample's way, in its order; a device may send others, which come after them.</summary>
    private static readonly string[] Order = ["read", "features", "queue", "infer", "decide", "act", "end_to_end", "publish", "gc"];

    private readonly Dictionary<string, LatencyHistogram> _stages = [];
    private readonly Dictionary<string, long> _dropped = [];

    /// <summary>Windows added.</summary>
    public int Windows { get; private set; }

    /// <summary>Samples that were due; 0 where the device does not tell.</summary>
    public long Due { get; private set; }

    /// <summary>Samples that reached the model.</summary>
    public long Samples { get; private set; }

    /// <summary>Decisions that came after their deadline.</summary>
    public long DeadlineMisses { get; private set; }

    /// <summary>Samples that never reached the model, by cause.</summary>
    public IReadOnlyDictionary<string, long> Dropped => _dropped;

    /// <summary>The stages that hold something, in the order of a sample's way.</summary>
    public IEnumerable<(string Name, LatencyHistogram Histogram)> Stages => _stages
        .Where(stage => stage.Value.Count > 0)
        .OrderBy(stage => Place(stage.Key)).ThenBy(stage => stage.Key, StringComparer.Ordinal)
        .Select(stage => (stage.Key, stage.Value));

    /// <summary>Adds one window.</summary>
    /// <exception cref="FormatException">Its latency counts are no histograms.</exception>
    public void Add(WindowMessage window)
    {
        Windows++;
        Due += window.Due;
        Samples += window.Samples;
        DeadlineMisses += window.DeadlineMisses;
        foreach ((string cause, long count) in window.Dropped)
        {
            _dropped[cause] = _dropped.GetValueOrDefault(cause) + count;
        }

        Add("infer", window.Infer);
        Add("end_to_end", window.Path);
        foreach ((string name, LatencyCounts counts) in window.Stages ?? new Dictionary<string, LatencyCounts>())
        {
            Add(name, counts);
        }
    }

    private void Add(string name, LatencyCounts counts)
    {
        if (!_stages.TryGetValue(name, out LatencyHistogram? stage))
        {
            stage = new LatencyHistogram();
            _stages[name] = stage;
        }

        stage.AddSparse(counts.Buckets, counts.Counts, WindowTally.Nanoseconds(counts.MaxMicroseconds));
    }

    private static int Place(string name)
    {
        int place = Array.IndexOf(Order, name);
        return place >= 0 ? place : Order.Length;
    }
}
