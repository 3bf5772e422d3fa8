using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// One channel as <see cref="ChannelHealth"/> sees it: its newest value, how long it stays, and whether it may be a switch. Not
/// thread-safe.
/// </summary>
internal sealed class ChannelWatch
{
    private const double StuckSeconds = 600;
    private const double SameSampleMs = 0.75;
    private const double StuckTimesLongest = 20;

    private readonly int _source;
    private readonly int _age;
    private readonly double _low;
    private readonly double _high;
    private readonly double _mostPerSecond;
    private readonly double _stuckSeconds;
    private readonly ChannelReference? _reference;
    private long _stuckFrames;
    private readonly bool _isKnown;
    private readonly double[] _values = new double[ChannelHealth.ManyValues];
    private int _different;
    private double _sinceValue;
    private double _stay;
    private long _stayFrames;
    private double _longestStay;
    private double _takenMs = double.NaN;
    private int _found;

    /// <param name="source">Where it stands in the sensor's frames.</param>
    /// <param name="age">Where its age stands there; -1 for none.</param>
    /// <param name="reference">How it behaved in the package's reference; null where that does not tell.</param>
    public ChannelWatch(ManifestChannel channel, int source, int age, ChannelReference? reference)
    {
        _source = source;
        _age = age;
        _low = channel.Low ?? double.MinValue;
        _high = channel.High ?? double.MaxValue;
        _mostPerSecond = channel.Health?.MaxPerS ?? double.PositiveInfinity;
        _stuckSeconds = channel.Health?.StuckS ?? double.PositiveInfinity;
        bool isDeclared = channel.Health is { StuckS: not null } or { StuckFrames: not null } or { MayRest: true };
        _reference = isDeclared || reference?.StuckFrames is null ? null : reference;
        _stuckFrames = channel.Health?.StuckFrames ?? long.MaxValue;
        _isKnown = isDeclared || _reference is not null;
        UsualStay = reference?.StayFrames ?? 0;
    }

    /// <summary>Frames without a value, up to the newest.</summary>
    public int MissingRun { get; private set; }

    /// <summary>Frames that the newest value has stayed; for as long as it is judged.</summary>
    public long StayFrames => _stayFrames;

    /// <summary>Frames that all but one in a thousand stays of the reference, at such a value, stay within; 0 where it does not tell.</summary>
    public double UsualStay { get; private set; }

    /// <summary>Seconds that it has stayed.</summary>
    public double StaySeconds => _stay + _sinceValue;

    /// <summary>The newest value.</summary>
    public double LastValue { private get; set; } = double.NaN;

    /// <summary>
    /// The channel as one that needs no look while its frames are ordinary. Not well where it has an age to watch, was not
    /// well just now, or may be a switch.
    /// </summary>
    public WellChannel Well()
    {
        bool isWell = _age < 0 && MissingRun == 0 && _found == 0 && _stay == 0 && _different > ChannelHealth.ManyValues;
        return isWell ? new WellChannel(_source, _low, _high, _mostPerSecond, LastValue) : default;
    }

    /// <summary>Takes frames that never came.</summary>
    public void Miss(long frames) => MissingRun = (int)Math.Min(MissingRun + frames, int.MaxValue);

    /// <summary>The faults of this frame, as bits.</summary>
    public int Look(ReadOnlySpan<double> frame, double seconds, long now)
    {
        _sinceValue += seconds;
        if (_age < 0)
        {
            return _found = Judge(frame[_source]);
        }

        // A value that is held from a slower sensor is judged once, and goes on to be as old as it is.
        double takenMs = now - frame[_age];
        if (!(Math.Abs(takenMs - _takenMs) <= SameSampleMs))
        {
            _takenMs = takenMs;
            return _found = Judge(frame[_source]);
        }

        if ((_found & (1 << (int)ChannelFault.Missing)) != 0)
        {
            return Judge(double.NaN);
        }

        bool isStuck = IsTooLong(LastValue, _stay + _sinceValue, _stayFrames);
        return (_found & ~((1 << (int)ChannelFault.Rate) | (1 << (int)ChannelFault.Stuck))) | (isStuck ? 1 << (int)ChannelFault.Stuck : 0);
    }

    private int Judge(double value)
    {
        if (double.IsNaN(value))
        {
            MissingRun = MissingRun == int.MaxValue ? MissingRun : MissingRun + 1;
            return 1 << (int)ChannelFault.Missing;
        }

        MissingRun = 0;
        int found = double.IsInfinity(value) ? 1 << (int)ChannelFault.Infinite
            : value < _low || value > _high ? 1 << (int)ChannelFault.OutOfRange
            : 0;
        if (Math.Abs(value - LastValue) > _mostPerSecond * _sinceValue)
        {
            found |= 1 << (int)ChannelFault.Rate;
        }

        if (IsStuck(value))
        {
            found |= 1 << (int)ChannelFault.Stuck;
        }

        LastValue = value;
        _sinceValue = 0;
        return found;
    }

    private bool IsStuck(double value)
    {
        if (value != LastValue)
        {
            _longestStay = Math.Max(_longestStay, _stay);
            _stay = 0;
            _stayFrames = 1;
            Begin(value);
            Remember(value);
            return false;
        }

        // Its first frame may have gone by while nobody had to look.
        if (_stay == 0)
        {
            Begin(value);
        }

        _stay += _sinceValue;
        _stayFrames++;
        return IsTooLong(value, _stay, _stayFrames);
    }

    // Where a channel rests it may stay longer than anywhere else.
    private void Begin(double value)
    {
        if (_reference is not null)
        {
            _stuckFrames = _reference.StuckFramesAt(value) ?? long.MaxValue;
            UsualStay = _reference.StayFramesAt(value);
        }
    }

    private bool IsTooLong(double value, double stay, long frames) => _isKnown
        ? stay >= _stuckSeconds || frames >= _stuckFrames
        : _different > ChannelHealth.ManyValues && value != 0 && stay >= Math.Max(StuckSeconds, StuckTimesLongest * _longestStay);

    private void Remember(double value)
    {
        if (_different > ChannelHealth.ManyValues)
        {
            return;
        }

        for (int i = 0; i < _different; i++)
        {
            if (_values[i] == value)
            {
                return;
            }
        }

        if (_different < ChannelHealth.ManyValues)
        {
            _values[_different] = value;
        }

        _different++;
    }
}
