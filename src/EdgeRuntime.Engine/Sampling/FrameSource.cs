namespace EdgeRuntime.Engine.Sampling;

/// <summary>What a sample path reads: a scalar sensor or an image sensor, which from here on are alike.</summary>
/// <remarks>Owns the sensor. Not thread-safe; <see cref="TryRead"/> allocates nothing.</remarks>
public sealed class FrameSource : IDisposable
{
    private readonly ISensor? _sensor;
    private readonly IImageSensor? _camera;

    /// <summary>Frames of channel values.</summary>
    public FrameSource(ISensor sensor)
    {
        _sensor = sensor;
        Channels = sensor.Channels;
    }

    /// <summary>Frames that are pictures.</summary>
    public FrameSource(IImageSensor camera)
    {
        _camera = camera;
        Channels = [];
    }

    /// <summary>The scalar sensor's channels, in the order of <see cref="Frame.Values"/>; empty for an image sensor.</summary>
    public IReadOnlyList<Channel> Channels { get; }

    /// <summary>The image sensor's format; null for a scalar sensor.</summary>
    public ImageFormat? Image => _camera?.Format;

    /// <summary>The scalar sensor, or null.</summary>
    public ISensor? Sensor => _sensor;

    /// <summary>The image sensor, or null.</summary>
    public IImageSensor? Camera => _camera;

    /// <summary>Frames per second when nothing is late; greater than 0.</summary>
    public double RateHz => _sensor is null ? _camera!.RateHz : _sensor.RateHz;

    /// <summary>When the next frame is due, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long NextDue => _sensor is null ? _camera!.NextDue : _sensor.NextDue;

    /// <summary>True when a finite recording has been read to its end.</summary>
    public bool Ended => _sensor is null ? _camera!.Ended : _sensor.Ended;

    /// <summary>Takes memory for one frame of this source.</summary>
    public Frame NewFrame() => new(Channels.Count, Image?.Bytes ?? 0);

    /// <summary>Takes the frame that is due.</summary>
    /// <param name="frame">From <see cref="NewFrame"/>; filled, with its time, when the result is true.</param>
    /// <returns>False when none is due yet, or <see cref="Ended"/>.</returns>
    /// <exception cref="IOException">The source failed.</exception>
    public bool TryRead(Frame frame)
    {
        FrameTime time;
        bool read = _sensor is null ? _camera!.TryRead(frame.Pixels, out time) : _sensor.TryRead(frame.Values, out time);
        if (read)
        {
            frame.Time = time;
        }

        return read;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sensor?.Dispose();
        _camera?.Dispose();
    }
}
