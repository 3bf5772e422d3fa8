namespace EdgeRuntime.Engine.Sampling;

/// <summary>A sensor with a name among those it is aligned with.</summary>
/// <param name="Name">Lower case, unique among them.</param>
/// <param name="Sensor">Owned by the alignment from then on.</param>
public sealed record NamedSensor(string Name, ISensor Sensor);

/// <summary>
/// Several sensors, each with its own rate and phase, as one with an even rate: frame k lies <c>k / rate</c> seconds after
/// the moment from which every sensor has a value.
/// </summary>
/// <remarks>
/// <para>
/// How a value between frames becomes one of a frame is the package's to say, and packages change while the sensor runs.
/// So every channel comes in every way at once (<see cref="Channel.Way"/>): held, nearest, linear and mean, and with the
/// age of the held value in milliseconds; a pipeline takes the one its manifest names.
/// </para>
/// <para>
/// A frame is made once every sensor has delivered a sample after it: what comes later cannot change it. So the same
/// samples make the same frames, bit for bit, however and how fast they are delivered. A sensor that delivers nothing is
/// waited for <see cref="AlignedOptions.WaitSeconds"/>, and again only when it has delivered; what then comes too late
/// for its frame counts into the next one, and into <see cref="Late"/>. A gap of more than
/// <see cref="LongestGapSeconds"/> in all sensors is skipped over.
/// </para>
/// <para>Allocates nothing once made. Not thread-safe.</para>
/// </remarks>
public sealed class AlignedSensor : ISensor
{
    /// <summary>Seconds without a sample of any sensor after which the frames in between are left out.</summary>
    public const double LongestGapSeconds = 60;

    private const int MostWaiting = 1 << 20;

    private readonly TimeProvider _clock;
    private readonly AlignedSource[] _sources;
    private readonly double _periodMs;
    private readonly long _waitTicks;
    private long _index;
    private double _startMs;
    private bool _started;
    private long _waitingSince;
    private bool _waits;
    private FrameTime _newest;

