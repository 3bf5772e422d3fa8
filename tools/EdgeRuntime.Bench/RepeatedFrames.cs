using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Bench;

/// <summary>Recorded frames one after the other, again and again, each due as soon as it is asked for.</summary>
/// <param name="frames">Shape [frames, channels].</param>
internal sealed class RepeatedFrames(double[] frames, int channels, double rateHz) : ISensor
{
    private int _next;

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels { get; } =
        [.. Enumerable.Range(0, channels).Select(i => new Channel(StepPackage.Channel(i), "1"))];

    /// <inheritdoc/>
    public double RateHz => rateHz;

    /// <inheritdoc/>
    public long NextDue => 0;

    /// <inheritdoc/>
    public bool Ended => false;

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        frames.AsSpan(_next * channels, channels).CopyTo(frame);
        _next = (_next + 1) * channels < frames.Length ? _next + 1 : 0;
        long now = TimeProvider.System.GetTimestamp();
        time = new FrameTime(now, now / (TimeProvider.System.TimestampFrequency / 1000));
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
