namespace EdgeRuntime.Contracts.Messages;

/// <summary>Answers and their truths by declared groups and all intersections of them. Exact to add.</summary>
public sealed record GroupCounts
{
    /// <summary>The groups that divide the samples, as the manifest declares them.</summary>
    public required IReadOnlyList<GroupAxis> Axes { get; init; }

    /// <summary>The label that a group may be denied.</summary>
    public required string Positive { get; init; }

    /// <summary>The intersections that are not empty, in ascending order of their cells.</summary>
    public required IReadOnlyList<GroupCell> Cells { get; init; }

    /// <summary>False where a sender left something out.</summary>
    public bool IsWhole() => Axes is not null && Cells is not null && Positive is not null && !Cells.Contains(null!)
        && Axes.All(axis => axis is { Name: not null, Values: not null });

    /// <summary>Both together.</summary>
    /// <returns>Null when they do not count the same groups.</returns>
    /// <exception cref="OverflowException">A sum does not fit.</exception>
    public static GroupCounts? TryAdd(GroupCounts one, GroupCounts other)
    {
        if (one.Positive != other.Positive || one.Axes.Count != other.Axes.Count
            || !one.Axes.Zip(other.Axes).All(pair => pair.First.Name == pair.Second.Name && pair.First.Values.SequenceEqual(pair.Second.Values)))
        {
            return null;
        }

        SortedDictionary<int, GroupCell> sum = [];
        foreach (GroupCell cell in one.Cells.Concat(other.Cells))
        {
            sum[cell.Cell] = sum.TryGetValue(cell.Cell, out GroupCell? known) ? known + cell : cell;
        }

        return one with { Cells = [.. sum.Values] };
    }
}

/// <summary>One way to divide samples.</summary>
/// <param name="Name">As the manifest has it.</param>
/// <param name="Values">Names of the groups; one place more stands for not known.</param>
public sealed record GroupAxis(string Name, IReadOnlyList<string> Values)
{
    /// <summary>Names of the groups; empty where a sender leaves them out.</summary>
    public IReadOnlyList<string> Values { get; init => field = value ?? []; } = Values ?? [];
}

/// <summary>Counts of one intersection of groups.</summary>
public sealed record GroupCell
{
    /// <summary>Its number: the last axis counts fastest, and each has one place more than values.</summary>
    public required int Cell { get; init; }

    /// <summary>Answers of the window, labelled or not; of those whose group comes with the label, the labelled ones.</summary>
    public long Answers { get; init; }

    /// <summary>Of these, those that said the positive label.</summary>
    public long Selected { get; init; }

    /// <summary>Labelled answers that said the positive label rightly.</summary>
    public long TruePositives { get; init; }

    /// <summary>Labelled answers that said it wrongly.</summary>
    public long FalsePositives { get; init; }

    /// <summary>Labelled answers that left it out rightly.</summary>
    public long TrueNegatives { get; init; }

    /// <summary>Labelled answers that left it out wrongly.</summary>
    public long FalseNegatives { get; init; }

    /// <summary>Both together; they have the same number.</summary>
    public static GroupCell operator +(GroupCell one, GroupCell other) => one with
    {
        Answers = checked(one.Answers + other.Answers),
        Selected = checked(one.Selected + other.Selected),
        TruePositives = checked(one.TruePositives + other.TruePositives),
        FalsePositives = checked(one.FalsePositives + other.FalsePositives),
        TrueNegatives = checked(one.TrueNegatives + other.TrueNegatives),
        FalseNegatives = checked(one.FalseNegatives + other.FalseNegatives),
    };
}
