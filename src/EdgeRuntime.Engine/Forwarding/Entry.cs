namespace EdgeRuntime.Engine.Forwarding;

/// <summary>Where a message that is in memory stands.</summary>
internal enum EntryState
{
    /// <summary>To be sent, for the first time or again.</summary>
    Waiting,

    /// <summary>With the link.</summary>
    InFlight,

    /// <summary>The broker has it; the fleet manager has not said that it has.</summary>
    Delivered,

    /// <summary>Acknowledged: nothing keeps it any more.</summary>
    Released,

    /// <summary>Given up, and counted.</summary>
    Dropped,
}

/// <summary>A message that is in memory. Changed under the outbox's lock only.</summary>
/// <remarks>It outlives the message: what a segment has seen acknowledged is known by its entries, until the file goes.</remarks>
internal sealed class Entry(StoredMessage message, long number, long postedAt, bool fromDisk)
{
    private StoredMessage? _message = message;

    /// <summary>Until nobody waits for it and nobody writes it.</summary>
    public StoredMessage Message => _message ?? throw new InvalidOperationException($"message {Number} is {State}, and no longer in memory");

    /// <summary>Unique within the outbox; names it to the link.</summary>
    public long Number { get; } = number;

    /// <summary>When it came, on the monotonic clock.</summary>
    public long PostedAt { get; } = postedAt;

    /// <summary>True for a backlog, which is sent at a pace.</summary>
    public bool FromDisk { get; } = fromDisk;

    /// <summary>Who is told once it is safe.</summary>
    public bool IsAwaited { get; init; }

    public MessageKey Key { get; } = new(message.Boot, message.TopicClass);

    /// <summary>Its number within its key.</summary>
    public long Sequence { get; } = message.Sequence;

    /// <summary>Itself, and what was merged into it.</summary>
    public MessageCount Count { get; } = MessageCount.Of(message);

    /// <summary>When it was made, UTC milliseconds; <see cref="long.MaxValue"/> where that cannot be trusted.</summary>
    public long UnixMs { get; } = message.ClockSynchronized ? message.UnixMs : long.MaxValue;

    public int Bytes { get; } = RecordFormat.SizeOf(message);

    public EntryState State
    {
        get;
        set
        {
            field = value;
            ShedMessage();
        }
    }

    /// <summary>True while the other thread writes it: it stays as it is, and is not sent.</summary>
    public bool IsBeingWritten
    {
        get;
        set
        {
            field = value;
            ShedMessage();
        }
    }

    /// <summary>True once this run of the process gave it to the link.</summary>
    public bool WasSent { get; set; }

    /// <summary>Where it is on the disk; null while it is in memory alone.</summary>
    public Segment? Segment { get; set; }

    /// <summary>Whether anybody still waits for it.</summary>
    public bool IsLive => State is not (EntryState.Released or EntryState.Dropped);

    private void ShedMessage() => _message = IsLive || IsBeingWritten ? _message : null;
}

/// <summary>What messages are numbered in.</summary>
internal readonly record struct MessageKey(Contracts.Ids.BootId Boot, string TopicClass);
