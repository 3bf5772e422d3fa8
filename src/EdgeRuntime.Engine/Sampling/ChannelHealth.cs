using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Statistics.Counters;

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
/// With a reference that tells how the channels behaved, frames are held against it too (<see cref="ReferenceWatch"/>), and the rate
/// at which they come.
/// </para>
/// <para>
/// Being stuck: what the manifest declares holds; else what the package's reference shows of the channel; without either, only a channel that has shown more than <see cref="ManyValues"/>
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

    private const int LookedFor = (1 << (int)ChannelFault.Missing) | (1 << (int)ChannelFault.Infinite) | (1 << (int)ChannelFault.OutOfRange)
        | (1 << (int)ChannelFault.Rate) | (1 << (int)ChannelFault.Stuck);

    private readonly ChannelWatch[] _watches;
    private readonly WellChannel[] _well;
    private readonly SampleClock _clock;
    private readonly FaultStates _states;
    private readonly ReferenceWatch? _reference;
    private readonly SampleRateWatch? _sampleRate;
    private readonly int _missingFrames;
    private readonly double _rateHz;
    private readonly double _longestSilence;
    private long _lastMs;
    private long _lastUnixMs;
    private bool _started;
    private bool _hasMissed;
    private long _backwards;
    private long _forwards;
    private long _rateChanges;
    private double _rateRatio = 1;

    /// <summary>Makes a watch over the channels of a package.</summary>
    /// <param name="wanted">The manifest's channels.</param>
    /// <param name="channels">The sensor's, in the order of its frames; each that is wanted is there, as the pipeline's binding saw to.</param>
    /// <param name="mapping">Manifest channel to sensor channel, for those that are not named alike; null for none.</param>
    /// <param name="rateHz">Frames per second of the sensor.</param>
    /// <param name="frequency">Ticks per second of the frames' timestamps.</param>
    /// <param name="mayPause">True where silence between frames is nothing unusual, as with windows by session.</param>
    /// <param name="reference">The package's; null to watch only for what holds for every channel.</param>
    public ChannelHealth(
        IReadOnlyList<ManifestChannel> wanted, IReadOnlyList<Channel> channels, IReadOnlyDictionary<string, string>? mapping, double rateHz,
        long frequency, bool mayPause = false, ReferenceProfile? reference = null)
    {
        Names = [.. wanted.Select(channel => channel.Name)];
        string[] names = [.. wanted.Select(channel => mapping is not null && mapping.TryGetValue(channel.Name, out string? mapped) ? mapped : channel.Name)];
        ChannelReference?[] known = [.. wanted.Select(channel => reference?.Channels?.FirstOrDefault(each => each.Name == channel.Name))];
        _watches =
        [
            .. wanted.Select((channel, i) => new ChannelWatch(
                channel, PlaceOf(channels, names[i], ResampleWay.Hold), PlaceOf(channels, names[i], ResampleWay.Age), known[i])),
        ];
        _well = [.. _watches.Select(watch => watch.Well())];
        _clock = new SampleClock(frequency);
        _states = new FaultStates(wanted.Count, Math.Max(1, (int)Math.Min(rateHz * CalmSeconds, int.MaxValue)));
        _reference = reference?.Channels is null ? null
            : new ReferenceWatch(reference, wanted, i => PlaceOf(channels, names[i], ResampleWay.Hold), _states);
        _sampleRate = reference?.Timing is { } timing && !mayPause ? new SampleRateWatch(timing) : null;
        _rateHz = rateHz;
        _missingFrames = Math.Max(3, (int)Math.Min(rateHz * MissingSeconds, int.MaxValue));
        _longestSilence = mayPause ? double.PositiveInfinity : Math.Max(LongestSilence(rateHz), 2 * (reference?.Timing?.LongestMs ?? 0) / 1000);
    }

    /// <summary>The channels, in the manifest's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether silence between frames is nothing unusual.</summary>
    public bool MayPause => double.IsPositiveInfinity(_longestSilence);

    /// <summary>Frames whose wall time went back, since the start.</summary>
    public long ClockBackwards => Volatile.Read(ref _backwards);

    /// <summary>Frames whose wall time leapt forward, since the start.</summary>
    public long ClockForwards => Volatile.Read(ref _forwards);

    /// <summary>Times that the sensor went over to another rate than the reference's, since the start.</summary>
    public long RateChanges => Volatile.Read(ref _rateChanges);

    /// <summary>Times as many frames as in the reference, when it last did.</summary>
    public double RateRatio => Volatile.Read(ref _rateRatio);

    /// <summary>Time of the newest frame on its own clock, milliseconds; see <see cref="SampleClock"/>.</summary>
    public long Milliseconds => _clock.Milliseconds;

    /// <summary>Frames in which a channel showed a fault, since the start.</summary>
    public long Counts(int channel, ChannelFault fault) => _states.Counts(channel, fault);

    /// <summary>The faults that stand now: bit n for fault n.</summary>
    public int Standing(int channel) => _states.Standing(channel);

    /// <summary>When what shows a fault that stands began, UTC milliseconds.</summary>
    public long SinceUnixMs(int channel, ChannelFault fault) => _states.SinceUnixMs(channel, fault);

    /// <summary>How sure a fault that stands is, 0 to 1: what is left of 1 after the chance that the reference's own ways look like it.</summary>
    public double Sure(int channel, ChannelFault fault) => _states.Sure(channel, fault);

    /// <summary>What a channel seems to be told in, while it stands as <see cref="ChannelFault.Unit"/>; null where no unit explains it.</summary>
    public string? OtherUnit(int channel) => _reference?.OtherUnit(channel);

    /// <summary>Ends a window of what is counted of categories that the reference does not list. For the feed only.</summary>
    public void CloseWindow() => _reference?.CloseWindow();

    /// <summary>Tells what the last window that was closed has of such categories, channel by channel. From one other thread.</summary>
    /// <param name="told">Given the channel's number, and counts that it must not keep.</param>
    public void TakeCategories(Action<int, CategoryCounter> told) => _reference?.TakeCategories(told);

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
            Note(i, 1 << (int)ChannelFault.Missing, _lastUnixMs + (long)(frames * 1000 / _rateHz), frames);
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

        if (_started && _sampleRate is not null && _sampleRate.Take(Math.Max(0, now - _lastMs)))
        {
            Volatile.Write(ref _rateRatio, _sampleRate.Ratio);
            Volatile.Write(ref _rateChanges, _rateChanges + 1);
        }

        _hasMissed = false;
        _lastMs = now;
        _lastUnixMs = time.UnixMs;
        _started = true;
        for (int i = 0; i < _well.Length; i++)
        {
            if (!_well[i].Takes(frame, seconds))
            {
                Look(i, frame, seconds, now);
            }
        }

        _reference?.Check(frame, time.UnixMs);
    }

    private void Look(int channel, ReadOnlySpan<double> frame, double seconds, long now)
    {
        Leave(channel);
        ChannelWatch watch = _watches[channel];
        int found = watch.Look(frame, seconds, now);
        if (found != 0 || (_states.Standing(channel) & LookedFor) != 0)
        {
            Note(channel, found, _lastUnixMs);
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

    private void Note(int channel, int found, long unixMs, long frames = 1)
    {
        ChannelWatch watch = _watches[channel];
        for (int fault = 0; found >> fault != 0; fault++)
        {
            if ((found & (1 << fault)) != 0)
            {
                _states.Date(channel, (ChannelFault)fault, Began(watch, (ChannelFault)fault, unixMs), Sure(watch, (ChannelFault)fault));
            }
        }

        _states.Note(channel, found, LookedFor, watch.MissingRun >= _missingFrames ? 0 : 1 << (int)ChannelFault.Missing, frames);
    }

    private long Began(ChannelWatch watch, ChannelFault fault, long unixMs) => fault switch
    {
        ChannelFault.Missing => unixMs - (long)(watch.MissingRun * 1000 / _rateHz),
        ChannelFault.Stuck => unixMs - (long)(watch.StaySeconds * 1000),
        _ => unixMs,
    };

    // What is declared, or no number at all, is certain; of stays, those longer than a thousandth's die out geometrically.
    private static double Sure(ChannelWatch watch, ChannelFault fault) => fault == ChannelFault.Stuck && watch.UsualStay > 0
        ? 1 - Math.Pow(0.001, watch.StayFrames / watch.UsualStay)
        : 1;
}
