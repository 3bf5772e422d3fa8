using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// What sudden changes mean: a change of unit or a swap begins with a jump that ends, within what the channel usually moves, where the
/// unit or the other channel would have put it, and stays there. Allocates nothing; not thread-safe.
/// </summary>
/// <param name="channels">All channels of numbers.</param>
/// <param name="states">Where what is found is dated.</param>
/// <param name="units">By number of the channel: the name of the unit that was found, which others read.</param>
internal sealed class Suspicions(WatchedChannel[] channels, FaultStates states, string?[] units)
{
    private const int QuickFrames = 16;
    private const int QuickAgreeing = 14;
    private const int FewReturns = 3;
    private const double ScaleSafety = 1.5;

    // A channel that jumps about by itself lands anywhere: where the unit would have put it says nothing then.
    private const double MostChance = 0.5;

    /// <summary>Takes up a sudden change of a channel, if it may mean something.</summary>
    public void Begin(int i, long unixMs)
    {
        WatchedChannel channel = channels[i];
        if (channel.IsExtraordinary && PartnerOf(i) is int partner and >= 0)
        {
            WatchedChannel other = channels[partner];

            // That both of them land where the other was.
            double distance = Math.Abs(channel.Last - other.Last);
            double chance = Math.Min(1, 2 * other.Usual / distance) * Math.Min(1, 2 * channel.Usual / distance);
            channel.Suspicion = Begun(channel, SuspicionKind.Swap, default, partner, unixMs, chance);
            other.Suspicion = Begun(other, SuspicionKind.Swap, default, i, unixMs, chance);
            return;
        }

        int best = -1;
        double nearest = 1;
        double size = Math.Abs(channel.Value - channel.Last);
        for (int m = 0; m < channel.Maps.Length; m++)
        {
            UnitMap map = channel.Maps[m];
            double tolerance = Math.Abs(map.Scale) * channel.Usual;
            double distance = Math.Abs(channel.Value - map.Told(channel.Last)) / tolerance;
            bool says = 2 * tolerance <= MostChance * size && (map.Scale != 1 || channel.IsExtraordinary);
            if (distance <= nearest && says)
            {
                best = m;
                nearest = distance;
            }
        }

        if (best >= 0)
        {
            double chance = 2 * Math.Abs(channel.Maps[best].Scale) * channel.Usual / size;
            channel.Suspicion = Begun(channel, SuspicionKind.Unit, channel.Maps[best], -1, unixMs, chance);
        }
        else if (size > channel.Usual)
        {
            channel.Suspicion = Begun(channel, SuspicionKind.Scale, default, -1, unixMs, 0.001);
        }
    }

    /// <summary>A suspicion that begins with the value of this frame.</summary>
    public static Suspicion Begun(WatchedChannel channel, SuspicionKind kind, in UnitMap map, int partner, long unixMs, double chance) => new()
    {
        Kind = kind,
        Map = map,
        Partner = partner,
        SinceUnixMs = unixMs,
        Before = channel.Last,
        StepBefore = channel.MeanStep,
        Chance = chance,
    };

    // The channel whose last value this one has now, and that has this one's.
    private int PartnerOf(int i)
    {
        WatchedChannel channel = channels[i];
        for (int j = 0; j < channels.Length; j++)
        {
            WatchedChannel other = channels[j];
            if (j != i && other.Suspicion.Kind == SuspicionKind.None && Crossed(channel, other)
                && Math.Abs(channel.Last - other.Last) > Math.Max(channel.Usual, other.Usual))
            {
                return j;
            }
        }

        return -1;
    }

    private static bool Crossed(WatchedChannel one, WatchedChannel other) =>
        Math.Abs(one.Value - other.Last) <= other.Usual && Math.Abs(other.Value - one.Last) <= one.Usual;

    /// <summary>Looks at what is suspected, with the value of one more frame.</summary>
    public void Follow(WatchedChannel channel)
    {
        if (!double.IsFinite(channel.Value))
        {
            return;
        }

        ref Suspicion suspicion = ref channel.Suspicion;
        WatchedChannel? partner = suspicion.Kind == SuspicionKind.Swap ? channels[suspicion.Partner] : null;
        suspicion.Frames++;
        suspicion.Steps += suspicion.Frames > 1 && !double.IsNaN(channel.Step) ? channel.Step : 0;
        suspicion.Outside += channel.IsOutside ? 1 : 0;
        suspicion.Returned += Math.Abs(channel.Value - suspicion.Before) <= channel.Usual ? 1 : 0;
        bool explained = partner is not null ? partner.Knows(channel.Value)
            : suspicion.Kind == SuspicionKind.Unit && channel.Knows(suspicion.Map.Meant(channel.Value));
        suspicion.Explained += explained ? 1 : 0;
        if (partner is not null)
        {
            // The second of the two to be followed speaks for both.
            if (suspicion.Frames >= QuickFrames && partner.Suspicion.Frames >= QuickFrames)
            {
                bool holds = Holds(suspicion) && Holds(partner.Suspicion);
                Settle(channel, holds, ChannelFault.Swapped);
                Settle(partner, holds, ChannelFault.Swapped);
            }
        }
        else if (suspicion.Kind == SuspicionKind.Unit && suspicion.Frames == QuickFrames
            && suspicion.Outside >= QuickAgreeing && suspicion.Explained >= QuickAgreeing)
        {
            Settle(channel, true, ChannelFault.Unit);
        }
        else if (suspicion.Frames >= ReferenceWatch.LevelFrames)
        {
            // A level alone names no unit: it is new, and nothing more.
            long since = suspicion.SinceUnixMs;
            Settle(channel, suspicion.Returned <= FewReturns && HasAnotherScale(channel), ChannelFault.Unit);
            if (!channel.IsFound && channel.Unseen >= ReferenceWatch.Agreeing)
            {
                channel.NoteNewLevel(since);
            }
        }
    }

