using System.Runtime.CompilerServices;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Sampling;

/// <summary>
/// Watches every channel a package reads, frame by frame: missing, infinite and out-of-range values, values that change
/// too fast or not at all, and clocks that jump. It tells and counts; what is not physical was missing to the model anyway.
/// </summary>
/// <remarks>
/// <para>
/// The feed's thread checks; another reads <see cref="Counts"/>, <see cref="Standing"/> and the clock's counts without a
/// lock: each number is whole, though two need not be of the same frame. Allocates nothing once made.
/// </para>
/// <para>
/// A fault stands from the frame that shows it (missing: the third of <see cref="MissingSeconds"/> without a value) until
/// the channel was without it for <see cref="CalmSeconds"/>, so that one that comes and goes is told once. Frames that
/// never came are missing in every channel: reads that fail, a sensor that is silent, and a gap between two frames.
/// </para>
/// <para>
/// Being stuck: where the manifest declares nothing, only a channel that has shown more than <see cref="ManyValues"/>
/// different values is judged, only at a value other than 0, and only after ten minutes and twenty times its longest
/// stay so far: a switch may rest for ever, and a counter of errors at 0.
/// </para>
/// </remarks>
public sealed class ChannelHealth
{
    /// <summary>Seconds without a value after which a channel counts as missing; at least 3 frames.</summary>
    public const double MissingSeconds = 1;

    /// <summary>Seconds a channel must be without a fault before the fault is over.</summary>
    public const double CalmSeconds = 5;

    /// <summary>Different values up to which a channel is taken for a switch or a set of states.</summary>
    public const int ManyValues = 8;

    private const double StuckSeconds = 600;
    private const double SameSampleMs = 0.75;
    private const double StuckTimesLongest = 20;
    private const int AllFaults = (1 << ChannelFaults.Count) - 1;

    private readonly Watch[] _watches;
    private readonly WellChannel[] _well;
    private readonly SampleClock _clock;
    private readonly long[] _counts;
    private readonly int[] _standing;
    private readonly int _missingFrames;
    private readonly int _calmFrames;
    private readonly double _rateHz;
    private readonly double _longestSilence;
    private long _lastMs;
    private bool _started;
    private bool _hasMissed;
    private long _backwards;
    private long _forwards;

    /// <summary>Makes a watch over the channels of a package.</summary>
    /// <param name="wanted">The manifest's channels.</param>
    /// <param name="channels">The sensor's, in the order of its frames; each that is wanted is there, as the pipeline's binding saw to.</param>
    /// <param name="mapping">Manifest channel to sensor channel, for those that are not named alike; null for none.</param>
    /// <param name="rateHz">Frames per second of the sensor.</param>
    /// <param name="frequency">Ticks per second of the frames' timestamps.</param>
    /// <param name="mayPause">True where silence between frames is nothing unusual, as with windows by session.</param>
    public ChannelHealth(
        IReadOnlyList<ManifestChannel> wanted, IReadOnlyList<Channel> channels, IReadOnlyDictionary<string, string>? mapping, double rateHz,
        long frequency, bool mayPause = false)
    {
        Names = [.. wanted.Select(channel => channel.Name)];
        _watches =
        [
            .. from channel in wanted
               let name = mapping is not null && mapping.TryGetValue(channel.Name, out string? mapped) ? mapped : channel.Name
               select new Watch(channel, PlaceOf(channels, name, ResampleWay.Hold), PlaceOf(channels, name, ResampleWay.Age)),
        ];
        _well = [.. _watches.Select(watch => watch.Well())];
        _clock = new SampleClock(frequency);
        _counts = new long[_watches.Length * ChannelFaults.Count];
        _standing = new int[_watches.Length];
        _rateHz = rateHz;
        _missingFrames = Math.Max(3, (int)Math.Min(rateHz * MissingSeconds, int.MaxValue));
        _calmFrames = Math.Max(1, (int)Math.Min(rateHz * CalmSeconds, int.MaxValue));
        _longestSilence = mayPause ? double.PositiveInfinity : LongestSilence(rateHz);
    }

