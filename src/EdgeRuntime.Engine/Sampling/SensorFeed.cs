namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// Reads one sensor and hands every frame to each of the models that it feeds: a frame is read once, however many
/// models look at it. One thread calls <see cref="Step"/>.
/// </summary>
/// <remarks>Allocates no managed memory and logs nothing.</remarks>
public sealed class SensorFeed
{
    private readonly FrameSource _source;
    private readonly TimeProvider _clock;
    private readonly SamplePath[] _paths;
    private readonly Frame _frame;
    private readonly double _nanosecondsPerTick;
    private readonly long _silenceTicks;
    private readonly double _periodTicks;
    private long _expected;
    private long _frames;
    private long _errors;
    private string? _fault;

    /// <summary>Joins a sensor with the paths it feeds.</summary>
    /// <param name="paths">In the order in which a frame reaches them: a model that gates others before those.</param>
    public SensorFeed(FrameSource source, TimeProvider clock, IReadOnlyList<SamplePath> paths)
    {
        _source = source;
        _clock = clock;
        _paths = [.. paths];
        _frame = source.NewFrame();
        _nanosecondsPerTick = 1e9 / clock.TimestampFrequency;
        _silenceTicks = (long)(ChannelHealth.LongestSilence(source.RateHz) * clock.TimestampFrequency);
        _periodTicks = clock.TimestampFrequency / source.RateHz;
        _expected = Math.Max(source.NextDue, clock.GetTimestamp());
    }

    /// <summary>Where the frames come from.</summary>
    public FrameSource Source => _source;

    /// <summary>Whether a model's samples are queued for another thread.</summary>
    public bool HasQueues => _paths.Any(path => path.Options.Overload.Queues);

    /// <summary>Frames read since start.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Reads that failed since start.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>What the newest failed read said, or null when the newest read went well.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>When <see cref="Step"/> is to be called next, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long NextDue => _source.NextDue;

    /// <summary>True when a finite recording was read to its end.</summary>
    public bool Ended => _source.Ended;

    /// <summary>Reads the frame that is due and hands it on; where samples are not queued, they are served here.</summary>
    /// <returns>False when none was due: the caller waits until <see cref="NextDue"/>.</returns>
    public bool Step()
    {
        for (int i = 0; i < _paths.Length; i++)
        {
            _paths[i].Settle();
        }

        long before = _clock.GetTimestamp();
        if (!TryRead())
        {
            NoteSilence(before);
            return false;
        }

        _expected = Math.Max(_source.NextDue, before);
        long begin = _clock.GetTimestamp();
        long read = (long)((begin - before) * _nanosecondsPerTick);
        Volatile.Write(ref _frames, _frames + 1);
        for (int i = 0; i < _paths.Length; i++)
        {
            // The first begins where the reading ended; what it takes is not the next one's time.
            _paths[i].Push(_frame, read, i == 0 ? begin : _clock.GetTimestamp());
        }

        return true;
    }

    // By when the sensor said, after its last frame, that the next would be due: a recording may pause for an hour.
    private void NoteSilence(long now)
    {
        if (now - _expected <= _silenceTicks || _source.Ended)
        {
            return;
        }

        long missed = Math.Max(1, (long)((now - _expected) / _periodTicks));
        _expected += (long)(missed * _periodTicks);
        for (int i = 0; i < _paths.Length; i++)
        {
            _paths[i].Miss(missed);
        }
    }

    private bool TryRead()
    {
        try
        {
            bool read = _source.TryRead(_frame);
            if (read && _fault is not null)
            {
                Volatile.Write(ref _fault, null);
            }

            return read;
        }
        catch (IOException e)
        {
            // The source may come back; until then its failures are counted and the newest one is told.
            _expected = Math.Max(_source.NextDue, _clock.GetTimestamp());
            Volatile.Write(ref _errors, _errors + 1);
            Volatile.Write(ref _fault, e.Message);
            for (int i = 0; i < _paths.Length; i++)
            {
                _paths[i].CountSensorError();
            }

            return false;
        }
    }
}
