namespace EdgeRuntime.Statistics.Fairness;

/// <summary>A share of one group: events of trials.</summary>
/// <param name="Events">0 to <paramref name="Trials"/>.</param>
/// <param name="Trials">At least 0.</param>
public readonly record struct GroupShare(long Events, long Trials)
{
    /// <summary>0 to 1; NaN without trials.</summary>
    public double Value => (double)Events / Trials;
}

/// <summary>How far a share differs between groups, and how sure that is.</summary>
/// <remarks>
/// <para>
/// Of all groups with enough trials the one with the largest and the one with the smallest share are compared, as Fairlearn
/// does. That these are the extremes of k groups was seen in the data, so the intervals allow for all k (k - 1) / 2 pairs
/// (Bonferroni): with the nominal level a report over ten equal groups would find a difference almost always.
/// </para>
/// <para>
/// The difference has Newcombe's interval, the ratio that of its logarithm with half an event added (Walter 1975), which
/// stands for counts of 0.
/// </para>
/// </remarks>
public sealed record Disparity
{
    /// <summary>Groups that had enough trials.</summary>
    public required int Groups { get; init; }

    /// <summary>Number of the group with the largest share, -1 where fewer than two groups had enough.</summary>
    public required int Highest { get; init; }

    /// <summary>Number of the group with the smallest share, -1 where fewer than two groups had enough.</summary>
    public required int Lowest { get; init; }

    /// <summary>Largest share minus smallest, 0 to 1; NaN where fewer than two groups had enough.</summary>
    public required double Difference { get; init; }

    /// <summary>Interval of <see cref="Difference"/>; -1 to 1.</summary>
    public required (double Low, double High) DifferenceInterval { get; init; }

    /// <summary>Smallest share by largest, 0 to 1; NaN where there is no difference to tell, or all shares are 0.</summary>
    public required double Ratio { get; init; }

    /// <summary>Interval of <see cref="Ratio"/>; 0 to infinity.</summary>
    public required (double Low, double High) RatioInterval { get; init; }

    /// <summary>Largest distance of a group's share from that of all together; NaN as <see cref="Difference"/>.</summary>
    public required double DifferenceToOverall { get; init; }

    /// <summary>Smallest ratio of a group's share and that of all together, whichever is larger below; NaN as <see cref="Ratio"/>.</summary>
    public required double RatioToOverall { get; init; }

    /// <summary>True when the groups differ by more than chance: the interval of the difference does not hold 0.</summary>
    public bool IsCertain => DifferenceInterval.Low > 0;

    /// <summary>Compares the groups.</summary>
    /// <param name="shares">One for each group; a group without trials takes no part.</param>
    /// <param name="leastTrials">Trials below which a group takes no part; at least 1.</param>
    /// <param name="confidence">Of the intervals, all pairs together; 0 to 1 exclusive.</param>
    public static Disparity Of(ReadOnlySpan<GroupShare> shares, long leastTrials, double confidence)
    {
        GroupShare all = default;
        int groups = 0;
        int highest = -1;
        int lowest = -1;
        for (int group = 0; group < shares.Length; group++)
        {
            all = new GroupShare(all.Events + shares[group].Events, all.Trials + shares[group].Trials);
            if (shares[group].Trials >= Math.Max(leastTrials, 1))
            {
                groups++;
                highest = highest < 0 || shares[group].Value > shares[highest].Value ? group : highest;
                lowest = lowest < 0 || shares[group].Value < shares[lowest].Value ? group : lowest;
            }
        }

        if (groups < 2)
        {
            return None(groups);
        }

        (double toOverall, double ratioToOverall) = ToOverall(shares, leastTrials, all.Value);
        double level = 1 - ((1 - confidence) / (groups * (groups - 1) / 2.0));
        GroupShare high = shares[highest];
        GroupShare low = shares[lowest];
        return new Disparity
        {
            Groups = groups,
            Highest = highest,
            Lowest = lowest,
            Difference = high.Value - low.Value,
            DifferenceInterval = ProportionInterval.Difference(high.Events, high.Trials, low.Events, low.Trials, level),
            Ratio = low.Value / high.Value,
            RatioInterval = RatioOf(low, high, level),
            DifferenceToOverall = toOverall,
            RatioToOverall = ratioToOverall,
        };
    }

    private static Disparity None(int groups) => new()
    {
        Groups = groups,
        Highest = -1,
        Lowest = -1,
        Difference = double.NaN,
        DifferenceInterval = (-1, 1),
        Ratio = double.NaN,
        RatioInterval = (0, double.PositiveInfinity),
        DifferenceToOverall = double.NaN,
        RatioToOverall = double.NaN,
    };

    private static (double Difference, double Ratio) ToOverall(ReadOnlySpan<GroupShare> shares, long leastTrials, double overall)
    {
        double difference = 0;
        double ratio = overall > 0 ? 1 : double.NaN;
        foreach (GroupShare share in shares)
        {
            if (share.Trials >= Math.Max(leastTrials, 1))
            {
                difference = Math.Max(difference, Math.Abs(share.Value - overall));
                ratio = Math.Min(ratio, Math.Min(share.Value / overall, overall / share.Value));
            }
        }

        return (difference, ratio);
    }

    private static (double Low, double High) RatioOf(GroupShare above, GroupShare below, double level)
    {
        double logarithm = Math.Log((above.Events + 0.5) / (above.Trials + 0.5)) - Math.Log((below.Events + 0.5) / (below.Trials + 0.5));
        double variance = Term(above) + Term(below);
        double half = ProportionInterval.NormalQuantile(level) * Math.Sqrt(variance);
        return (above.Events == 0 ? 0 : Math.Exp(logarithm - half), Math.Exp(logarithm + half));
    }

    private static double Term(GroupShare share) => (1 / (share.Events + 0.5)) - (1 / (share.Trials + 0.5));
}
