namespace EdgeRuntime.Engine.Sampling;

/// <summary>One of the sensors that are aligned: its sample at or before a frame, those after it, and the mean between.</summary>
internal sealed class AlignedSource
{
    private readonly SampleClock _clock;
    private readonly int _channels;
    private readonly double[] _last;
    private readonly double[] _sums;
    private readonly int[] _counts;

    // Samples that are read and not taken into a frame yet: a ring of rows.
    private readonly double[] _rows;
    private readonly double[] _times;
    private readonly FrameTime[] _stamps;
    private int _first;
    private int _waiting;
    private bool _fails;
    private bool _wasKnown;

    /// <param name="capacity">Samples that may wait; at least 2.</param>
    public AlignedSource(ISensor sensor, long frequency, int capacity)
    {
        Sensor = sensor;
        _clock = new SampleClock(frequency);
        _channels = sensor.Channels.Count;
        _last = new double[_channels];
        _sums = new double[_channels];
        _counts = new int[_channels];
        _rows = new double[_channels * capacity];
        _times = new double[capacity];
        _stamps = new FrameTime[capacity];
    }

    /// <summary>The ways in the order in which <see cref="Fill"/> writes them for each channel.</summary>
    public static IReadOnlyList<ResampleWay> Ways { get; } =
        [ResampleWay.Hold, ResampleWay.Nearest, ResampleWay.Linear, ResampleWay.Mean, ResampleWay.Age];

    public ISensor Sensor { get; }

    /// <summary>Whether there is a sample at or before the frame.</summary>
    public bool HasSample { get; private set; }

    /// <summary>Its time, milliseconds.</summary>
    public double LastMs { get; private set; }

    /// <summary>When it was taken.</summary>
    public FrameTime Newest { get; private set; }

    /// <summary>Whether there is a sample that was not taken into a frame yet.</summary>
    public bool HasNext => _waiting > 0;

    /// <summary>Time of the first of them, milliseconds.</summary>
    public double NextMs => _times[_first];

    /// <summary>Time of the last sample that was read, milliseconds; negative infinity before the first.</summary>
    public double NewestMs => _waiting > 0 ? _times[Place(_waiting - 1)] : HasSample ? LastMs : double.NegativeInfinity;

    /// <summary>Whether no more samples can wait.</summary>
    public bool IsFull => _waiting == _times.Length;

    /// <summary>Whether frames no longer wait for it, until it delivers again.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>Whether a sample after <paramref name="at"/> is there, so that nothing at or before it will come.</summary>
    public bool IsKnownAfter(double at) => _waiting > 0 && _times[Place(_waiting - 1)] > at;

    /// <summary>Reads what is due.</summary>
    /// <returns>The fault when it began to fail just now; else null.</returns>
    public IOException? Poll()
    {
        try
        {
            while (!IsFull && Sensor.TryRead(_rows.AsSpan(Place(_waiting) * _channels, _channels), out FrameTime time))
            {
                int at = Place(_waiting);
                _times[at] = _clock.Move(time);
                _stamps[at] = time;
                _waiting++;
                IsGivenUp = false;
                _fails = false;
            }

            return null;
        }
        catch (IOException fault)
        {
            // Told once; from then on its channels are missing, and the other sensors go on.
            bool begins = !_fails;
            _fails = true;
            return begins ? fault : null;
        }
    }

    /// <summary>Takes up all samples to a frame at <paramref name="at"/>.</summary>
    /// <param name="before">Time of the frame before, which is made.</param>
    /// <returns>How many of them belonged to a frame that was made already.</returns>
    public int TakeUntil(double at, double before)
    {
        int late = 0;
        while (_waiting > 0 && _times[_first] <= at)
        {
            // Before the first frame, and where the frame before knew all of its time, nothing is late.
            late += HasSample && !_wasKnown && _times[_first] <= before ? 1 : 0;
            _rows.AsSpan(_first * _channels, _channels).CopyTo(_last);
            LastMs = _times[_first];
            Newest = _stamps[_first];
            HasSample = true;
            _first = Place(1);
            _waiting--;
            for (int i = 0; i < _channels; i++)
            {
                if (!double.IsNaN(_last[i]))
                {
                    _sums[i] += _last[i];
                    _counts[i]++;
                }
            }
        }

        return late;
    }

    /// <summary>Writes every channel in all <see cref="Ways"/>, and begins the next mean.</summary>
    /// <returns>How many values were written.</returns>
    public int Fill(double at, Span<double> frame)
    {
        int column = 0;
        for (int i = 0; i < _channels; i++)
        {
            double last = HasSample ? _last[i] : double.NaN;
            double next = HasNext ? _rows[(_first * _channels) + i] : double.NaN;
            frame[column++] = last;
            frame[column++] = HasNext && (!HasSample || NextMs - at < at - LastMs) ? next : last;
            frame[column++] = HasSample && LastMs == at ? last : last + ((next - last) * ((at - LastMs) / (NextMs - LastMs)));
            frame[column++] = _counts[i] > 0 ? _sums[i] / _counts[i] : double.NaN;
            frame[column++] = HasSample ? at - LastMs : double.NaN;
            _sums[i] = 0;
            _counts[i] = 0;
        }

        _wasKnown = IsKnownAfter(at);
        IsGivenUp = !_wasKnown;
        return column;
    }

    private int Place(int waiting)
    {
        int place = _first + waiting;
        return place < _times.Length ? place : place - _times.Length;
    }
}