    /// <summary>The channels, in the manifest's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether silence between frames is nothing unusual.</summary>
    public bool MayPause => double.IsPositiveInfinity(_longestSilence);

    /// <summary>Frames whose wall time went back, since the start.</summary>
    public long ClockBackwards => Volatile.Read(ref _backwards);

    /// <summary>Frames whose wall time leapt forward, since the start.</summary>
    public long ClockForwards => Volatile.Read(ref _forwards);

    /// <summary>Time of the newest frame on its own clock, milliseconds; see <see cref="SampleClock"/>.</summary>
    public long Milliseconds => _clock.Milliseconds;

    /// <summary>Frames in which a channel showed a fault, since the start.</summary>
    public long Counts(int channel, ChannelFault fault) => Volatile.Read(ref _counts[(channel * ChannelFaults.Count) + (int)fault]);

    /// <summary>The faults that stand now: bit n for fault n.</summary>
    public int Standing(int channel) => Volatile.Read(ref _standing[channel]);

    /// <summary>
    /// Seconds between two frames up to which none counts as missing: 3, at least 3 frames. A busy machine may be a second
    /// late with a frame, and no channel is to blame.
    /// </summary>
    public static double LongestSilence(double rateHz) => Math.Max(3, 3 / rateHz);

    /// <summary>Takes frames that should have come and did not: no channel had a value in them. For the feed only.</summary>
    /// <param name="frames">How many; at least 1.</param>
    public void Miss(long frames)
    {
        for (int i = 0; i < _watches.Length; i++)
        {
            Leave(i);
            _watches[i].Miss(frames);
            Note(i, 1 << (int)ChannelFault.Missing, frames);
        }

        _hasMissed = true;
    }

    /// <summary>Takes one frame. For the feed only.</summary>
    /// <param name="frame">Shape of the sensor's channels.</param>
    public void Check(ReadOnlySpan<double> frame, in FrameTime time)
    {
        long now = _clock.Move(time);
        if (_clock.Jump < 0)
        {
            Volatile.Write(ref _backwards, _backwards + 1);
        }
        else if (_clock.Jump > 0)
        {
            Volatile.Write(ref _forwards, _forwards + 1);
        }

        // Two frames of the same millisecond are as far apart as the sensor's rate says.
        double seconds = _started && now > _lastMs ? (now - _lastMs) / 1000.0 : 1 / _rateHz;
        if (seconds > _longestSilence && !_hasMissed)
        {
            Miss(Math.Max(1, (long)((seconds * _rateHz) - 0.5)));
        }

        _hasMissed = false;
        _lastMs = now;
        _started = true;
        for (int i = 0; i < _well.Length; i++)
        {
            if (!_well[i].Takes(frame, seconds))
            {
                Look(i, frame, seconds, now);
            }
        }
    }

    private void Look(int channel, ReadOnlySpan<double> frame, double seconds, long now)
    {
        Leave(channel);
        Watch watch = _watches[channel];
        int found = watch.Look(frame, seconds, now);
        if (found != 0 || _standing[channel] != 0)
        {
            Note(channel, found);
        }
        else
        {
            _well[channel] = watch.Well();
        }
    }

    // From here its watch alone knows of the channel.
    private void Leave(int channel)
    {
        if (_well[channel].IsWell)
        {
            _watches[channel].LastValue = _well[channel].LastValue;
            _well[channel] = default;
        }
    }

    // A sensor's own value stands for the held one: it was taken with its frame.
    private static int PlaceOf(IReadOnlyList<Channel> channels, string name, ResampleWay way)
    {
        for (int i = 0; i < channels.Count; i++)
        {
            bool isOwn = channels[i].Way == ResampleWay.None && way == ResampleWay.Hold;
            if (channels[i].Name == name && (isOwn || channels[i].Way == way))
            {
                return i;
            }
        }

        return -1;
    }

