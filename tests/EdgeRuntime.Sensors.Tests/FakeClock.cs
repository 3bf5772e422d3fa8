namespace EdgeRuntime.Sensors.Tests;

/// <summary>A clock that stands still until it is moved. Its timers fire while it is moved, in order.</summary>
public sealed class FakeClock : TimeProvider
{
    /// <summary>Wall time at the start: 2023-11-14T22:13:20Z.</summary>
    public const long StartUnixMs = 1_700_000_000_000;

    private readonly List<Alarm> _alarms = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(StartUnixMs).AddTicks(_ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Alarm alarm = new(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    public void Advance(double seconds)
    {
        long target = _ticks + (long)Math.Round(seconds * TimeSpan.TicksPerSecond);
        while (_alarms.Where(alarm => alarm.Due <= target).MinBy(alarm => alarm.Due) is { } next)
        {
            _ticks = Math.Max(_ticks, next.Due);
            next.Ring();
        }

        _ticks = target;
    }

    /// <summary>Moves on to the next timer. False when there is none.</summary>
    public bool AdvanceToNextTimer()
    {
        if (_alarms.MinBy(alarm => alarm.Due) is not { } next)
        {
            return false;
        }

        Advance(Math.Max(next.Due - _ticks, 0) / (double)TimeSpan.TicksPerSecond);
        return true;
    }

    private sealed class Alarm(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._alarms.Remove(this);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Due = clock._ticks + dueTime.Ticks;
                clock._alarms.Add(this);
            }

            return true;
        }

        public void Ring()
        {
            clock._alarms.Remove(this);
            callback(state);
        }

        public void Dispose() => clock._alarms.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
