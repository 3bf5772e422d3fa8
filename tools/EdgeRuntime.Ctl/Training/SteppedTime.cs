namespace EdgeRuntime.Ctl.Training;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _ticks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_ticks);

    /// <summary>Moves the clock forward to a timestamp; never back.</summary>
    public void MoveTo(long timestamp) => _ticks = Math.Max(_ticks, timestamp);
}
