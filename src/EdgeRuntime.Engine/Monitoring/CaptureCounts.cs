using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What became of one model's clips in this run: made = written + too large + over the day's bytes + failed.</summary>
public sealed record CaptureCounts
{
    /// <summary>Clips on the disk now.</summary>
    public int Clips { get; init; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes written today, also by earlier runs.</summary>
    public long BytesToday { get; init; }

    /// <summary>Clips written.</summary>
    public long Written { get; init; }

    /// <summary>Bytes written.</summary>
    public long BytesWritten { get; init; }

    /// <summary>Clips that were larger than all of them may be.</summary>
    public long TooLarge { get; init; }

    /// <summary>Clips for which the day had no bytes left.</summary>
    public long OverDay { get; init; }

    /// <summary>Writes, reads and removals that the medium refused.</summary>
    public long Failed { get; init; }

    /// <summary>Clips removed because they were too old.</summary>
    public long Aged { get; init; }

    /// <summary>Clips removed to make room, by their reason.</summary>
    public IReadOnlyDictionary<CaptureReason, long> Evicted { get; init; } = new Dictionary<CaptureReason, long>();

    internal CaptureCounts WithEvicted(CaptureReason reason) => this with
    {
        Evicted = new Dictionary<CaptureReason, long>(Evicted) { [reason] = Evicted.GetValueOrDefault(reason) + 1 },
    };
}
