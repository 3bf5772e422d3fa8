using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Fairness;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Tells the groups of a sample, as far as its features tell them, and of a label as far as its fields do.</summary>
/// <remarks>Reading a sample allocates nothing.</remarks>
public sealed class GroupReading
{
    private readonly IReadOnlyList<GroupSpec> _specs;
    private readonly int[] _sources;
    private readonly double[][] _edges;
    private readonly double[][] _codes;

    /// <summary>Binds groups to the pipeline's values.</summary>
    /// <param name="specs">At least one.</param>
    /// <param name="values">Names of the pipeline's values, in their order.</param>
    public GroupReading(IReadOnlyList<GroupSpec> specs, IReadOnlyList<string> values)
    {
        _specs = specs;
        List<string> names = [.. values];
        _sources = [.. specs.Select(spec => spec.Feature is null ? -1 : names.IndexOf(spec.Feature))];
        _edges = [.. specs.Select(spec => spec.Cuts?.ToArray() ?? [])];
        _codes = [.. specs.Select(spec => spec.Cuts is null && spec.Feature is not null ? spec.Values.Select(value => CategoryCode.Of(value)).ToArray() : [])];
        Axes = new GroupAxes([.. specs.Select(spec => spec.Values.Count)]);
    }

    /// <summary>How groups and their intersections are numbered.</summary>
    public GroupAxes Axes { get; }

    /// <summary>The intersection of a sample; groups that its features do not tell are unknown in it.</summary>
    /// <param name="values">The pipeline's values, before scaling.</param>
    public int CellOf(ReadOnlySpan<double> values)
    {
        Span<int> places = stackalloc int[_specs.Count];
        for (int axis = 0; axis < places.Length; axis++)
        {
            double value = _sources[axis] < 0 ? double.NaN : values[_sources[axis]];
            places[axis] = !double.IsFinite(value) ? Axes.Size(axis)
                : _edges[axis].Length > 0 ? BinCounter.BinOf(_edges[axis], value)
                : PlaceOf(_codes[axis], value, Axes.Size(axis));
        }

        return Axes.CellOf(places);
    }

    /// <summary>The intersection once a label's fields are known too.</summary>
    /// <param name="fields">May hold anything; what is not declared is passed over.</param>
    public int CellOf(int cell, IReadOnlyDictionary<string, string>? fields)
    {
        for (int axis = 0; fields is not null && axis < _specs.Count; axis++)
        {
            if (_specs[axis].Field is string field && fields.TryGetValue(field, out string? value))
            {
                int place = 0;
                while (place < _specs[axis].Values.Count && _specs[axis].Values[place] != value)
                {
                    place++;
                }

                cell = Axes.With(cell, axis, place);
            }
        }

        return cell;
    }

    /// <summary>True where an axis is told by labels, so that nothing is counted there before one comes.</summary>
    public bool WaitsForLabel => _specs.Any(spec => spec.Field is not null);

    private static int PlaceOf(double[] codes, double value, int unknown)
    {
        int place = Array.IndexOf(codes, value);
        return place < 0 ? unknown : place;
    }
}
