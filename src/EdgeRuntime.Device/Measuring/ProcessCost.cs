namespace EdgeRuntime.Device.Measuring;

/// <summary>What the whole process spends between two moments.</summary>
internal sealed class ProcessCost
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly TimeSpan _processor;
    private readonly long _bytes;
    private readonly int _collections;

    /// <summary>Starts to count.</summary>
    public ProcessCost(TimeProvider time)
    {
        _time = time;
        _bytes = GC.GetTotalAllocatedBytes(precise: true);
        _collections = GC.CollectionCount(0);
        _processor = Environment.CpuUsage.TotalTime;
        _start = time.GetTimestamp();
    }

    /// <summary>Wall time so far.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <summary>Processor time so far.</summary>
    public TimeSpan Processor => Environment.CpuUsage.TotalTime - _processor;

    /// <summary>Managed bytes allocated so far.</summary>
    public long ManagedBytes => GC.GetTotalAllocatedBytes(precise: true) - _bytes;

    /// <summary>Collections so far.</summary>
    public int Collections => GC.CollectionCount(0) - _collections;
}
