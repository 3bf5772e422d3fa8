using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Bench;

/// <summary>Recorded frames again and again at a steady pace; what was due while nobody read comes at once, none is left out.</summary>
/// <param name="frames">Shape [frames, channels].</param>
/// <param name="periodNanoseconds">Time between two frames; more than 0.</param>
internal sealed class PacedFrames(double[] frames, int channels, double rateHz, double periodNanoseconds) : ISensor
{
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly double _period = periodNanoseconds * TimeProvider.System.TimestampFrequency / 1e9;
    private int _next;
    private long _taken;

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels { get; } =
        [.. Enumerable.Range(0, channels).Select(i => new Channel(StepPackage.Channel(i), "1"))];

    /// <summary>Of the recording, which is what the package asks for; the pace here is another.</summary>
    public double RateHz => rateHz;

    /// <inheritdoc/>
    public long NextDue => _start + (long)(_taken * _period);

    /// <inheritdoc/>
    public bool Ended => false;

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        long now = TimeProvider.System.GetTimestamp();
        if (now < NextDue)
        {
            time = default;
            return false;
        }

        frames.AsSpan(_next * channels, channels).CopyTo(frame);
        _next = (_next + 1) * channels < frames.Length ? _next + 1 : 0;
        _taken++;
        time = new FrameTime(now, 0);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
