namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// The way of every frame of one model: read, window, features, inference, decision, counters. One thread calls
/// <see cref="Step"/>; others hand it a new model with <see cref="Offer"/> and read what it left, without a lock.
/// </summary>
/// <remarks>
/// Allocates no managed memory and logs nothing. A new model takes over at the boundary of a sample: while its window
/// fills with the same frames the one before goes on answering, so no sample is lost and none is answered twice.
/// </remarks>
public sealed class SamplePath
{
    private readonly FrameSource _source;
    private readonly TimeProvider _clock;
    private readonly PredictionRing _ring;
    private readonly Frame _frame;
    private readonly long _windowTicks;
    private ServingModel? _serving;
    private ServingModel? _offered;
    private ServingModel? _filling;
    private bool _withdrawn;
    private int _number;
    private long _samples;
    private long _frames;
    private long _sensorErrors;
    private string? _sensorFault;
    private bool _windowOpen;
    private long _windowStart;

    /// <summary>Creates a path without a model: frames are read and dropped until the first is offered.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="window">Span of time in one window of counters; greater than 0.</param>
    public SamplePath(string model, FrameSource source, TimeProvider clock, PredictionRing ring, TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        Model = model;
        _source = source;
        _clock = clock;
        _ring = ring;
        _frame = source.NewFrame();
        _windowTicks = (long)(window.TotalSeconds * clock.TimestampFrequency);
    }

    /// <summary>Name of the model.</summary>
    public string Model { get; }

    /// <summary>Where the frames come from.</summary>
    public FrameSource Source => _source;

    /// <summary>The model that answers now, or null.</summary>
    public ServingModel? Serving => Volatile.Read(ref _serving);

    /// <summary>Times the answering model was changed; also the number that stands in its predictions.</summary>
    public int Switches => Volatile.Read(ref _number);

    /// <summary>Samples that reached a model since start.</summary>
    public long Samples => Interlocked.Read(ref _samples);

    /// <summary>Frames read since start.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>Reads of the sensor that failed since start.</summary>
    public long SensorErrors => Interlocked.Read(ref _sensorErrors);

    /// <summary>What the newest failed read said, or null when the newest read went well.</summary>
    public string? SensorFault => Volatile.Read(ref _sensorFault);

    /// <summary>When <see cref="Step"/> is to be called next, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long NextDue => _source.NextDue;

    /// <summary>True when a finite recording was read to its end.</summary>
    public bool Ended => _source.Ended;

    /// <summary>
    /// Hands over a model that is to answer from the next possible sample on. It has when <see cref="Serving"/> is it;
    /// only then may the one before be disposed of. An offer not yet taken is replaced.
    /// </summary>
    /// <returns>The offer that was replaced, for the caller to dispose of, or null.</returns>
    public ServingModel? Offer(ServingModel next)
    {
        Volatile.Write(ref _withdrawn, false);
        return Interlocked.Exchange(ref _offered, next);
    }

    /// <summary>Wants no model to answer any more. None does when <see cref="Serving"/> is null.</summary>
    public void Withdraw()
    {
        Interlocked.Exchange(ref _offered, null);
        Volatile.Write(ref _withdrawn, true);
    }

    /// <summary>Reads and serves the frame that is due.</summary>
    /// <returns>False when none was due: the caller waits until <see cref="NextDue"/>.</returns>
    public bool Step()
    {
        if (Volatile.Read(ref _withdrawn))
        {
            _filling = null;
            Volatile.Write(ref _serving, null);
        }

        // An offer replaces one whose window is still filling; that one was never seen outside.
        if (Volatile.Read(ref _offered) is not null)
        {
            _filling = Interlocked.Exchange(ref _offered, null) ?? _filling;
        }

        if (!TryRead(out FrameTime time))
        {
            return false;
        }

        Interlocked.Increment(ref _frames);
        bool due = _serving is not null && _serving.Push(_frame);
        if (_filling is not null && _filling.Push(_frame))
        {
            _windowOpen = false;
            Volatile.Write(ref _number, _number + 1);
            Volatile.Write(ref _serving, _filling);
            _filling = null;
            due = true;
        }

        if (due)
        {
            // Numbers are given to samples the model was asked about, so that they are without gaps.
            if (_serving!.Serve(_samples + 1, _number, time, _clock, _ring))
            {
                Interlocked.Increment(ref _samples);
            }
        }

        CloseWindow(time);
        return true;
    }

    private bool TryRead(out FrameTime time)
    {
        try
        {
            bool read = _source.TryRead(_frame);
            time = _frame.Time;
            if (read && _sensorFault is not null)
            {
                Volatile.Write(ref _sensorFault, null);
            }

            return read;
        }
        catch (IOException e)
        {
            // The source may come back; until then its failures are counted and the newest one is told.
            Interlocked.Increment(ref _sensorErrors);
            Volatile.Write(ref _sensorFault, e.Message);
            _serving?.CountSensorError();
            time = default;
            return false;
        }
    }

    private void CloseWindow(in FrameTime time)
    {
        if (!_windowOpen)
        {
            _windowOpen = true;
            _windowStart = time.Timestamp;
        }
        else if (time.Timestamp - _windowStart >= _windowTicks && _serving is not null)
        {
            _serving.CloseWindow();
            _windowStart = time.Timestamp;
        }
    }
}
