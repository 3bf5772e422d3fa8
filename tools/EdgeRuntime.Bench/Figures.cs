using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeRuntime.Bench;

/// <summary>One row of a suite: a figure, its goal if it has one, and how it was measured.</summary>
/// <param name="Value">Null when it could not be measured here; <paramref name="How"/> then says why.</param>
/// <param name="Most">The goal: at most this. Null when there is none.</param>
/// <param name="Least">The goal: at least this. Null when there is none.</param>
internal sealed record Figure(
    string Name, double? Value, string Unit, string How, double? Most = null, double? Least = null)
{
    /// <summary>Null without a goal or a value.</summary>
    public bool? Holds => Value is not { } value ? null
        : Most is { } most ? value <= most
        : Least is { } least ? value >= least
        : null;

    public string? Goal => Most is { } most ? $"<= {Number(most)}" : Least is { } least ? $">= {Number(least)}" : null;

    public string Shown => Value is { } value ? $"{Number(value)} {Unit}" : "-";

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}

/// <summary>The rows of a suite, as a table for people and as a file.</summary>
internal sealed class Figures
{
    // "C++" stays "C++": the file is read by people and programs, never put into a page as it is.
    private static readonly JsonWriterOptions Readable = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Figure> _rows = [];

    /// <summary>Adds a row and shows it at once, so that a long suite is not silent.</summary>
    public void Add(Figure row)
    {
        _rows.Add(row);
        string verdict = row.Holds switch
        {
            true => "holds",
            false => "DOES NOT HOLD",
            null => "",
        };
        Console.WriteLine($"{row.Name,-58} {row.Shown,14}  {row.Goal ?? "",-9} {verdict}");
        Console.WriteLine($"    {row.How}");
    }

    /// <summary>Says how many goals hold, which do not, and which could not be measured.</summary>
    public void Summarize()
    {
        int goals = _rows.Count(row => row.Goal is not null);
        int held = _rows.Count(row => row.Holds == true);
        int unmeasured = _rows.Count(row => row.Goal is not null && row.Value is null);
        Console.WriteLine();
        Console.WriteLine($"{held} of {goals} goals hold" + (unmeasured > 0 ? $", {unmeasured} could not be measured here" : ""));
        foreach (Figure lost in _rows.Where(row => row.Holds == false))
        {
            Console.WriteLine($"    lost: {lost.Name}: {lost.Shown}, the goal is {lost.Goal}");
        }

        foreach (Figure open in _rows.Where(row => row.Goal is not null && row.Value is null))
        {
            Console.WriteLine($"    not measured: {open.Name}: {open.How}");
        }
    }

    /// <summary>Writes an array with one object for each row.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using FileStream file = File.Create(path);
        using Utf8JsonWriter json = new(file, Readable);
        json.WriteStartArray();
        foreach (Figure row in _rows)
        {
            Write(json, row);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Figure row)
    {
        json.WriteStartObject();
        json.WriteString("name", row.Name);
        if (row.Value is { } value && double.IsFinite(value))
        {
            json.WriteNumber("value", Math.Round(value, 6));
        }
        else
        {
            json.WriteNull("value");
        }

        json.WriteString("unit", row.Unit);
        json.WriteString("goal", row.Goal);
        if (row.Holds is { } holds)
        {
            json.WriteBoolean("holds", holds);
        }
        else
        {
            json.WriteNull("holds");
        }

        json.WriteString("how", row.How);
        json.WriteEndObject();
    }
}
