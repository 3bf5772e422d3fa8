using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>Prints a comparison of two tables.</summary>
internal sealed class CompareSheet(ComparedTables tables, CompareOptions options, Surroundings around)
{
    private int Drifted => tables.Columns.Count(column => column.Verdict(options.Method).Drifted);

    /// <summary>For people.</summary>
    public void Print()
    {
        string deciding = CompareOptions.NameOf(options.Method);
        Table table = new("column", "values", "missing", deciding, "at chance", "p", "effect", "ks", "wasserstein", "verdict");
        foreach (ComparedColumn column in tables.Columns)
        {
            ComparisonResult result = column.Deciding(options.Method);
            (string words, bool drifted) = column.Verdict(options.Method);
            table.Add(
                column.Name,
                $"{column.Reference.Values} / {column.Current.Values}",
                $"{Percent(column.Reference)} / {Percent(column.Current)}",
                Number(result.Statistic),
                Number(result.Threshold),
                Number(result.PValue),
                Number(result.Effect),
                Number(column.Of(ComparisonMethod.KolmogorovSmirnov)?.Statistic),
                Number(column.Of(ComparisonMethod.Wasserstein)?.Statistic),
                new Cell(words, drifted ? around.Red : column.Significant ? around.Yellow : around.Green));
        }

        table.Print(around);
        foreach ((string name, string why) in tables.Others)
        {
            around.Output.WriteLine(around.Faint($"{Table.Plain(name)}: not compared: {Table.Plain(why)}"));
        }

        around.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Drifted} of {tables.Columns.Count} columns drifted, by {deciding} at {options.Level:G3} over all of them"));
    }

    /// <summary>For programs: one object on one line.</summary>
    public void PrintJson()
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("reference", tables.Reference.Path);
            json.WriteNumber("reference_rows", tables.Reference.Rows);
            json.WriteString("current", tables.Current.Path);
            json.WriteNumber("current_rows", tables.Current.Rows);
            json.WriteString("method", CompareOptions.NameOf(options.Method));
            json.WriteNumber("level", options.Level);
            json.WriteNumber("drifted", Drifted);
            json.WriteStartArray("columns");
            foreach (ComparedColumn column in tables.Columns)
            {
                Write(json, column);
            }

            json.WriteEndArray();
            json.WriteStartArray("not_compared");
            foreach ((string name, string why) in tables.Others)
            {
                json.WriteStartObject();
                json.WriteString("column", name);
                json.WriteString("why", why);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        around.Output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    private void Write(Utf8JsonWriter json, ComparedColumn column)
    {
        (string words, bool drifted) = column.Verdict(options.Method);
        json.WriteStartObject();
        json.WriteString("column", column.Name);
        json.WriteString("kind", column.Kind);
        json.WriteString("verdict", words);
        json.WriteBoolean("drifted", drifted);
        json.WriteBoolean("significant", column.Significant);
        json.WriteString("decided_by", CompareOptions.NameOf(column.Deciding(options.Method).Method));
        Write(json, "reference", column.Reference);
        Write(json, "current", column.Current);
        json.WriteStartArray(column.Kind == "numbers" ? "edges" : "cells");
        column.Edges.ToList().ForEach(json.WriteNumberValue);
        column.Cells.ToList().ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteStartObject("counts");
        foreach (ComparisonResult result in column.Counts)
        {
            Write(json, result);
        }

        json.WriteEndObject();
        json.WriteStartObject("values");
        foreach ((string name, TestResult result) in column.Tests)
        {
            json.WriteStartObject(name);
            Write(json, "statistic", result.Statistic);
            Write(json, "p_value", result.PValue);
            json.WriteEndObject();
        }

        foreach ((string name, double value) in column.Distances)
        {
            Write(json, name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ComparisonResult result)
    {
        json.WriteStartObject(CompareOptions.NameOf(result.Method));
        Write(json, "statistic", result.Statistic);
        Write(json, "threshold", result.Threshold);
        Write(json, "p_value", result.PValue);
        Write(json, "effect", result.Effect);
        Write(json, "min_effect", result.Limits.MinEffect);
        Write(json, "reference_size", result.ReferenceSize);
        Write(json, "current_size", result.CurrentSize);
        json.WriteNumber("cells", result.Cells);
        if (result.Method == ComparisonMethod.JensenShannon)
        {
            Write(json, "divergence_bits", result.Statistic);
            Write(json, "distance", result.Effect);
        }
        else if (result.Method == ComparisonMethod.ChiSquared)
        {
            Write(json, "cramers_v", CramersV.Corrected(result.Statistic, result.ReferenceSize + result.CurrentSize, result.Cells));
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, ColumnSize size)
    {
        json.WriteStartObject(name);
        json.WriteNumber("values", size.Values);
        json.WriteNumber("missing", size.Missing);
        json.WriteEndObject();
    }

    // JSON has no word for what is no number.
    private static void Write(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string Number(double? value) =>
        value is { } known && double.IsFinite(known) ? known.ToString("G3", CultureInfo.InvariantCulture) : "-";

    private static string Percent(ColumnSize size)
    {
        double all = Math.Max(1, size.Values + size.Missing);
        return (100 * size.Missing / all).ToString(size.Missing == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " %";
    }
}
