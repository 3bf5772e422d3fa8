using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Reads the <c>realtime</c> object of a device profile.</summary>
internal static class RealTimeReader
{
    private const int MostCores = 64;
    private const int HighestCore = 1023;

    private static readonly string[] Schedulers = ["other", "fifo"];
    private static readonly string[] Locks = ["none", "touched", "all"];
    private static readonly string[] Waits = ["precise", "portable"];
    private static readonly string[] Collections = ["by_cores", "blocking", "concurrent"];

    /// <summary>Reads the options. Whether this machine grants them is found out when they are applied, and by <c>doctor</c>.</summary>
    public static RealTimeOptions Read(JsonObjectReader realtime)
    {
        RealTimeOptions defaults = new();
        RealTimeOptions options = new()
        {
            Scheduler = realtime.Choice("scheduler", "other", Schedulers) == "fifo" ? PathScheduler.Fifo : PathScheduler.Other,
            Priority = realtime.Int("priority", defaults.Priority, min: 1, max: 90),
            Cores = [.. realtime.Longs("cores", 0, MostCores, 0, HighestCore).Select(core => (int)core)],
            LockMemory = realtime.Choice("lock_memory", "none", Locks) switch
            {
                "touched" => MemoryLock.Touched,
                "all" => MemoryLock.All,
                _ => MemoryLock.None,
            },
            IsolateLoader = realtime.Bool("isolate_loader", defaults.IsolateLoader),
            IsolateTelemetry = realtime.Bool("isolate_telemetry", defaults.IsolateTelemetry),
            PreciseWait = realtime.Choice("wait", "precise", Waits) == "precise",
            Collection = realtime.Choice("collection", "by_cores", Collections) switch
            {
                "blocking" => CollectorMode.Blocking,
                "concurrent" => CollectorMode.Concurrent,
                _ => CollectorMode.ByCores,
            },
            AllocationBytesPerSecond = realtime.Long("allocation_bytes_per_s", defaults.AllocationBytesPerSecond, min: 4096, max: 1L << 30),
        };

        if (options.Cores.Distinct().Count() != options.Cores.Count)
        {
            realtime.Mistake("cores", "names a core twice");
        }

        return options;
    }
}
