using System.Globalization;
using System.Text.RegularExpressions;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>What a column of a table holds.</summary>
internal enum ColumnKind
{
    /// <summary>Nothing at all.</summary>
    Empty,

    /// <summary>Finite numbers, and gaps.</summary>
    Numbers,

    /// <summary>Dates.</summary>
    Dates,

    /// <summary>Anything else.</summary>
    Texts,
}

/// <summary>One column of a table: its name, its fields, and what they are.</summary>
internal sealed partial class DataColumn
{
    private const int MostClasses = 1000;

    // What programs write where there is no value.
    private static readonly string[] Gaps = ["", "nan", "na", "n/a", "null", "none", "-", "?"];

    private readonly List<CsvField> _fields = [];
    private readonly List<int> _lines = [];

    /// <param name="header">As the table names it, with its unit if it has one; empty for a column without a name.</param>
    /// <param name="commas">Whether numbers are written with a comma before their fraction.</param>
    public DataColumn(string header, int number, bool commas)
    {
        Header = header;
        Number = number;
        Commas = commas;
        (Name, Unit) = Split(header.Length > 0 ? header : $"c{number}");
    }

    /// <summary>As the table names it.</summary>
    public string Header { get; }

    /// <summary>Place in the table, from 0.</summary>
    public int Number { get; }

    /// <summary>A name that channels may have.</summary>
    public string Name { get; set; }

    /// <summary>UCUM code of a unit that stands in the header; null when none does.</summary>
    public string? Unit { get; }

    /// <summary>What it holds; settled by <see cref="Settle"/>.</summary>
    public ColumnKind Kind { get; private set; }

    /// <summary>Numbers, or dates in UTC milliseconds; NaN where there is none. Empty for texts.</summary>
    public double[] Values { get; private set; } = [];

    /// <summary>Every field as it stands there.</summary>
    public IReadOnlyList<string> Texts => [.. _fields.Select(each => each.Text)];

    /// <summary>Rows without a value.</summary>
    public int Missing { get; private set; }

    private bool Commas { get; }

    /// <summary>Distinct values, numbers in ascending order, texts in ordinal order; null when there are more than 1000.</summary>
    public IReadOnlyList<string>? Classes()
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (CsvField field in _fields)
        {
            if (!IsGap(field.Text) && seen.Add(field.Text) && seen.Count > MostClasses)
            {
                return null;
            }
        }

