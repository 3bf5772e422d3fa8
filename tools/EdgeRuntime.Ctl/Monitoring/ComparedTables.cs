using EdgeRuntime.Ctl.Starting;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>Two tables, compared column by column.</summary>
internal sealed class ComparedTables
{
    private ComparedTables(
        DataTable reference, DataTable current, IReadOnlyList<ComparedColumn> columns, IReadOnlyList<(string, string)> others)
    {
        Reference = reference;
        Current = current;
        Columns = columns;
        Others = others;
    }

    public DataTable Reference { get; }

    public DataTable Current { get; }

    /// <summary>What was compared, in the order of the reference.</summary>
    public IReadOnlyList<ComparedColumn> Columns { get; }

    /// <summary>What was not, and why.</summary>
    public IReadOnlyList<(string Name, string Why)> Others { get; }

    /// <summary>Compares two tables.</summary>
    public static ComparedTables Of(DataTable reference, DataTable current, CompareOptions options)
    {
        List<ComparedColumn> columns = [];
        List<(string, string)> others = [];
        HashSet<DataColumn> found = [];
        foreach (DataColumn column in reference.Columns)
        {
            string name = NameOf(column);
            DataColumn? other = Partner(column, reference, current);
            if (other is null)
            {
                others.Add((name, $"only in {reference.Path}"));
                continue;
            }

            found.Add(other);
            bool classes = options.Categories.Contains(name) || options.Categories.Contains(column.Name);
            if (Obstacle(column, other, classes) is { } why)
            {
                others.Add((name, why));
            }
            else if (column.Kind == ColumnKind.Numbers && !classes)
            {
                columns.Add(NumberComparison.Of(name, column.Values, Numbers(other, current.Rows), options));
            }
            else
            {
                columns.Add(CategoryComparison.Of(name, column, other, options));
            }
        }

        others.AddRange(current.Columns.Where(column => !found.Contains(column))
            .Select(column => (NameOf(column), $"only in {current.Path}")));
        return new ComparedTables(reference, current, Judged(columns, options), others);
    }

    /// <summary>True when a name is that of a column of the reference.</summary>
    public static bool Has(DataTable table, string name) =>
        table.Columns.Any(column => NameOf(column) == name || column.Name == name);

    // Holm's correction over the columns that have a verdict.
    private static List<ComparedColumn> Judged(List<ComparedColumn> columns, CompareOptions options)
    {
        double[] pValues =
        [
            .. columns.Select(column => column.Deciding(options.Method))
                .Select(deciding => deciding.Enough ? deciding.PValue : double.NaN),
        ];
        bool[] alarms = new bool[columns.Count];
        Holm.Alarms(pValues, options.Level, alarms);
        return [.. columns.Select((column, i) => column with { Significant = alarms[i] })];
    }

    private static string? Obstacle(DataColumn reference, DataColumn current, bool classes)
    {
        bool sameKind = reference.Kind == current.Kind || current.Kind == ColumnKind.Empty;
        return reference.Kind == ColumnKind.Empty ? "no value in the reference"
            : !sameKind && !classes ? $"{Spelled(reference.Kind)} in the reference, {Spelled(current.Kind)} in the other"
            : reference.Kind == ColumnKind.Dates ? "dates"
            : reference.IsRowNumber() && !classes ? "counts the rows"
            : null;
    }

    private static double[] Numbers(DataColumn column, int rows)
    {
        if (column.Kind == ColumnKind.Numbers)
        {
            return column.Values;
        }

        double[] none = new double[rows];
        Array.Fill(none, double.NaN);
        return none;
    }

    // By name; by place where one of the tables has no names and both are as wide.
    private static DataColumn? Partner(DataColumn column, DataTable reference, DataTable current) =>
        reference.HasHeader && current.HasHeader ? current.Columns.FirstOrDefault(other => other.Name == column.Name)
        : reference.Columns.Count == current.Columns.Count ? current.Columns[column.Number]
        : current.Columns.FirstOrDefault(other => other.Name == column.Name);

    private static string NameOf(DataColumn column) => column.Header.Length > 0 ? column.Header : column.Name;

    private static string Spelled(ColumnKind kind) => kind switch
    {
        ColumnKind.Numbers => "numbers",
        ColumnKind.Dates => "dates",
        ColumnKind.Texts => "texts",
        _ => "nothing",
    };
}
