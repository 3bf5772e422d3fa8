namespace EdgeRuntime.Simulator;

/// <summary>A clock that stands still until it is moved.</summary>
public sealed class ManualTime : TimeProvider
{
    private TimeSpan _passed = TimeSpan.Zero;
    private DateTimeOffset _start = DateTimeOffset.UnixEpoch.AddYears(50);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _passed.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + _passed;

    /// <summary>Sets the wall clock; the monotonic one goes on as it was.</summary>
    public void SetWall(DateTimeOffset to) => _start = to - _passed;

    /// <summary>Moves the clock.</summary>
    public void Advance(TimeSpan by) => _passed += by;

    /// <summary>Moves the clock by seconds.</summary>
    public void Advance(double seconds) => _passed += TimeSpan.FromSeconds(seconds);
}
