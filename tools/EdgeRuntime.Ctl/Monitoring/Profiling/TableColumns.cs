using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Ctl.Starting;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>Tables that somebody has, as one to be profiled: numbers and categories, with the times and recordings that they tell; row numbers are left out.</summary>
internal static class TableColumns
{
    private static readonly string[] TimeNames = ["unix_ms", "timestamp_ms", "seconds", "time_s"];

    /// <summary>Reads tables, each of them a recording.</summary>
    /// <exception cref="CommandException">One is none, or lacks columns that the first has; all mistakes are listed.</exception>
    public static ProfiledTable Read(IReadOnlyList<string> paths)
    {
        DataTable[] tables = [.. paths.Select(DataFile.Read)];
        List<string> mistakes = [];
        foreach (DataTable other in tables.Skip(1))
        {
            IReadOnlyList<string> has = [.. other.Columns.Select(column => column.Name)];
            mistakes.AddRange(tables[0].Columns.Where(column => !has.Contains(column.Name))
                .Select(column => $"{other.Path}: there is no column '{column.Name}', which {tables[0].Path} has{Spelling.Hint(column.Name, has)}"));
        }

        if (mistakes.Count > 0)
        {
            throw new CommandException(ExitCode.Data, mistakes);
        }

        DataColumn? time = tables[0].Columns.FirstOrDefault(column => column.Kind == ColumnKind.Dates || TimeNames.Contains(column.Name));
        return new ProfiledTable(
            "columns",
            [.. tables[0].Columns.Where(column => column != time && column.Name is not ("recording" or "row") && !CountsRows(column)).Select(column => Joined(column, tables))],
            Recordings(tables),
            time is null ? [] : [.. tables.SelectMany(table => Times(Of(table, time.Name)))]);
    }

    // Tables of R and of pandas number their rows.
    private static bool CountsRows(DataColumn column) =>
        column.Values.Length > 2 && Enumerable.Range(1, column.Values.Length - 1).All(row => column.Values[row] == column.Values[row - 1] + 1);

    private static ProfiledColumn Joined(DataColumn first, DataTable[] tables)
    {
        DataColumn[] parts = [.. tables.Select(table => Of(table, first.Name))];
        return parts.All(part => part.Kind is ColumnKind.Numbers or ColumnKind.Empty)
            ? new ProfiledColumn(first.Name, first.Unit, [.. parts.SelectMany((part, i) => part.Kind == ColumnKind.Numbers ? part.Values : Enumerable.Repeat(double.NaN, tables[i].Rows))])
            : ProfiledColumn.Of(first.Name, [.. parts.SelectMany(part => part.Texts).Select(text => DataColumn.IsGap(text) ? null : text)]);
    }

    // By the files, and within each by a column that says so.
    private static List<Range> Recordings(DataTable[] tables)
    {
        List<Range> recordings = [];
        int start = 0;
        foreach (DataTable table in tables)
        {
            IReadOnlyList<string>? names = table.Columns.FirstOrDefault(column => column.Name == "recording")?.Texts;
            int from = start;
            for (int row = 1; row <= table.Rows; row++)
            {
                if (row == table.Rows || (names is not null && names[row] != names[row - 1]))
                {
                    recordings.Add(from..(start + row));
                    from = start + row;
                }
            }

            start += table.Rows;
        }

        return recordings;
    }

    private static IEnumerable<double> Times(DataColumn time)
    {
        double scale = time.Kind != ColumnKind.Dates && time.Name is "seconds" or "time_s" ? 1000 : 1;
        return time.Values.Select(value => value * scale);
    }

    private static DataColumn Of(DataTable table, string name) => table.Columns.First(column => column.Name == name);
}
