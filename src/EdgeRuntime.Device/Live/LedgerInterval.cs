using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Live;

/// <summary>What happened between two readings of a live ledger; with one reading, since the process began.</summary>
/// <param name="before">The earlier reading, or null. One of another boot counts as none.</param>
internal sealed class LedgerInterval(LiveLedger now, LiveLedger? before)
{
    private readonly LiveLedger? _before = before?.Boot == now.Boot ? before : null;

    /// <summary>The later reading.</summary>
    public LiveLedger Now => now;

    /// <summary>Its length, seconds; greater than 0.</summary>
    public double Seconds => Math.Max(0.001, (now.UptimeMs - (_before?.UptimeMs ?? 0)) / 1000.0);

    /// <summary>Samples a second that reached the model.</summary>
    public double Rate(LiveModel model) => (model.Samples - (Earlier(model)?.Samples ?? 0)) / Seconds;

    /// <summary>Samples that never reached it.</summary>
    public long Dropped(LiveModel model) => model.Dropped.Values.Sum() - (Earlier(model)?.Dropped.Values.Sum() ?? 0);

    /// <summary>The cause of most of these, or null.</summary>
    public string? MostCause(LiveModel model)
    {
        LiveModel? earlier = Earlier(model);
        (string? cause, long most) = (null, 0);
        foreach ((string name, long count) in model.Dropped)
        {
            long dropped = count - (earlier?.Dropped.GetValueOrDefault(name) ?? 0);
            if (dropped > most)
            {
                (cause, most) = (name, dropped);
            }
        }

        return cause;
    }

    /// <summary>Decisions that came after their deadline.</summary>
    public long Misses(LiveModel model) => model.DeadlineMisses - (Earlier(model)?.DeadlineMisses ?? 0);

    /// <summary>Durations of one stage; empty when it did not occur.</summary>
    public LatencyHistogram Times(LiveModel model, string stage)
    {
        LatencyHistogram times = new();
        if (!model.Stages.TryGetValue(stage, out LatencyCounts? all))
        {
            return times;
        }

        LatencyCounts? earlier = Earlier(model)?.Stages.GetValueOrDefault(stage);
        Dictionary<int, long> known = [];
        for (int i = 0; i < (earlier?.Buckets.Count ?? 0); i++)
        {
            known[earlier!.Buckets[i]] = earlier.Counts[i];
        }

        List<int> buckets = [];
        List<long> counts = [];
        for (int i = 0; i < all.Buckets.Count; i++)
        {
            long count = all.Counts[i] - known.GetValueOrDefault(all.Buckets[i]);
            if (count > 0)
            {
                buckets.Add(all.Buckets[i]);
                counts.Add(count);
            }
        }

        if (buckets.Count > 0)
        {
            // The largest of all time may lie before the interval; its bucket then bounds what lies within.
            long highest = LatencyHistogram.RangeOf(buckets[^1]).High;
            times.AddSparse(buckets, counts, Math.Min(highest, (long)Math.Round(all.MaxMicroseconds * 1000)));
        }

        return times;
    }

    private LiveModel? Earlier(LiveModel model) => _before?.Models.FirstOrDefault(each => each.Name == model.Name);
}
