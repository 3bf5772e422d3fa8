namespace EdgeRuntime.Device.RealTime;

/// <summary>
/// Holds the garbage of the whole process against a budget: a collection stops every sample path, and only what is allocated
/// brings one about, wherever in the process it was.
/// </summary>
/// <param name="bytesPerSecond">The budget.</param>
/// <param name="time">The clock.</param>
/// <param name="allocated">Managed bytes allocated since start; <see cref="GC.GetTotalAllocatedBytes"/>.</param>
internal sealed class AllocationBudget(long bytesPerSecond, TimeProvider time, Func<long> allocated)
{
    /// <summary>A window shorter than this would be judged by a single message.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private long _since = time.GetTimestamp();
    private long _before = allocated();

    /// <summary>The budget.</summary>
    public long Budget => bytesPerSecond;

    /// <summary>Bytes a second in the last full window; 0 before the first.</summary>
    public long BytesPerSecond { get; private set; }

    /// <summary>Most of any window.</summary>
    public long MostBytesPerSecond { get; private set; }

    /// <summary>Whether the last full window was above the budget.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Closes the window when it is full.</summary>
    /// <returns>True when the process went over the budget, or came back within, since the window before.</returns>
    public bool Look()
    {
        TimeSpan passed = time.GetElapsedTime(_since);
        if (passed < Window)
        {
            return false;
        }

        long now = allocated();
        BytesPerSecond = (long)((now - _before) / passed.TotalSeconds);
        MostBytesPerSecond = Math.Max(MostBytesPerSecond, BytesPerSecond);
        _before = now;
        _since = time.GetTimestamp();
        bool was = IsOver;
        IsOver = BytesPerSecond > bytesPerSecond;
        return IsOver != was;
    }
}
