using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Statistics.Fairness;
using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>Answers by groups and their intersections, added up.</summary>
public sealed class GroupSum
{
    private readonly GroupAxes _axes;
    private readonly ConfusionCounts[] _labelled;
    private readonly long[] _answers;
    private readonly long[] _selected;

    /// <summary>Begins with nothing.</summary>
    /// <exception cref="ArgumentException">The axes have no values, or too many cells.</exception>
    public GroupSum(IReadOnlyList<GroupAxis> axes, string positive)
    {
        Axes = axes;
        Positive = positive;
        _axes = new GroupAxes([.. axes.Select(axis => axis.Values.Count)]);
        _labelled = new ConfusionCounts[_axes.Cells];
        _answers = new long[_axes.Cells];
        _selected = new long[_axes.Cells];
    }

    /// <summary>How the samples are divided.</summary>
    public IReadOnlyList<GroupAxis> Axes { get; }

    /// <summary>The label that a group may be denied.</summary>
    public string Positive { get; }

    /// <summary>Whether counts are of the same groups, so that they can be added.</summary>
    public bool IsLike(GroupCounts counts) => counts.Positive == Positive && counts.Axes.Count == Axes.Count
        && counts.Axes.Zip(Axes).All(pair => pair.First.Name == pair.Second.Name && pair.First.Values.SequenceEqual(pair.Second.Values));

    /// <summary>Adds the counts of one window.</summary>
    /// <exception cref="FormatException">They are of other groups, or impossible.</exception>
    public void Add(GroupCounts counts)
    {
        if (!IsLike(counts))
        {
            throw new FormatException("counts of other groups cannot be added");
        }

        int before = -1;
        foreach (GroupCell cell in counts.Cells)
        {
            ConfusionCounts labelled = new(cell.TruePositives, cell.FalsePositives, cell.TrueNegatives, cell.FalseNegatives);
            if (cell.Cell <= before || cell.Cell >= _axes.Cells || cell.Answers < 0 || cell.Selected < 0 || cell.Selected > cell.Answers
                || cell.TruePositives < 0 || cell.FalsePositives < 0 || cell.TrueNegatives < 0 || cell.FalseNegatives < 0)
            {
                throw new FormatException($"the counts of cell {cell.Cell} are impossible");
            }

            before = cell.Cell;
            _labelled[cell.Cell] += labelled;
            _answers[cell.Cell] = checked(_answers[cell.Cell] + cell.Answers);
            _selected[cell.Cell] = checked(_selected[cell.Cell] + cell.Selected);
        }
    }

    /// <summary>Labelled answers of the groups of one axis, those not known left out. Shape [values].</summary>
    public ConfusionCounts[] Labelled(int axis)
    {
        ConfusionCounts[] groups = new ConfusionCounts[_axes.Size(axis)];
        for (int cell = 0; cell < _axes.Cells; cell++)
        {
            int value = _axes.ValueOf(cell, axis);
            if (value < groups.Length)
            {
                groups[value] += _labelled[cell];
            }
        }

        return groups;
    }

    /// <summary>Answers of the groups of one axis, labelled or not, and how many said the positive label. Shape [values].</summary>
    public GroupShare[] Selection(int axis)
    {
        GroupShare[] groups = new GroupShare[_axes.Size(axis)];
        for (int cell = 0; cell < _axes.Cells; cell++)
        {
            int value = _axes.ValueOf(cell, axis);
            if (value < groups.Length)
            {
                groups[value] = new GroupShare(groups[value].Events + _selected[cell], groups[value].Trials + _answers[cell]);
            }
        }

        return groups;
    }

    /// <summary>The intersections in which every group is known and somebody is, with their names such as <c>night, f</c>.</summary>
    public IReadOnlyList<(string Name, GroupShare Selection, ConfusionCounts Labelled)> Intersections()
    {
        List<(string, GroupShare, ConfusionCounts)> known = [];
        for (int cell = 0; cell < _axes.Cells; cell++)
        {
            if (_axes.IsKnown(cell) && (_answers[cell] > 0 || _labelled[cell].Total > 0))
            {
                IEnumerable<string> names = Axes.Select((axis, number) => axis.Values[_axes.ValueOf(cell, number)]);
                known.Add((string.Join(", ", names), new GroupShare(_selected[cell], _answers[cell]), _labelled[cell]));
            }
        }

        return known;
    }
}
