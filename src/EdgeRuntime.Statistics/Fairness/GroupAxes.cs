namespace EdgeRuntime.Statistics.Fairness;

/// <summary>
/// Numbers the intersections of declared groups: with axes of 3 and 2 values there are 4 times 3 cells, since each axis has
/// one more place for those whose group is not known.
/// </summary>
public sealed class GroupAxes
{
    /// <summary>Cells at most, so that a window stays small and a cell has members.</summary>
    public const int MostCells = 256;

    private readonly int[] _sizes;

    /// <summary>Creates axes.</summary>
    /// <param name="sizes">Number of values of each axis; at least 1 each.</param>
    /// <exception cref="ArgumentException">There is none, or together they have more than 256 cells.</exception>
    public GroupAxes(IReadOnlyList<int> sizes)
    {
        int cells = 1;
        foreach (int size in sizes)
        {
            cells = size >= 1 && cells <= MostCells ? cells * (Math.Min(size, MostCells) + 1) : MostCells + 1;
        }

        if (sizes.Count == 0 || cells > MostCells)
        {
            throw new ArgumentException($"groups of {string.Join(", ", sizes)} values are not 1 to {MostCells} cells");
        }

        _sizes = [.. sizes];
        Cells = cells;
    }

    /// <summary>Number of axes.</summary>
    public int Axes => _sizes.Length;

    /// <summary>Number of cells, those of unknown groups included.</summary>
    public int Cells { get; }

    /// <summary>Values of an axis; this number itself stands for unknown.</summary>
    public int Size(int axis) => _sizes[axis];

    /// <summary>The cell of some values.</summary>
    /// <param name="values">Shape [axes]; each 0 to the axis' size, which means unknown.</param>
    public int CellOf(ReadOnlySpan<int> values)
    {
        int cell = 0;
        for (int axis = 0; axis < _sizes.Length; axis++)
        {
            cell = (cell * (_sizes[axis] + 1)) + values[axis];
        }

        return cell;
    }

    /// <summary>The value that a cell has on an axis; the axis' size for unknown.</summary>
    public int ValueOf(int cell, int axis)
    {
        for (int last = _sizes.Length - 1; last > axis; last--)
        {
            cell /= _sizes[last] + 1;
        }

        return cell % (_sizes[axis] + 1);
    }

    /// <summary>The cell that is like another but for one axis.</summary>
    public int With(int cell, int axis, int value)
    {
        int step = 1;
        for (int last = _sizes.Length - 1; last > axis; last--)
        {
            step *= _sizes[last] + 1;
        }

        return cell + ((value - ValueOf(cell, axis)) * step);
    }

    /// <summary>True when no axis of the cell is unknown.</summary>
    public bool IsKnown(int cell)
    {
        for (int axis = 0; axis < _sizes.Length; axis++)
        {
            if (ValueOf(cell, axis) == _sizes[axis])
            {
                return false;
            }
        }

        return true;
    }
}
