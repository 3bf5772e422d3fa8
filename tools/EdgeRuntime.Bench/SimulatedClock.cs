namespace EdgeRuntime.Bench;

/// <summary>A clock that stands still until it is moved: three days pass in a minute.</summary>
internal sealed class SimulatedClock(DateTimeOffset start) : TimeProvider
{
    private TimeSpan _passed;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _passed.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start + _passed;

    /// <summary>Moves it.</summary>
    public void Advance(TimeSpan by) => _passed += by;
}
