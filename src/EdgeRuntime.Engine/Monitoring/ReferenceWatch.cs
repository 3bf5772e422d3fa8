using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// Holds every frame against how the channels behaved in the package's reference, and finds what changed upstream of the model: values
/// told in another unit or on another scale, channels that changed places, signals that are clipped, values and categories that were
/// never seen. Every threshold is of the reference (<see cref="ChannelCalibration"/>).
/// </summary>
/// <remarks>
/// A change of unit and a swap are seen by the jump that they begin with: it ends, within what the channel usually moves, where the
/// unit or the other channel would have put it, and stays there. Where no jump was seen, as after a restart, by the level of
/// <see cref="LevelFrames"/> values, all of them outside what is known and inside it once the unit or the swap is undone.
/// A sudden change that none of them explains is a strange scale where the values leave the grid of the reference, and new where they
/// stay at a level that it never saw. Allocates nothing once made; not thread-safe.
/// </remarks>
internal sealed class ReferenceWatch
{
    /// <summary>Frames of which nearly all must agree before a level is judged.</summary>
    public const int LevelFrames = 32;

    /// <summary>Of these, as many as must agree.</summary>
    public const int Agreeing = 29;

    /// <summary>Of these, fractions that make a channel of whole numbers another kind of channel.</summary>
    public const int FewestFractions = 16;

    /// <summary>Frames between two looks at the newest values of a channel.</summary>
    public const int LookEvery = 8;

    private const int LookedFor = (1 << (int)ChannelFault.Unit) | (1 << (int)ChannelFault.Swapped) | (1 << (int)ChannelFault.Saturated)
        | (1 << (int)ChannelFault.Novel) | (1 << (int)ChannelFault.Schema);

    private readonly WatchedChannel[] _channels;
    private readonly WatchedCategories[] _categories;
    private readonly FaultStates _states;
    private readonly string?[] _units;
    private readonly Suspicions _suspicions;
    private readonly Lookback _lookback;
    private long _frames;

    /// <param name="reference">The package's.</param>
    /// <param name="wanted">The manifest's channels.</param>
    /// <param name="placeOf">Where a channel of the manifest stands in the sensor's frames.</param>
    /// <param name="states">Where what is found is noted, by the manifest's order.</param>
    public ReferenceWatch(ReferenceProfile reference, IReadOnlyList<ManifestChannel> wanted, Func<int, int> placeOf, FaultStates states)
    {
        List<WatchedChannel> channels = [];
        List<WatchedCategories> categories = [];
        for (int i = 0; i < wanted.Count; i++)
        {
            ChannelReference? known = reference.Channels?.FirstOrDefault(channel => channel.Name == wanted[i].Name);
            if (known?.Categories is { } listed)
            {
                categories.Add(new WatchedCategories(known, listed, placeOf(i), i));
            }
            else if (known is not null)
            {
                channels.Add(new WatchedChannel(known, placeOf(i), wanted[i].Unit, i));
            }
        }

        _channels = [.. channels];
        _categories = [.. categories];
        _units = new string?[wanted.Count];
        _states = states;
        _suspicions = new Suspicions(_channels, states, _units);
        _lookback = new Lookback(_channels, _suspicions, states);
    }

    /// <summary>Takes one frame.</summary>
    /// <param name="frame">Shape of the sensor's channels.</param>
    /// <param name="unixMs">When it was taken.</param>
    public void Check(ReadOnlySpan<double> frame, long unixMs)
    {
        _frames++;
        for (int i = 0; i < _channels.Length; i++)
        {
            _channels[i].Look(frame[_channels[i].Place], unixMs);
        }

        for (int i = 0; i < _channels.Length; i++)
        {
            WatchedChannel channel = _channels[i];
            if (channel.IsFound)
            {
                _suspicions.End(channel);
            }
            else if (channel.Suspicion.Kind != SuspicionKind.None)
            {
                _suspicions.Follow(channel);
            }
            else if (channel.IsSudden)
            {
                _suspicions.Begin(i, unixMs);
            }
        }

        for (int i = 0; i < _channels.Length; i++)
        {
            WatchedChannel channel = _channels[i];
            if (!double.IsFinite(channel.Value))
            {
                continue;
            }

            channel.Keep();
            if ((_frames + i) % LookEvery == 0)
            {
                _lookback.Look(i, unixMs);
            }

            _states.Note(channel.Number, Found(i), LookedFor);
        }

        for (int i = 0; i < _categories.Length; i++)
        {
            _categories[i].Check(frame, unixMs, _states);
        }
    }

    /// <summary>Ends a window of the counts of unlisted categories. For the feed only.</summary>
    public void CloseWindow()
    {
        for (int i = 0; i < _categories.Length; i++)
        {
            _categories[i].Close();
        }
    }

    /// <summary>Tells what the closed window has of categories that are not listed, channel by channel. From one other thread.</summary>
    /// <param name="told">Given the number of the manifest's channel, and counts that it must not keep.</param>
    public void TakeCategories(Action<int, CategoryCounter> told)
    {
        foreach (WatchedCategories channel in _categories)
        {
            if (channel.Take() is CategoryCounter counts)
            {
                told(channel.Number, counts);
                channel.Return(counts);
            }
        }
    }

    /// <summary>Name of the unit that explains a channel's values, newest finding; null for none. From any thread.</summary>
    /// <param name="number">Of the manifest's channel.</param>
    public string? OtherUnit(int number) => Volatile.Read(ref _units[number]);

    private int Found(int i)
    {
        WatchedChannel channel = _channels[i];
        int found = _lookback.IsPiled(i) ? 1 << (int)ChannelFault.Saturated : 0;
        found |= channel.Fractions >= FewestFractions ? 1 << (int)ChannelFault.Schema : 0;
        if (channel.IsFound)
        {
            return found | (channel.Suspicion.Kind == SuspicionKind.Swap ? 1 << (int)ChannelFault.Swapped : 1 << (int)ChannelFault.Unit);
        }

        if (channel.IsBesideGrid && channel.Suspicion.Kind == SuspicionKind.None)
        {
            found |= 1 << (int)ChannelFault.Schema;
            _states.Date(channel.Number, ChannelFault.Schema, channel.BesideSinceUnixMs, 1 - (3.0 * LevelFrames / channel.Reference.Rows));
        }

        bool isNovel = (channel.IsNovel || channel.IsNewLevel) && channel.Suspicion.Kind == SuspicionKind.None;
        if (isNovel)
        {
            // At most three in as many frames as the reference has lie outside, with 95 % (the rule of three).
            long since = channel.IsNovel ? channel.OutsideSinceUnixMs : channel.NewLevelSinceUnixMs;
            _states.Date(channel.Number, ChannelFault.Novel, since, 1 - (3.0 * LevelFrames / channel.Reference.Rows));
        }

        return found | (isNovel ? 1 << (int)ChannelFault.Novel : 0);
    }
}
