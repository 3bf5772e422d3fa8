using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Fleet.Storage;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Which messages arrived, by (device, class, boot): the manager's memory against duplicates, kept in its database.</summary>
/// <remarks>Bounded: <see cref="Retention.BootsKept"/> boots of each device and class on the disk, <see cref="MaxCached"/> in memory.</remarks>
internal sealed class ReceivedLog(Database database)
{
    /// <summary>Entries in memory; the rest is read again when needed.</summary>
    public const int MaxCached = 100_000;

    private readonly Dictionary<(DeviceId Device, string Class, BootId Boot), SequenceRanges> _known = [];
    private readonly HashSet<(DeviceId Device, string Class, BootId Boot)> _changed = [];

    /// <summary>Takes a number in. True when it is new.</summary>
    public bool Add(DeviceId device, string messageClass, BootId boot, long sequence, long nowMs)
    {
        bool isNew = Find(device, messageClass, boot, nowMs).Add(sequence, nowMs);
        if (isNew)
        {
            _changed.Add((device, messageClass, boot));
        }

        return isNew;
    }

    /// <summary>How far nothing is missing; see <see cref="SequenceRanges.Contiguous"/>.</summary>
    public long Contiguous(DeviceId device, string messageClass, BootId boot, long nowMs) =>
        Find(device, messageClass, boot, nowMs).Contiguous(nowMs);

    /// <summary>Writes what changed, within the caller's transaction.</summary>
    public void Save(long nowMs)
    {
        foreach ((DeviceId Device, string Class, BootId Boot) key in _changed)
        {
            database.Execute(
                "INSERT OR REPLACE INTO received (device, class, boot, ranges, seen) VALUES ($1, $2, $3, $4, $5)",
                key.Device.ToString(), key.Class, key.Boot.ToString(), _known[key].ToString(), nowMs);
        }

        _changed.Clear();
        if (_known.Count > MaxCached)
        {
            _known.Clear();
        }
    }

    /// <summary>Forgets what is in memory; for after a failed commit.</summary>
    public void Forget()
    {
        _known.Clear();
        _changed.Clear();
    }

    private SequenceRanges Find(DeviceId device, string messageClass, BootId boot, long nowMs)
    {
        if (!_known.TryGetValue((device, messageClass, boot), out SequenceRanges? ranges))
        {
            List<string> stored = database.Read(
                "SELECT ranges FROM received WHERE device = $1 AND class = $2 AND boot = $3",
                row => row.GetString(0),
                device.ToString(), messageClass, boot.ToString());
            ranges = stored.Count > 0 ? SequenceRanges.Parse(stored[0], nowMs) : new SequenceRanges();
            _known[(device, messageClass, boot)] = ranges;
        }

        return ranges;
    }
}
