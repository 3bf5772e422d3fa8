namespace EdgeRuntime.Device.Configuration;

/// <summary>How the threads of the sample paths are kept on time. Every setting is optional; what the kernel refuses is reported.</summary>
public sealed record RealTimeOptions
{
    /// <summary>Scheduling of the sample paths. (default: other)</summary>
    public PathScheduler Scheduler { get; init; } = PathScheduler.Other;

    /// <summary>
    /// Priority under <see cref="PathScheduler.Fifo"/>. (default: 40, below the threaded interrupts, which run at 50; 1 to 90:
    /// the kernel's own watchdogs need the rest)
    /// </summary>
    public int Priority { get; init; } = 40;

    /// <summary>Cores that the sample paths are pinned to, numbered from 0. (default: none, any core)</summary>
    public IReadOnlyList<int> Cores { get; init; } = [];

    /// <summary>Which pages stay in memory. (default: none)</summary>
    public MemoryLock LockMemory { get; init; } = MemoryLock.None;

    /// <summary>
    /// Whether the loader runs at idle priority (SCHED_IDLE). It and telemetry keep off <see cref="Cores"/> in any case.
    /// (default: false: on a busy machine an update then takes much longer)
    /// </summary>
    public bool IsolateLoader { get; init; }

    /// <summary>
    /// Whether telemetry, the agent's and the link's threads, runs at idle priority too. (default: false: on a busy machine
    /// messages are then late, and a collection that they bring about stops the paths for as long as it takes at that priority)
    /// </summary>
    public bool IsolateTelemetry { get; init; }

    /// <summary>Whether paths wait with the kernel's high-resolution timers, and with 1 ns of timer slack. (default: true)</summary>
    public bool PreciseWait { get; init; } = true;

    /// <summary>How garbage is collected. (default: by the number of cores)</summary>
    public CollectorMode Collection { get; init; } = CollectorMode.ByCores;

    /// <summary>
    /// Managed bytes a second that the whole process may allocate, told when passed. (default: 1 MiB/s: from about 20 MB/s on,
    /// collections showed in the 99.9th percentile; 4 KiB/s to 1 GiB/s)
    /// </summary>
    public long AllocationBytesPerSecond { get; init; } = 1024 * 1024;
}

/// <summary>Linux scheduling policies of a sample path.</summary>
public enum PathScheduler
{
    /// <summary>SCHED_OTHER: a fair share, no privilege needed.</summary>
    Other,

    /// <summary>SCHED_FIFO: before every ordinary thread; needs LimitRTPRIO= or CAP_SYS_NICE.</summary>
    Fifo,
}

/// <summary>What mlockall is asked for.</summary>
public enum MemoryLock
{
    /// <summary>Nothing is locked.</summary>
    None,

    /// <summary>Pages stay once they were touched (MCL_ONFAULT): no page of the path is ever reclaimed, and no other is made resident.</summary>
    Touched,

    /// <summary>Every mapped page is made resident at once: no page fault at all later, at the price of all libraries in memory.</summary>
    All,
}

/// <summary>How the garbage collector works beside the sample paths.</summary>
public enum CollectorMode
{
    /// <summary><see cref="Blocking"/> on one or two cores, else <see cref="Concurrent"/>.</summary>
    ByCores,

    /// <summary>No second thread: short stops of everything, and no core taken from the path in between.</summary>
    Blocking,

    /// <summary>Old objects are collected beside the program, on another core.</summary>
    Concurrent,
}
