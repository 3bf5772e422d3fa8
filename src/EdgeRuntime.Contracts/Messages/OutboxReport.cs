namespace EdgeRuntime.Contracts.Messages;

/// <summary>A device's messages that wait on its disk, and what became of all others.</summary>
public sealed record OutboxReport
{
    /// <summary><c>disk</c>, or <c>memory</c> while the disk takes nothing: then a power failure costs what waits.</summary>
    public required string Storage { get; init; }

    /// <summary>Bytes of log on the disk.</summary>
    public required long Bytes { get; init; }

    /// <summary>Bytes that it may have.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>Stretches of the log that could not be read: torn by a power failure, or flipped by age.</summary>
    public long Damaged { get; init; }

    /// <summary>By class, the most important first: <c>results</c> (updates, events), <c>aggregates</c> (windows), <c>samples</c> (predictions).</summary>
    public required IReadOnlyDictionary<string, OutboxTally> Classes { get; init; }
}

/// <summary>
/// What became of the messages of one class, over all runs of the device:
/// <c>produced = sent + merged + dropped_room + dropped_age + dropped_damage + waiting</c>.
/// </summary>
/// <param name="Produced">Messages made.</param>
/// <param name="Sent">Messages acknowledged; of merged ones the one that went out.</param>
/// <param name="Merged">Messages whose counts went into another one that was sent or waits.</param>
/// <param name="DroppedRoom">Messages lost because there was no room.</param>
/// <param name="DroppedAge">Messages lost because they waited too long.</param>
/// <param name="DroppedDamage">Messages lost because the medium lost them.</param>
/// <param name="Waiting">Messages that wait, sent or not, to be acknowledged.</param>
public sealed record OutboxTally(long Produced, long Sent, long Merged, long DroppedRoom, long DroppedAge, long DroppedDamage, long Waiting);