    private void Note(int channel, int found, long frames = 1)
    {
        Watch watch = _watches[channel];
        int standing = _standing[channel];
        for (int fault = 0; fault < ChannelFaults.Count; fault++)
        {
            int bit = 1 << fault;
            if ((found & bit) != 0)
            {
                int at = (channel * ChannelFaults.Count) + fault;
                Volatile.Write(ref _counts[at], _counts[at] + frames);
                watch.Calm[fault] = 0;
                standing |= fault != (int)ChannelFault.Missing || watch.MissingRun >= _missingFrames ? bit : 0;
            }
            else if ((standing & bit) != 0 && ++watch.Calm[fault] >= _calmFrames)
            {
                standing &= AllFaults & ~bit;
            }
        }

        Volatile.Write(ref _standing[channel], standing);
    }

    // What nearly every frame needs of a channel, side by side: of a well one whose value is in its range, unlike the one
    // before and not too far from it, nothing changes but the value.
    private struct WellChannel(int source, double low, double high, double mostPerSecond, double lastValue)
    {
        private readonly int _source = source;
        private readonly double _low = low;
        private readonly double _high = high;
        private readonly double _mostPerSecond = mostPerSecond;

        public bool IsWell { get; } = true;

        public double LastValue { get; private set; } = lastValue;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Takes(ReadOnlySpan<double> frame, double seconds)
        {
            double value = frame[_source];

            // The bounds are finite, so what is no number, or infinite, is not within them.
            bool isOrdinary = IsWell && value >= _low && value <= _high && value != LastValue
                && !(Math.Abs(value - LastValue) > _mostPerSecond * seconds);
            if (isOrdinary)
            {
                LastValue = value;
            }

            return isOrdinary;
        }
    }

    // One channel. A class, so that its state is changed in place.
    private sealed class Watch
    {
        private readonly int _source;
        private readonly int _age;
        private readonly double _low;
        private readonly double _high;
        private readonly double _mostPerSecond;
        private readonly double _stuckSeconds;
        private readonly long _stuckFrames;
        private readonly bool _isDeclared;
        private readonly double[] _values = new double[ManyValues];
        private int _different;
        private double _sinceValue;
        private double _stay;
        private long _stayFrames;
        private double _longestStay;
        private double _takenMs = double.NaN;
        private int _found;

        public Watch(ManifestChannel channel, int source, int age)
        {
            _source = source;
            _age = age;
            _low = channel.Low ?? double.MinValue;
            _high = channel.High ?? double.MaxValue;
            _mostPerSecond = channel.Health?.MaxPerS ?? double.PositiveInfinity;
            _stuckSeconds = channel.Health?.StuckS ?? double.PositiveInfinity;
            _stuckFrames = channel.Health?.StuckFrames ?? long.MaxValue;
            _isDeclared = channel.Health is { StuckS: not null } or { StuckFrames: not null } or { MayRest: true };
        }

        public int[] Calm { get; } = new int[ChannelFaults.Count];

        public int MissingRun { get; private set; }

        /// <summary>The newest value.</summary>
        public double LastValue { private get; set; } = double.NaN;

        /// <summary>
        /// The channel as one that needs no look while its frames are ordinary. Not well where it has an age to watch, was not
        /// well just now, or may be a switch.
        /// </summary>
        public WellChannel Well()
        {
            bool isWell = _age < 0 && MissingRun == 0 && _found == 0 && _stay == 0 && _different > ManyValues;
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
                Remember(value);
                return false;
            }

            _stay += _sinceValue;
            _stayFrames++;
            return IsTooLong(value, _stay, _stayFrames);
        }

        private bool IsTooLong(double value, double stay, long frames) => _isDeclared
            ? stay >= _stuckSeconds || frames >= _stuckFrames
            : _different > ManyValues && value != 0 && stay >= Math.Max(StuckSeconds, StuckTimesLongest * _longestStay);

        private void Remember(double value)
        {
            if (_different > ManyValues)
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

            if (_different < ManyValues)
            {
                _values[_different] = value;
            }

            _different++;
        }
    }
}
