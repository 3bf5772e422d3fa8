namespace EdgeRuntime.Engine.Sampling;

/// <summary>What happens when samples come faster than the model answers.</summary>
public enum OverloadPolicy
{
    /// <summary>
    /// Reading waits for the model: one thread does both. The shortest way when the model keeps up; when it does not, the
    /// sensor is read late, and what it loses meanwhile is the sensor's to count.
    /// </summary>
    Block,

    /// <summary>Samples wait in a queue; when it is full, the one that waited longest makes room.</summary>
    DropOldest,

    /// <summary>Samples wait in a queue; when it is full, the one that comes is dropped.</summary>
    DropNewest,

    /// <summary>Only the newest sample waits; what was not begun when a newer one comes is superseded.</summary>
    LatestOnly,

    /// <summary>Of every n samples one is queued, whatever the load; when the queue is full, the oldest makes room.</summary>
    EveryNth,
}

/// <summary>A model's way with overload. Immutable.</summary>
public sealed record OverloadOptions
{
    /// <summary>What happens when samples come faster than the model answers. (default: block)</summary>
    public OverloadPolicy Policy { get; init; } = OverloadPolicy.Block;

    /// <summary>Samples that may wait. (default: 8; 1 to 4096; always 1 for <see cref="OverloadPolicy.LatestOnly"/>)</summary>
    public int Capacity { get; init; } = 8;

    /// <summary>For <see cref="OverloadPolicy.EveryNth"/>: one of so many samples is served. (default: 2; 2 to 1000000)</summary>
    public int Nth { get; init; } = 2;

    /// <summary>
    /// Age at which a sample is of no use any more: older ones are not begun, and decisions that come later are counted.
    /// Null for none. (default: none; more than 0, at most an hour)
    /// </summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Whether samples wait in a queue, so that reading and inferring are two threads.</summary>
    public bool Queues => Policy != OverloadPolicy.Block;

    /// <summary>Samples that may wait under this policy; 0 for <see cref="OverloadPolicy.Block"/>.</summary>
    public int QueueLength => Policy switch
    {
        OverloadPolicy.Block => 0,
        OverloadPolicy.LatestOnly => 1,
        _ => Capacity,
    };
}
