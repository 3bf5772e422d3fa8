namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>All that is said of one table.</summary>
internal sealed record TableProfile
{
    private const int MostCorrelated = 64;

    /// <summary>The table.</summary>
    public required ProfiledTable Table { get; init; }

    /// <summary>Its columns.</summary>
    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    /// <summary>The columns of numbers that were compared with each other, in the order of <see cref="Correlations"/>; the first 64.</summary>
    public required IReadOnlyList<string> Correlated { get; init; }

    /// <summary>Rank correlations, shape [columns, columns].</summary>
    public required double[,] Correlations { get; init; }

    /// <summary>What is suspicious, in words.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>How much there is of it, such as <c>3 columns, 100 rows</c>.</summary>
    public string Counted => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Columns.Count} {(Columns.Count == 1 ? Table.Title.TrimEnd('s') : Table.Title)}, {Table.Rows} rows");

    /// <summary>Looks at a table.</summary>
    public static TableProfile Of(ProfiledTable table)
    {
        ColumnProfile[] columns = [.. table.Columns.Select(ColumnProfile.Of)];
        ProfiledColumn[] numbers = [.. table.Columns.Where(column => !column.IsCategory).Take(MostCorrelated)];
        string[] names = [.. numbers.Select(column => column.Name)];
        double[,] matrix = RankCorrelation.Of([.. numbers.Select(column => column.Values)]);
        for (int i = 0; i < columns.Length; i++)
        {
            int place = Array.IndexOf(names, columns[i].Column.Name);
            if (place >= 0 && columns[i].Summary is { } summary)
            {
                columns[i] = columns[i] with { Summary = summary with { Correlations = FeatureSummaries.Strongest(names, matrix, place) } };
            }
        }

        TableProfile profile = new() { Table = table, Columns = columns, Correlated = names, Correlations = matrix, Findings = [] };
        return profile with { Findings = [.. ProfileFindings.Of(profile)] };
    }
}
