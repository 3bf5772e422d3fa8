using System.Globalization;

namespace EdgeRuntime.Contracts.Json;

/// <summary>Numbers of a file, and how a mistake names their ranges.</summary>
internal static class JsonNumber
{
    /// <summary>The number's value; one too large for a double is infinity, which is in no range.</summary>
    public static double Of(JsonValue value) => double.Parse(value.Text, CultureInfo.InvariantCulture);

    /// <summary>Reads a whole number.</summary>
    /// <param name="number">The number, or <paramref name="min"/> when it is wrong.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Whole(JsonValue value, long min, long max, out long number)
    {
        number = min;
        if (value.Kind != JsonKind.Number)
        {
            return $"must be a whole number, not {value.Described}";
        }

        if (value.Text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return $"{JsonValue.Shortened(value.Text)} is not a whole number";
        }

        // What does not parse is a number of JSON all the same, only longer than 64 bits.
        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        bool parses = long.TryParse(value.Text, Style, CultureInfo.InvariantCulture, out long parsed);
        if (!parses || parsed < min || parsed > max)
        {
            return Outside(value, min, max);
        }

        number = parsed;
        return null;
    }

    /// <summary>What is wrong with a number outside its range.</summary>
    public static string Outside(JsonValue value, double min, double max)
    {
        string written = JsonValue.Shortened(value.Text);
        return (min, max) switch
        {
            (JsonObjectReader.AboveZero, _) => $"{written} is not{Range(min, max)}",
            (double.MinValue, double.MaxValue) => $"{written} is too large for a number",
            (_, double.MaxValue) => $"{written} is below {Shown(min)}",
            (double.MinValue, _) => $"{written} is above {Shown(max)}",
            _ => $"{written} is outside {Shown(min)} to {Shown(max)}",
        };
    }

    /// <summary>What is wrong with a whole number outside its range.</summary>
    public static string Outside(JsonValue value, long min, long max)
    {
        string written = JsonValue.Shortened(value.Text);
        return max != long.MaxValue ? $"{written} is outside {min} to {max}"
            : value.Text.StartsWith('-') || value.Text.Length < 19 ? $"{written} is below {min}"
            : $"{written} is too large for a whole number";
    }

    /// <summary>The range as it follows "a number".</summary>
    public static string Range(double min, double max) => (min, max) switch
    {
        (double.MinValue, double.MaxValue) => "",
        (JsonObjectReader.AboveZero, double.MaxValue) => " greater than 0",
        (JsonObjectReader.AboveZero, _) => $" greater than 0 and at most {Shown(max)}",
        (_, double.MaxValue) => $" of at least {Shown(min)}",
        (double.MinValue, _) => $" of at most {Shown(max)}",
        _ => $" from {Shown(min)} to {Shown(max)}",
    };

    /// <summary>The range as it follows "a whole number".</summary>
    public static string Range(long min, long max) =>
        max == long.MaxValue ? $" of at least {min}" : $" from {min} to {max}";

    private static string Shown(double number) => number.ToString(CultureInfo.InvariantCulture);
}
