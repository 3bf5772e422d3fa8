using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Monitoring.Profiling;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>Prints a profile for people.</summary>
internal static class ProfileSheet
{
    /// <summary>Prints one.</summary>
    /// <param name="profile">The reference that was made of it; null for none.</param>
    /// <param name="written">Files that were written.</param>
    public static void Print(IReadOnlyList<TableProfile> tables, ReferenceProfile? profile, IReadOnlyList<string> written, Surroundings around)
    {
        foreach (TableProfile table in tables)
        {
            around.Output.WriteLine(table.Counted);
            Table sheet = new("name", "missing", "smallest", "median", "largest", "mean", "deviation", "row before", "repeats");
            foreach (ColumnProfile column in table.Columns)
            {
                Add(sheet, column);
            }

            sheet.Print(around);
            around.Output.WriteLine();
            foreach (string finding in table.Findings)
            {
                around.Output.WriteLine($"{around.Yellow("look at")}  {EdgeRuntime.Ctl.Table.Plain(finding)}");
            }
        }

        if (profile is not null)
        {
            string worth = profile.EffectiveRows.ToString("0", CultureInfo.InvariantCulture);
            string channels = profile.Channels is { } known ? $", {known.Count} channels" : "; give recordings, and it tells how channels behave too";
            around.Output.WriteLine($"reference: {profile.Features.Count} features{channels}; {profile.Rows} rows worth {worth}");
        }

        foreach (string file in written)
        {
            around.Output.WriteLine($"written   {file}");
        }
    }

    private static void Add(Table sheet, ColumnProfile column)
    {
        string missing = ((double)column.Missing / Math.Max(1, column.Column.Values.Length)).ToString("0.##%", CultureInfo.InvariantCulture);
        if (column.Summary is not { } summary)
        {
            sheet.Add(column.Column.Name, missing, "", column.Column.IsCategory ? $"{column.Distinct} kinds" : "no value", "", "", "", "", "");
            return;
        }

        sheet.Add(
            column.Column.Name, missing, Number(summary.Percentiles[0]), Number(summary.Percentiles[5]), Number(summary.Percentiles[^1]), Number(summary.Mean),
            Number(summary.Sd), summary.Autocorrelation is { } r ? Number(Math.Round(r, 3)) : "",
            summary.Season is { } season ? string.Create(CultureInfo.InvariantCulture, $"{season.Rows:0} rows") : "");
    }

    private static string Number(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