    private static bool Holds(in Suspicion swap) => swap.Explained >= QuickAgreeing && swap.Returned <= FewReturns;

    // Inside what is known the level says nothing, but the steps do: they grow with the unit, and no more than they do by themselves. So
    // does the grid that values lie on: a scale has another one.
    private static bool HasAnotherScale(WatchedChannel channel)
    {
        Suspicion suspicion = channel.Suspicion;
        double ratio = suspicion.StepRatio;
        double most = channel.Reference.ScaleRatio;
        if (suspicion.Kind == SuspicionKind.Scale && channel.IsBesideGrid)
        {
            return true;
        }

        if (!(ratio > 0) || !double.IsFinite(ratio))
        {
            return false;
        }

        if (suspicion.Kind == SuspicionKind.Scale)
        {
            return ratio > ScaleSafety * most || ratio < 1 / (ScaleSafety * most);
        }

        double undone = ratio / Math.Abs(suspicion.Map.Scale);
        bool isNearer = suspicion.Map.Scale == 1 || Math.Abs(Math.Log(undone)) < Math.Abs(Math.Log(ratio));
        return suspicion.Explained >= ReferenceWatch.Agreeing && undone <= ScaleSafety * most && undone >= 1 / (ScaleSafety * most) && isNearer;
    }

    /// <summary>Confirms what is suspected, or drops it.</summary>
    public void Settle(WatchedChannel channel, bool holds, ChannelFault fault)
    {
        channel.IsFound = holds;
        if (holds)
        {
            channel.Suspicion.IsBesideGrid = channel.IsBesideGrid;

            // A suspicion of a scale has no map, and so no name.
            Volatile.Write(ref units[channel.Number], channel.Suspicion.Map.Name);
            states.Date(channel.Number, fault, channel.Suspicion.SinceUnixMs, 1 - channel.Suspicion.Chance);
        }
        else
        {
            channel.Suspicion = default;
        }
    }

    /// <summary>
    /// Ends what was found when another jump undoes it, when all is known again that was not, or when it explains nothing any more.
    /// </summary>
    public void End(WatchedChannel channel)
    {
        if (!double.IsFinite(channel.Value))
        {
            return;
        }

        ref Suspicion suspicion = ref channel.Suspicion;
        bool isSwap = suspicion.Kind == SuspicionKind.Swap;
        WatchedChannel? partner = isSwap ? channels[suspicion.Partner] : null;
        bool jumpsBack = partner is not null
            ? Crossed(channel, partner) && Math.Abs(channel.Last - partner.Last) > Math.Max(channel.Usual, partner.Usual)
            : suspicion.Kind == SuspicionKind.Unit && Math.Abs(channel.Value - suspicion.Map.Meant(channel.Last)) <= channel.Usual
                && Math.Abs(channel.Value - channel.Last) > channel.Usual;
        bool explains = partner is not null ? partner.Knows(channel.Value)
            : suspicion.Kind == SuspicionKind.Scale || channel.Knows(suspicion.Map.Meant(channel.Value));

        // Counted anew once found: frames in a row that are known as they are, and that are not explained.
        suspicion.Returned = suspicion.Outside > 0 && !channel.IsOutside ? suspicion.Returned + 1 : 0;
        suspicion.Explained = explains ? 0 : suspicion.Explained + 1;
        bool isBack = suspicion.IsBesideGrid && channel.IsOnGrid;
        if (jumpsBack || isBack || suspicion.Returned >= ReferenceWatch.LevelFrames || suspicion.Explained >= ReferenceWatch.LevelFrames)
        {
            Forget(channel);
            if (partner is not null)
            {
                Forget(partner);
            }
        }
    }

    private static void Forget(WatchedChannel channel)
    {
        channel.IsFound = false;
        channel.Suspicion = default;
    }
}
