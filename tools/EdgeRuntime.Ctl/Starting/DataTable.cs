using System.Text;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>A table that somebody has: with a header or without, of whatever columns.</summary>
internal sealed class DataTable
{
    private const int MostColumns = 4096;
    private const int MostRows = 1_000_000;
    private const int LongestName = 63;

    private DataTable(string path, IReadOnlyList<DataColumn> columns, bool hasHeader, int rows)
    {
        Path = path;
        Columns = columns;
        HasHeader = hasHeader;
        Rows = rows;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<DataColumn> Columns { get; }

    /// <summary>Whether its first line names the columns.</summary>
    public bool HasHeader { get; }

    /// <summary>Rows of values; at least 1.</summary>
    public int Rows { get; }

    /// <summary>Reads a table.</summary>
    /// <returns>The table, or null when there are mistakes; then each stands there with its line and column.</returns>
    public static DataTable? Read(string path, byte[] content, Mistakes mistakes)
    {
        if (content.AsSpan().StartsWith("\x93NUMPY"u8) || content.AsSpan().IndexOf((byte)0) >= 0)
        {
            mistakes.AddFile(path, "is not text; give a CSV file, an .npy array, or a folder of pictures");
            return null;
        }

        string text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF');
        char separator = CsvRows.SeparatorOf(text);
        List<CsvRow> rows = [.. CsvRows.Read(text, separator).Take(MostRows + 2)];
        if (rows.Count == 0)
        {
            mistakes.AddFile(path, "holds no rows");
            return null;
        }

        bool commas = separator != ',' && rows.Skip(1).Take(20).Any(row => row.Fields.Any(field => IsDecimalComma(field.Text)));
        int width = WidthOf(rows);
        if (width > MostColumns)
        {
            mistakes.AddFile(path, $"has {width} columns; {MostColumns} are read");
            return null;
        }

        bool header = IsHeader(rows, width, commas);

        // Tables of R name their rows in a column that has no name.
        IReadOnlyList<CsvField> heads = header ? rows[0].Fields : [];
        int unnamed = header && heads.Count == width - 1 ? 1 : 0;
        List<DataColumn> columns =
        [
            .. Enumerable.Range(0, width).Select(i => new DataColumn(
                i - unnamed >= 0 && i - unnamed < heads.Count ? heads[i - unnamed].Text : "", i, commas)),
        ];
        Fill(columns, rows.Skip(header ? 1 : 0), path, mistakes);
        int count = rows.Count - (header ? 1 : 0);
        if (count is 0 or > MostRows)
        {
            mistakes.AddFile(path, count == 0 ? "has a header and no rows" : $"has more than {MostRows} rows; give a part of it");
        }

        foreach (DataColumn column in columns)
        {
            column.Settle(path, mistakes);
        }

        MakeDistinct(columns);
        return mistakes.Any ? null : new DataTable(path, columns, header, count);
    }

    /// <summary>A table of one array: columns <c>c0</c>, <c>c1</c> and so on.</summary>
    public static DataTable Of(string path, IReadOnlyList<double[]> rows)
    {
        List<DataColumn> columns = [.. Enumerable.Range(0, rows[0].Length).Select(i => new DataColumn("", i, commas: false))];
        for (int row = 0; row < rows.Count; row++)
        {
            foreach (DataColumn column in columns)
            {
                double value = rows[row][column.Number];
                column.Add(new CsvField(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture), 1), row + 1);
            }
        }

        columns.ForEach(column => column.Settle(path, new Mistakes()));
        return new DataTable(path, columns, hasHeader: false, rows.Count);
    }

    /// <summary>The column of a name, as the header has it or as channels are named, or null.</summary>
    public DataColumn? Find(string name) =>
        Columns.FirstOrDefault(column => column.Header == name)
        ?? Columns.FirstOrDefault(column => column.Name == name)
        ?? Columns.FirstOrDefault(column => string.Equals(column.Name, DataColumn.Split(name).Name, StringComparison.Ordinal));

    private static void Fill(List<DataColumn> columns, IEnumerable<CsvRow> rows, string path, Mistakes mistakes)
    {
        foreach (CsvRow row in rows)
        {
            if (row.Broken)
            {
                mistakes.Add(new Mistake(path, new JsonPosition(row.Line, 1), "", "a quote is not closed"));
            }

            if (row.Fields.Count != columns.Count)
            {
                mistakes.Add(new Mistake(
                    path, new JsonPosition(row.Line, 1), "", $"the row has {row.Fields.Count} fields where others have {columns.Count}"));
            }

            for (int i = 0; i < columns.Count; i++)
            {
                columns[i].Add(i < row.Fields.Count ? row.Fields[i] : new CsvField("", 1), row.Line);
            }
        }
    }

    // As many fields as most of the first rows have.
    private static int WidthOf(List<CsvRow> rows) => rows.Skip(rows.Count > 1 ? 1 : 0).Take(100)
        .GroupBy(row => row.Fields.Count).OrderByDescending(group => group.Count()).First().Key;

    private static bool IsHeader(List<CsvRow> rows, int width, bool commas)
    {
        if (rows.Count < 2 || rows[0].Fields.Count == width - 1)
        {
            // Of one row nothing tells; a first line that is one short names the columns of a table whose rows have names.
            return rows.Count >= 2 && width > 1;
        }

        bool IsNumber(string text) => double.TryParse(
            commas ? text.Replace(',', '.') : text,
            System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _);
        return !rows[0].Fields.Any(field => IsNumber(field.Text))
            || rows[0].Fields.Zip(rows[1].Fields).Any(pair =>
                !IsNumber(pair.First.Text) && !DataColumn.IsGap(pair.First.Text) && IsNumber(pair.Second.Text));
    }

    private static bool IsDecimalComma(string text) => text.Count(c => c == ',') == 1
        && text.All(c => char.IsAsciiDigit(c) || c is ',' or '-' or '+' or 'e' or 'E') && text.Any(char.IsAsciiDigit);

    // Headers that differ only in what names may not hold.
    private static void MakeDistinct(List<DataColumn> columns)
    {
        HashSet<string> seen = [];
        foreach (DataColumn column in columns)
        {
            string name = column.Name;
            for (int i = 2; !seen.Add(column.Name); i++)
            {
                string suffix = $"_{i}";
                column.Name = name[..Math.Min(name.Length, LongestName - suffix.Length)] + suffix;
            }
        }
    }
}
