namespace EdgeRuntime.Engine.Telemetry;

/// <summary>Why a sample never reached the model. Each is counted by one thread of the sample path only.</summary>
public enum DropCause
{
    /// <summary>A read of the sensor failed: there was no frame to make a sample of.</summary>
    SensorError,

    /// <summary>The window held no value at all.</summary>
    MissingValue,

    /// <summary>Every nth sample is served, and this was none of them.</summary>
    SkippedNth,

    /// <summary>The queue was full and this was the oldest sample in it.</summary>
    QueueFullOldest,

    /// <summary>The queue was full when this sample came.</summary>
    QueueFullNewest,

    /// <summary>A newer sample came before this one was begun, and only the latest is wanted.</summary>
    Superseded,

    /// <summary>It was older than its deadline when its turn came.</summary>
    Late,

    /// <summary>The model that gates this one did not ask for it.</summary>
    Gated,

    /// <summary>The device was stopped while it waited.</summary>
    Stopped,
}
