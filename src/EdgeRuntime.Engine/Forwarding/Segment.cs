namespace EdgeRuntime.Engine.Forwarding;

/// <summary>What of a segment is in memory.</summary>
internal enum SegmentPhase
{
    /// <summary>Nothing: it waits its turn to be read.</summary>
    Idle,

    /// <summary>Its messages, on their way out.</summary>
    Loaded,

    /// <summary>The broker has all of it; what it awaits is only the fleet manager's word.</summary>
    Parked,
}

/// <summary>One file of a log. Changed under the outbox's lock, by the thread that writes only.</summary>
internal sealed class Segment(SegmentName name)
{
    public SegmentName Name { get; set; } = name;

    /// <summary>Bytes of its file.</summary>
    public long Bytes { get; set; }

    public SegmentPhase Phase { get; set; }

    /// <summary>How far its messages are merged: 0 not, 1 to an hour, 2 to a day.</summary>
    public int Level { get; set; }

    /// <summary>Whether <see cref="Live"/> and <see cref="Gone"/> are known.</summary>
    public bool IsCounted { get; set; }

    /// <summary>Messages in it that nobody has acknowledged.</summary>
    public MessageCount Live { get; set; }

    /// <summary>Messages in it that were acknowledged or given up, and are gone with the file.</summary>
    public MessageCount Gone { get; set; }

    /// <summary>Time of its newest message, UTC milliseconds; <see cref="long.MaxValue"/> where that cannot be trusted or is not known.</summary>
    public long NewestUnixMs { get; set; } = long.MaxValue;

    /// <summary>Its messages in order, while loaded.</summary>
    public EntryQueue Entries { get; } = new();

    /// <summary>What it waits for while parked: the highest number of each kind.</summary>
    public Dictionary<MessageKey, long> Unacknowledged { get; } = [];

    /// <summary>Stretches of it that could not be read.</summary>
    public int Damaged { get; set; }

    /// <summary>Reads that failed in a row.</summary>
    public int ReadFailures { get; set; }
}

/// <summary>Messages, and those that were merged into them.</summary>
/// <param name="Records">How many there are.</param>
/// <param name="Merged">How many more they stand for.</param>
internal readonly record struct MessageCount(long Records, long Merged)
{
    /// <summary>All that were produced.</summary>
    public long Produced => Records + Merged;

    public static MessageCount Of(StoredMessage message) => new(1, message.StandsFor - 1);

    public static MessageCount operator +(MessageCount one, MessageCount other) => new(one.Records + other.Records, one.Merged + other.Merged);

    public static MessageCount operator -(MessageCount one, MessageCount other) => new(one.Records - other.Records, one.Merged - other.Merged);
}
