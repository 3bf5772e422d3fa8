using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

/// <summary>A sensor of listed samples, each there from its own time on, plus a delay on its way.</summary>
internal sealed class ListedSensor(
    TimeProvider clock, double rateHz, IReadOnlyList<Channel> channels, IReadOnlyList<(long UnixMs, double[] Values)> samples) : ISensor
{
    private int _next;

    /// <summary>Milliseconds a sample is on its way; negative for one that is there at once.</summary>
    public double DelayMs { get; set; }

    /// <summary>Throws in place of every read while it is true.</summary>
    public bool Fails { get; set; }

    public bool IsDisposed { get; private set; }

    public IReadOnlyList<Channel> Channels { get; } = channels;

    public double RateHz { get; } = rateHz;

    public long NextDue => Ended ? long.MaxValue : Due(samples[_next].UnixMs);

    public bool Ended => _next == samples.Count;

    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        time = default;
        if (Fails)
        {
            throw new IOException("the wire is cut");
        }

        if (Ended || clock.GetTimestamp() < NextDue)
        {
            return false;
        }

        (long unixMs, double[] values) = samples[_next++];
        values.CopyTo(frame);
        time = new FrameTime(clock.GetTimestamp(), unixMs, IsRecorded: true);
        return true;
    }

    public void Dispose() => IsDisposed = true;

    private long Due(long unixMs) => DelayMs < 0 ? 0 : (long)((unixMs + DelayMs) * clock.TimestampFrequency / 1000);
}
