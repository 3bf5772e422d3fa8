using System.Text;
using System.Text.Json;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>Writes a profile for programs to read.</summary>
internal static class ProfileJson
{
    /// <summary>One object: <c>tables</c>, each with rows, findings, columns and correlations.</summary>
    public static string Of(IReadOnlyList<TableProfile> tables)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("tables");
            foreach (TableProfile table in tables)
            {
                Write(json, table);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void Write(Utf8JsonWriter json, TableProfile table)
    {
        json.WriteStartObject();
        json.WriteString("title", table.Table.Title);
        json.WriteNumber("rows", table.Table.Rows);
        json.WriteStartArray("findings");
        foreach (string finding in table.Findings)
        {
            json.WriteStringValue(finding);
        }

        json.WriteEndArray();
        json.WriteStartArray("columns");
        foreach (ColumnProfile column in table.Columns)
        {
            Write(json, column);
        }

        json.WriteEndArray();
        json.WriteStartArray("correlations");
        for (int i = 0; i < table.Correlated.Count; i++)
        {
            for (int j = i + 1; j < table.Correlated.Count; j++)
            {
                if (!double.IsNaN(table.Correlations[i, j]))
                {
                    json.WriteStartObject();
                    json.WriteString("a", table.Correlated[i]);
                    json.WriteString("b", table.Correlated[j]);
                    json.WriteNumber("r", Math.Round(table.Correlations[i, j], 6));
                    json.WriteEndObject();
                }
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ColumnProfile column)
    {
        json.WriteStartObject();
        json.WriteString("name", column.Column.Name);
        json.WriteString("kind", column.Column.IsCategory ? "category" : "number");
        if (column.Column.Unit is { } unit)
        {
            json.WriteString("unit", unit);
        }

        json.WriteNumber("missing", column.Missing);
        json.WriteNumber("infinite", column.Infinite);
        json.WriteNumber("distinct", column.Distinct);
        json.WriteNumber("longest_stay", column.LongestStay);
        if (column.Summary is { } summary)
        {
            json.WriteNumber("mean", summary.Mean);
            json.WriteNumber("sd", summary.Sd);
            json.WriteNumber("skewness", summary.Skewness);
            json.WriteNumber("kurtosis", summary.Kurtosis);
            Write(json, "percentiles", summary.Percentiles);
            json.WriteNumber("outliers", summary.Outliers);
            Write(json, "autocorrelation", column.Correlogram.Select(value => Math.Round(value, 6)));
            if (summary.Season is { } season)
            {
                json.WriteNumber("season_rows", season.Rows);
                json.WriteNumber("season_strength", season.Strength);
            }
        }

        if (column.Categories.Count > 0)
        {
            json.WriteStartObject("categories");
            foreach ((string name, int rows) in column.Categories)
            {
                json.WriteNumber(name, rows);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
