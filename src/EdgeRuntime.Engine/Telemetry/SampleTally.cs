namespace EdgeRuntime.Engine.Telemetry;

/// <summary>
/// What became of every sample of one serving model since it took over: <c>due = served + dropped + waiting</c>, and
/// nothing waits once its path has left it.
/// </summary>
/// <remarks>
/// Two threads count (the one that reads the sensor and the one that infers), each its own counters, and others read
/// them at any time: no lock, no allocation. Counters that are read while both go on may be a sample apart.
/// </remarks>
public sealed class SampleTally
{
    private readonly long[] _dropped = new long[(int)DropCause.Stopped + 1];
    private long _due;
    private long _served;
    private long _deadlineMisses;

    /// <summary>Samples that were due, and reads of the sensor that failed.</summary>
    public long Due => Volatile.Read(ref _due);

    /// <summary>Samples that reached the model, failed inferences included.</summary>
    public long Served => Volatile.Read(ref _served);

    /// <summary>Decisions that came after the deadline of their sample; they count as served.</summary>
    public long DeadlineMisses => Volatile.Read(ref _deadlineMisses);

    /// <summary>Samples that never reached the model.</summary>
    public DropCounts Dropped
    {
        get
        {
            DropCounts counts = default;
            for (int i = 0; i < _dropped.Length; i++)
            {
                counts[(DropCause)i] = Volatile.Read(ref _dropped[i]);
            }

            return counts;
        }
    }

    // Each counter has one writer, so that a plain sum, published, is enough.
    internal void CountDue() => Volatile.Write(ref _due, _due + 1);

    internal void CountServed() => Volatile.Write(ref _served, _served + 1);

    internal void CountDeadlineMiss() => Volatile.Write(ref _deadlineMisses, _deadlineMisses + 1);

    internal void CountDrop(DropCause cause)
    {
        ref long count = ref _dropped[(int)cause];
        Volatile.Write(ref count, count + 1);
    }
}
