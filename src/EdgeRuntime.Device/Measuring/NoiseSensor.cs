using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Measuring;

/// <summary>Frames of seeded noise for any channels, due at an exact pace or always: what a model costs does not hang on the values.</summary>
internal sealed class NoiseSensor : ISensor
{
    private readonly Random _random;
    private readonly TimeProvider _clock;
    private readonly double _ticksPerFrame;
    private readonly bool _paced;
    private readonly long _start;
    private long _frames;

    /// <param name="paced">False: the next frame is due at once, always.</param>
    public NoiseSensor(IReadOnlyList<Channel> channels, double rateHz, bool paced, int seed, TimeProvider clock)
    {
        Channels = channels;
        RateHz = rateHz;
        _random = new Random(seed);
        _clock = clock;
        _paced = paced;
        _ticksPerFrame = clock.TimestampFrequency / rateHz;
        _start = clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels { get; }

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <summary>Counted from the start, so that being late once does not move every later frame.</summary>
    public long NextDue => _paced ? _start + (long)((_frames + 1) * _ticksPerFrame) : _start;

    /// <inheritdoc/>
    public bool Ended => false;

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        long now = _clock.GetTimestamp();
        if (now < NextDue)
        {
            time = default;
            return false;
        }

        _frames++;
        for (int i = 0; i < frame.Length; i++)
        {
            frame[i] = _random.NextDouble();
        }

        time = new FrameTime(now, _clock.GetUtcNow().ToUnixTimeMilliseconds());
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