    /// <summary>Joins sensors.</summary>
    /// <exception cref="ArgumentException">The options or names have mistakes; the message lists them.</exception>
    public AlignedSensor(IReadOnlyList<NamedSensor> sensors, TimeProvider clock, AlignedOptions options)
    {
        List<string> mistakes = [.. options.Validate()];
        if (sensors.Count == 0)
        {
            mistakes.Add("sensors: there is none");
        }

        mistakes.AddRange(sensors.GroupBy(sensor => sensor.Name).Where(group => group.Count() > 1)
            .Select(group => $"sensors: '{group.Key}' stands there {group.Count()} times"));
        if (mistakes.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", mistakes));
        }

        _clock = clock;
        RateHz = options.RateHz;
        _periodMs = 1000 / options.RateHz;
        double wait = options.WaitSeconds ?? Math.Max(0.1, 2 / Math.Min(options.RateHz, sensors.Min(sensor => sensor.Sensor.RateHz)));
        _waitTicks = (long)(wait * clock.TimestampFrequency);
        _sources = [.. sensors.Select(sensor => new AlignedSource(sensor.Sensor, clock.TimestampFrequency, Capacity(sensor.Sensor, wait)))];
        Channels = Name(sensors);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Channel> Channels { get; }

    /// <inheritdoc/>
    public double RateHz { get; }

    /// <summary>Samples that came after the frame they belong to was made.</summary>
    public long Late { get; private set; }

    /// <inheritdoc/>
    public long NextDue
    {
        get
        {
            long due = long.MaxValue;
            for (int i = 0; i < _sources.Length; i++)
            {
                AlignedSource source = _sources[i];
                if (!source.Sensor.Ended && !source.IsFull)
                {
                    due = Math.Min(due, source.Sensor.NextDue);
                }
            }

            // A sensor that is late says a time that is over; it is looked at again after a quarter of a frame.
            long now = _clock.GetTimestamp();
            return due == long.MaxValue ? now : Math.Max(due, now + (long)(_periodMs / 4000 * _clock.TimestampFrequency));
        }
    }

    /// <inheritdoc/>
    public bool Ended
    {
        get
        {
            foreach (AlignedSource source in _sources)
            {
                if (!source.Sensor.Ended)
                {
                    return false;
                }
            }

            return !_started || !IsReached(_startMs + (_index * _periodMs));
        }
    }

    /// <inheritdoc/>
    public bool TryRead(Span<double> frame, out FrameTime time)
    {
        time = default;
        IOException? fault = null;
        for (int i = 0; i < _sources.Length; i++)
        {
            fault = _sources[i].Poll() ?? fault;
        }

        if (fault is not null)
        {
            throw fault;
        }

        if (!TryStart())
        {
            return false;
        }

        SkipGap();
        double at = _startMs + (_index * _periodMs);
        bool all = true;
        bool any = false;
        for (int i = 0; i < _sources.Length; i++)
        {
            AlignedSource source = _sources[i];
            bool known = source.IsKnownAfter(at);
            all &= known || source.IsGivenUp || source.Sensor.Ended;
            any |= known;
        }

        // Past the last sample of all there is nothing to tell.
        if (!all || !(any || IsReached(at)))
        {
            if (all || !any || !HasWaited())
            {
                return false;
            }
        }

        _waits = false;
        int column = 0;
        bool recorded = true;
        for (int i = 0; i < _sources.Length; i++)
        {
            AlignedSource source = _sources[i];
            Late += source.TakeUntil(at, at - _periodMs);
            column += source.Fill(at, frame[column..]);
            recorded &= source.Newest.IsRecorded;
            if (source.Newest.Timestamp > _newest.Timestamp)
            {
                _newest = source.Newest;
            }
        }

        time = new FrameTime(_newest.Timestamp, (long)Math.Round(at), recorded);
        _index++;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (AlignedSource source in _sources)
        {
            source.Sensor.Dispose();
        }
    }

    // A channel's own name where only one sensor has it, else behind the sensor's.
    private static Channel[] Name(IReadOnlyList<NamedSensor> sensors)
    {
        ILookup<string, Channel> known = sensors.SelectMany(sensor => sensor.Sensor.Channels).ToLookup(channel => channel.Name);
        return
        [
            .. from sensor in sensors
               from channel in sensor.Sensor.Channels
               let name = known[channel.Name].Count() == 1 ? channel.Name : $"{sensor.Name}.{channel.Name}"
               from way in AlignedSource.Ways
               select new Channel(name, way == ResampleWay.Age ? "ms" : channel.Unit) { Way = way },
        ];
    }

    // As many samples as a sensor delivers while the slowest is waited for, and a few more.
    private static int Capacity(ISensor sensor, double wait) =>
        (int)Math.Clamp(Math.Ceiling(sensor.RateHz * (wait + 1)) + 4, 16, MostWaiting);

    // The first frame lies where the last of the sensors begins.
    private bool TryStart()
    {
        if (_started)
        {
            return true;
        }

        double start = double.MinValue;
        for (int i = 0; i < _sources.Length; i++)
        {
            if (!_sources[i].HasNext)
            {
                return false;
            }

            start = Math.Max(start, _sources[i].NextMs);
        }

        _startMs = start;
        _started = true;
        return true;
    }

    private void SkipGap()
    {
        double next = double.MaxValue;
        foreach (AlignedSource source in _sources)
        {
            if (source.HasNext)
            {
                next = Math.Min(next, source.NextMs);
            }
            else if (!source.Sensor.Ended)
            {
                return;
            }
        }

        double gap = next == double.MaxValue ? 0 : next - (_startMs + (_index * _periodMs));
        if (gap > LongestGapSeconds * 1000)
        {
            _index += (long)(gap / _periodMs);
        }
    }

    private bool IsReached(double at)
    {
        foreach (AlignedSource source in _sources)
        {
            if (source.NewestMs >= at)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasWaited()
    {
        long now = _clock.GetTimestamp();
        if (!_waits)
        {
            _waits = true;
            _waitingSince = now;
        }

        return now - _waitingSince >= _waitTicks;
    }
}

/// <summary>How sensors are aligned.</summary>
public sealed record AlignedOptions
{
    /// <summary>Frames per second; greater than 0, up to 100,000.</summary>
    public required double RateHz { get; init; }

    /// <summary>How long a frame waits for a sensor that delivers nothing. (default: two periods of the slowest, at least 0.1 s; up to 3600)</summary>
    public double? WaitSeconds { get; init; }

    /// <summary>Lists every mistake at once. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        if (!(RateHz is > 0 and <= 100_000))
        {
            errors.Add($"rate_hz: {RateHz} is outside 0 (exclusive) to 100,000");
        }

        if (WaitSeconds is not (null or >= 0 and <= 3600))
        {
            errors.Add($"wait_s: {WaitSeconds} is outside 0 to 3600");
        }

        return errors;
    }
}
