using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>A folder of pictures replayed at an even rate, as a camera would have delivered them.</summary>
/// <remarks>
/// The files are held compressed, and decoded when their frame is read. A picture that turns out to be damaged is a
/// failed read; the next one follows at its own time.
/// </remarks>
public sealed class PictureReplaySensor : IImageSensor
{
    private readonly PictureFolder _folder;
    private readonly PlaybackClock _clock;
    private readonly bool _loop;
    private int _next;
    private long _taken;

    /// <summary>Loads the folder; its first frame is due at once.</summary>
    /// <exception cref="ArgumentException">The options have mistakes; the message lists them.</exception>
    /// <exception cref="RecordingException">The folder has mistakes; the message lists them.</exception>
    /// <exception cref="IOException">The folder cannot be read, or a library for its pictures is absent.</exception>
    public PictureReplaySensor(TimeProvider time, PictureReplayOptions options)
    {
        Refuse(options.Validate());
        _folder = PictureFolder.Load(options);
        RateHz = options.RateHz;
        _loop = options.Loop;
        double start = Math.Ceiling(options.StartSeconds * RateHz);
        if (!_loop && start >= _folder.Count)
        {
            _folder.Dispose();
            Refuse([$"start_s: {options.StartSeconds} lies after the recording's end, {(_folder.Count - 1) / RateHz:0.###} s"]);
        }

        _next = (int)(start % _folder.Count);
        _clock = new PlaybackClock(time, options.Speed);
    }

    /// <inheritdoc/>
    public ImageFormat Format => _folder.Format;

    /// <summary>Pictures per second as they were taken, however fast they are replayed: what the model sees.</summary>
    public double RateHz { get; }

    /// <inheritdoc/>
    public long NextDue => _clock.Due(_taken / RateHz);

    /// <inheritdoc/>
    public bool Ended => _next == _folder.Count;

    /// <inheritdoc/>
    public bool TryRead(Span<byte> pixels, out FrameTime time)
    {
        if (Ended || !_clock.TryTake(_taken / RateHz, out time))
        {
            time = default;
            return false;
        }

        int index = _next++;
        _taken++;
        if (_loop && Ended)
        {
            _next = 0;
        }

        _folder.Decode(index, pixels);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static void Refuse(IReadOnlyList<string> mistakes)
    {
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes));
        }
    }
}