        return Kind == ColumnKind.Numbers
            ? [.. seen.OrderBy(text => Parse(text)).DistinctBy(text => Parse(text))]
            : [.. seen.Order(StringComparer.Ordinal)];
    }

    /// <summary>The class of one row, as <see cref="Classes"/> writes it; empty where there is none.</summary>
    public string ClassOf(int row, IReadOnlyList<string> classes)
    {
        string text = _fields[row].Text;
        return IsGap(text) ? ""
            : Kind == ColumnKind.Numbers ? classes.FirstOrDefault(known => Parse(known) == Values[row]) ?? text
            : text;
    }

    /// <summary>True when all of its numbers are whole and few.</summary>
    public bool IsClass() => Kind == ColumnKind.Texts
        ? Classes() is { Count: >= 2 and <= 100 } texts && texts.Count * 2 <= _fields.Count
        : Kind == ColumnKind.Numbers && Values.All(value => double.IsNaN(value) || value == Math.Floor(value))
            && Classes() is { Count: >= 2 and <= 50 } classes && classes.Count * 2 <= _fields.Count;

    /// <summary>True when it counts the rows, each one more than the one before.</summary>
    public bool IsRowNumber()
    {
        for (int i = 1; i < Values.Length; i++)
        {
            if (Values[i] - Values[i - 1] != 1)
            {
                return false;
            }
        }

        return Kind == ColumnKind.Numbers && Values.Length > 2;
    }

    /// <summary>Adds the field of one row.</summary>
    public void Add(CsvField field, int line)
    {
        _fields.Add(field);
        _lines.Add(line);
    }

    /// <summary>Says what the column holds. A few fields that are no numbers among many that are, are mistakes.</summary>
    public void Settle(string file, Mistakes mistakes)
    {
        const double Most = 0.9;
        int present = _fields.Count(field => !IsGap(field.Text));
        int numbers = _fields.Count(field => !IsGap(field.Text) && !double.IsNaN(Parse(field.Text)));
        Missing = _fields.Count - present;
        if (present == 0)
        {
            Kind = ColumnKind.Empty;
            return;
        }

        if (numbers < Most * present)
        {
            int dates = _fields.Count(field => !IsGap(field.Text) && TryDate(field.Text, out _));
            Kind = dates >= Most * present ? ColumnKind.Dates : ColumnKind.Texts;
        }
        else
        {
            Kind = ColumnKind.Numbers;
        }

        if (Kind == ColumnKind.Texts)
        {
            return;
        }

        Values = new double[_fields.Count];
        for (int i = 0; i < Values.Length; i++)
        {
            string text = _fields[i].Text;
            double value = Kind == ColumnKind.Dates && TryDate(text, out double unixMs) ? unixMs
                : Kind == ColumnKind.Numbers ? Parse(text) : double.NaN;
            Values[i] = double.IsFinite(value) ? value : double.NaN;
            if (!IsGap(text) && !double.IsFinite(value))
            {
                string what = Kind == ColumnKind.Dates ? "a date" : "a finite number";
                mistakes.Add(new Mistake(
                    file, new JsonPosition(_lines[i], _fields[i].Column), Header.Length > 0 ? Header : Name,
                    $"'{Excerpt(text)}' is not {what}, as {(Kind == ColumnKind.Dates ? "others" : "most")} of this column are"));
            }
        }
    }

    /// <summary>A header's name as channels are named, and its unit as a UCUM code, of <c>Temp (°C)</c> or <c>temp[Cel]</c>.</summary>
    public static (string Name, string? Unit) Split(string header)
    {
        string? unit = null;
        if (UnitAtEnd().Match(header) is { Success: true } match)
        {
            unit = UcumOf(match.Groups[2].Value.Trim());
            header = match.Groups[1].Value;
        }

        string name = Unnamed().Replace(header.Trim().ToLowerInvariant(), "_").Trim('_');
        return (name.Length == 0 ? "c" : name.Length > 63 ? name[..63] : name, unit);
    }

    /// <summary>True for a field that holds no value.</summary>
    public static bool IsGap(string text) => text.Length <= 4 && Gaps.Contains(text.ToLowerInvariant());

    private static string Excerpt(string text) => text.Length <= 24 ? text : text[..24] + "...";

    private double Parse(string text) => double.TryParse(
        Commas ? text.Replace(',', '.') : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;

    private static bool TryDate(string text, out double unixMs)
    {
        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces;
        bool read = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Style, out DateTimeOffset date);
        unixMs = read ? (date - DateTimeOffset.UnixEpoch).TotalMilliseconds : double.NaN;
        return read;
    }

    // Units people write in headers, as UCUM writes them.
    private static string? UcumOf(string unit) => unit switch
    {
        "°C" or "C" or "degC" or "deg C" or "celsius" => "Cel",
        "°F" or "degF" => "[degF]",
        "ppm" or "[ppm" => "[ppm]",
        "lux" or "Lux" => "lx",
        "rpm" => "/min",
        "m/s^2" or "m/s²" => "m/s2",
        "g" => "[g]",
        _ => PackageNames.Unit(unit) is null && unit.Length > 0 ? unit : null,
    };

    [GeneratedRegex(@"^(.+?)\s*[\[\(]([^\[\]\(\)]+)[\]\)]\]?\s*$")]
    private static partial Regex UnitAtEnd();

    [GeneratedRegex("[^a-z0-9.-]+")]
    private static partial Regex Unnamed();
}
