using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>
/// What the newest values of a channel say together: that they pile up at an edge, that they are fractions, or that another unit or
/// another channel explains their level or their steps, though no jump was seen. Allocates nothing; not thread-safe.
/// </summary>
/// <param name="channels">All channels of numbers.</param>
/// <param name="suspicions">What confirms findings.</param>
/// <param name="states">Where what is found is dated.</param>
internal sealed class Lookback(WatchedChannel[] channels, Suspicions suspicions, FaultStates states)
{
    private const int StrangeLooks = 3;

    // Of a level without the jump to it, whatever explains it.
    private const double LevelChance = 0.05;

    private readonly bool[] _piled = new bool[channels.Length];
    private readonly double[] _newest = new double[ReferenceWatch.LevelFrames];
    private readonly double[] _others = new double[ReferenceWatch.LevelFrames];

    /// <summary>Whether a channel's values pile up at an edge, as of the last look.</summary>
    public bool IsPiled(int i) => _piled[i];

    /// <summary>Looks at the newest values of a channel.</summary>
    public void Look(int i, long unixMs)
    {
        WatchedChannel channel = channels[i];

        // Where piles are nothing unusual, a stay at the edge is one once it is too long for any value.
        if (channel.Reference.PileFrames is { } most)
        {
            LookForPile(i, channel, most, unixMs);
        }
        else
        {
            _piled[i] = channel.Stay >= channel.Reference.ClippedFramesAt(channel.Last);
            if (_piled[i])
            {
                double chance = Math.Pow(0.001, channel.Stay / channel.Reference.StayFramesAt(channel.Last));
                states.Date(channel.Number, ChannelFault.Saturated, channel.StaySinceUnixMs, 1 - chance);
            }
        }

        if (channel.Fractions >= ReferenceWatch.FewestFractions)
        {
            states.Date(channel.Number, ChannelFault.Schema, unixMs, 1 - (3.0 * ReferenceWatch.FewestFractions / channel.Reference.Rows));
        }

        if (channel.Count >= ReferenceWatch.LevelFrames && channel.Suspicion.Kind == SuspicionKind.None)
        {
            channel.CopyNewest(_newest);
            if (channel.Outside >= ReferenceWatch.Agreeing)
            {
                LookAtLevel(i);
            }
            else
            {
                LookAtSteps(channel, unixMs);
            }
        }
    }

    // Steps that the reference never had say that the scale changed, where some unit explains them and the level too.
    private void LookAtSteps(WatchedChannel channel, long unixMs)
    {
        double mean = MeanStep(_newest);
        if (channel.HasSteps(mean) || !(mean > 0))
        {
            channel.StrangeLooks = 0;
            return;
        }

        channel.StrangeSinceUnixMs = channel.StrangeLooks == 0 ? unixMs : channel.StrangeSinceUnixMs;
        if (++channel.StrangeLooks >= StrangeLooks)
        {
            Explain(channel, mean, channel.StrangeSinceUnixMs);
        }
    }

    private bool IsKnown(WatchedChannel channel, WatchedChannel other)
    {
        other.CopyNewest(_others);
        return channel.Known(_others) >= ReferenceWatch.Agreeing;
    }

    private static double MeanStep(ReadOnlySpan<double> values)
    {
        double sum = 0;
        for (int i = 1; i < values.Length; i++)
        {
            sum += Math.Abs(values[i] - values[i - 1]);
        }

        return sum / (values.Length - 1);
    }

    // Of several units that explain the level and the steps, the one whose steps are most like the reference's.
    private void Explain(WatchedChannel channel, double steps, long sinceUnixMs)
    {
        int best = -1;
        int likely = 0;
        double nearest = double.PositiveInfinity;
        for (int m = 0; m < channel.Maps.Length; m++)
        {
            double undone = steps / Math.Abs(channel.Maps[m].Scale);
            double distance = Math.Abs(Math.Log(undone / channel.Reference.MeanStep));
            bool isLikely = channel.CanTellByLevel(channel.Maps[m]) && channel.Known(_newest, channel.Maps[m]) >= ReferenceWatch.Agreeing
                && (channel.HasSteps(undone) || channel.Outside >= ReferenceWatch.Agreeing);
            likely += isLikely ? 1 : 0;
            if (isLikely && !(distance >= nearest))
            {
                best = m;
                nearest = double.IsNaN(distance) ? double.MaxValue : distance;
            }
        }

        if (best >= 0)
        {
            // Where several units explain it, it may be any of them.
            double chance = 1 - ((1 - LevelChance) / likely);
            channel.Suspicion = Suspicions.Begun(channel, SuspicionKind.Unit, channel.Maps[best], -1, sinceUnixMs, chance) with { Outside = channel.Outside };
            suspicions.Settle(channel, true, ChannelFault.Unit);
        }
    }

    // A clipped signal comes back to its edge again and again, or stays there.
    private void LookForPile(int i, WatchedChannel channel, int most, long unixMs)
    {
        channel.CopyNewest(_newest);
        Pile half = Pile.Of(_newest);
        Pile all = Pile.Of(channel.Values);
        Pile pile = Math.Max(half.AtLargest, half.AtSmallest) >= most ? half : all;
        bool above = pile.AtLargest >= most && channel.RunsOf(pile.Largest) > 1;
        bool below = pile.AtSmallest >= most && channel.RunsOf(pile.Smallest) > 1;
        bool stays = channel.Stay >= most && channel.Reference.IsAtEdge(channel.Last);
        _piled[i] = above || below || stays;
        if (_piled[i])
        {
            // Piles fall off geometrically: the largest of the reference was one window of many.
            double size = Math.Max(stays ? channel.Stay : 0, Math.Max(above ? pile.AtLargest : 0, below ? pile.AtSmallest : 0));
            double windows = Math.Max(2, channel.Reference.Rows / (double)ReferenceWatch.LookEvery);
            states.Date(
                channel.Number, ChannelFault.Saturated, stays ? channel.StaySinceUnixMs : unixMs, 1 - Math.Pow(windows, 1 - (2 * size / most)));
        }
    }

    private void LookAtLevel(int i)
    {
        WatchedChannel channel = channels[i];
        for (int j = 0; j < channels.Length; j++)
        {
            WatchedChannel other = channels[j];
            if (j != i && other.Suspicion.Kind == SuspicionKind.None && other.Outside >= ReferenceWatch.Agreeing
                && other.Known(_newest) >= ReferenceWatch.Agreeing && IsKnown(channel, other))
            {
                channel.Suspicion = Suspicions.Begun(channel, SuspicionKind.Swap, default, j, channel.OutsideSinceUnixMs, LevelChance) with { Outside = 1 };
                other.Suspicion = Suspicions.Begun(other, SuspicionKind.Swap, default, i, other.OutsideSinceUnixMs, LevelChance) with { Outside = 1 };
                suspicions.Settle(channel, true, ChannelFault.Swapped);
                suspicions.Settle(other, true, ChannelFault.Swapped);
                return;
            }
        }

        Explain(channel, MeanStep(_newest), channel.OutsideSinceUnixMs);
    }
}
