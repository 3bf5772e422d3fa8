namespace EdgeRuntime.Ctl.Starting;

/// <summary>Ways in which models expect columns of numbers.</summary>
internal static class Scaling
{
    /// <summary>The ways to try, each with center and scale for every column: as they are, first.</summary>
    /// <param name="told">The only one to take; null for all.</param>
    public static IReadOnlyList<(string What, (double Center, double Scale)[] Scaling)> Ways(IReadOnlyList<DataColumn> columns, string? told) =>
    [
        .. new[]
        {
            ("none", "the columns as they are", columns.Select(_ => (0.0, 1.0)).ToArray()),
            ("standard", "the columns less their mean, divided by their deviation", columns.Select(Standard).ToArray()),
            ("min-max", "the columns from 0 at their smallest to 1 at their largest value", columns.Select(MinMax).ToArray()),
        }.Where(way => told is null || way.Item1 == told).Select(way => (way.Item2, way.Item3)),
    ];

    private static (double Center, double Scale) Standard(DataColumn column)
    {
        double[] values = [.. column.Values.Where(double.IsFinite)];
        double mean = values.Length == 0 ? 0 : values.Average();
        double deviation = values.Length == 0 ? 0 : Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return (mean, deviation > 0 ? deviation : 1);
    }

    private static (double Center, double Scale) MinMax(DataColumn column)
    {
        double[] values = [.. column.Values.Where(double.IsFinite)];
        double low = values.Length == 0 ? 0 : values.Min();
        double high = values.Length == 0 ? 1 : values.Max();
        return (low, high > low ? high - low : 1);
    }
}
