namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// The samples' own time, which never goes back: wall time as long as it agrees with the monotonic clock, else the
/// monotonic clock. A recording's own time is the recorded one. Allocates nothing; not thread-safe.
/// </summary>
/// <remarks>
/// Live and replayed, the same recording so gets the same times, to the millisecond; and a wall clock that is set while a
/// device runs neither shortens nor lengthens what is measured in it.
/// </remarks>
public sealed class SampleClock
{
    /// <summary>Milliseconds between the clocks' steps from which the wall clock counts as set. Slewing (adjtime) stays far below.</summary>
    public const double JumpMs = 250;

    private readonly double _millisecondsPerTick;
    private bool _started;
    private FrameTime _last;

    /// <param name="frequency">Of <see cref="FrameTime.Timestamp"/>: ticks per second.</param>
    public SampleClock(long frequency) => _millisecondsPerTick = 1000.0 / frequency;

    /// <summary>Time of the newest sample, milliseconds from any start; 0 before the first.</summary>
    public long Milliseconds { get; private set; }

    /// <summary>
    /// How far the wall clock stepped away from the monotonic one with the newest sample, milliseconds: forwards where
    /// above 0, as when it was set, or the machine was asleep; backwards where below; else 0.
    /// </summary>
    public double Jump { get; private set; }

    /// <summary>Takes the time of the next sample.</summary>
    /// <returns><see cref="Milliseconds"/>.</returns>
    public long Move(in FrameTime time)
    {
        if (!_started)
        {
            _started = true;
            Milliseconds = time.UnixMs;
        }
        else
        {
            long wall = time.UnixMs - _last.UnixMs;
            double steady = time.IsRecorded
                ? wall - time.JumpMs
                : Math.Max((time.Timestamp - _last.Timestamp) * _millisecondsPerTick, 0);
            bool jumps = Math.Abs(wall - steady) > JumpMs;
            Jump = jumps ? wall - steady : 0;
            Milliseconds += jumps ? (long)Math.Round(steady) : Math.Max(wall, 0);
        }

        _last = time;
        return Milliseconds;
    }
}
