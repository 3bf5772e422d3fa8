using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.RealTime;

/// <summary>How a sample path waits for its next frame. One thread waits; any other may wake it for good.</summary>
internal abstract class PathWait : IDisposable
{
    /// <summary>No wait is longer, so that a path with nothing to do still shows that it lives.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    private protected PathWait(TimeSpan longest) => LongestHere = longest;

    /// <summary>Longest wait of this one.</summary>
    protected TimeSpan LongestHere { get; }

    /// <summary>Makes the wait that the options ask for: precise on the system's clock, portable on any other.</summary>
    /// <param name="longest">After so long a wait ends by itself. (default: <see cref="Longest"/>)</param>
    public static PathWait Create(RealTimeOptions options, TimeProvider clock, TimeSpan? longest = null) =>
        options.PreciseWait && clock == TimeProvider.System && OperatingSystem.IsLinux() && clock.TimestampFrequency == 1_000_000_000
            ? new PreciseWait(clock, longest ?? Longest)
            : new PortableWait(clock, longest ?? Longest);

    /// <summary>Returns when the moment has come, after the longest wait, or at once when woken. Allocates nothing.</summary>
    /// <param name="timestamp">On the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
    public abstract void Until(long timestamp);

    /// <summary>Ends the wait in hand and every later one at once.</summary>
    public abstract void Wake();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Whole milliseconds on an event: right for every clock and system, and up to a millisecond late.</summary>
internal sealed class PortableWait(TimeProvider clock, TimeSpan longest) : PathWait(longest)
{
    private readonly ManualResetEvent _woken = new(false);

    /// <inheritdoc/>
    public override void Until(long timestamp)
    {
        long ticks = timestamp - clock.GetTimestamp();
        if (ticks > 0)
        {
            double milliseconds = Math.Ceiling(ticks * 1000.0 / clock.TimestampFrequency);
            _woken.WaitOne((int)Math.Min(milliseconds, LongestHere.TotalMilliseconds));
        }
    }

    /// <inheritdoc/>
    public override void Wake() => _woken.Set();

    /// <inheritdoc/>
    public override void Dispose() => _woken.Dispose();
}

/// <summary>
/// clock_nanosleep to the moment itself, so that lateness does not add up and is only what the kernel needs to wake a thread.
/// </summary>
/// <remarks>
/// A sleep cannot be woken by another thread, so only the last stretch is slept; before it, an eventfd is polled. Rates of 200 Hz
/// and more so pay one system call a wait, and a stop is never more than that stretch away.
/// </remarks>
internal sealed class PreciseWait : PathWait
{
    private const long LastStretch = 5_000_000;
    private const long Millisecond = 1_000_000;

    private readonly TimeProvider _clock;
    private readonly int _wakeUp = Kernel.NewWakeUp();
    private volatile bool _woken;

    /// <param name="clock">The system's, whose timestamps are nanoseconds of CLOCK_MONOTONIC.</param>
    /// <exception cref="IOException">The process has no descriptor left.</exception>
    public PreciseWait(TimeProvider clock, TimeSpan longest)
        : base(longest)
    {
        _clock = clock;
        if (_wakeUp < 0)
        {
            throw new IOException("no file descriptor is left for the wait of a sample path; raise LimitNOFILE= of the unit");
        }
    }

    /// <inheritdoc/>
    public override void Until(long timestamp)
    {
        long now = _clock.GetTimestamp();
        long until = Math.Min(timestamp, now + (long)LongestHere.TotalNanoseconds);
        while (!_woken && until - now > LastStretch)
        {
            // Ends a few milliseconds early whatever poll rounds; the sleep below takes what is left.
            Kernel.AwaitWakeUp(_wakeUp, (int)((until - now - LastStretch) / Millisecond) + 1);
            now = _clock.GetTimestamp();
        }

        if (!_woken && until > now)
        {
            Kernel.SleepUntil(until);
        }
    }

    /// <inheritdoc/>
    public override void Wake()
    {
        _woken = true;
        Kernel.WakeUp(_wakeUp);
    }

    /// <inheritdoc/>
    public override void Dispose() => Kernel.CloseDescriptor(_wakeUp);
}
