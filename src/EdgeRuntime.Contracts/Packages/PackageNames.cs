using System.Buffers;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Rules for names inside a package. Each returns what is wrong as a sentence, or null.</summary>
public static class PackageNames
{
    /// <summary>Longest path of a file; a tar header holds no more.</summary>
    public const int MaxPath = 100;

    private static readonly SearchValues<char> ModelChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> SignalChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-");
    private static readonly SearchValues<char> PathChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/");

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>A model's name, which is a level of its topics.</summary>
    public static string? Model(string name) => name.Length <= 63 && !name.AsSpan().ContainsAnyExcept(ModelChars)
        ? null
        : $"'{JsonValue.Shortened(name)}' is not a model name: use 1 to 63 of a-z, 0-9 and '-'";

    /// <summary>The name of a channel or feature.</summary>
    public static string? Signal(string name) => name.Length <= 63 && !name.AsSpan().ContainsAnyExcept(SignalChars)
        ? null
        : $"'{JsonValue.Shortened(name)}' is not a name of a signal: use 1 to 63 of a-z, 0-9, '_', '.' and '-'";

    /// <summary>A text that people read: one line of at most <paramref name="longest"/> characters.</summary>
    public static string? Line(string text, int longest) =>
        text.Length > longest ? $"is longer than {longest} characters"
        : text.Any(char.IsControl) ? "holds a control character"
        : null;

    /// <summary>A UCUM unit code, such as <c>m/s2</c>, <c>Cel</c>, <c>%</c>.</summary>
    public static string? Unit(string unit) => unit.Length <= 32 && unit.All(c => c is > ' ' and < '\x7f')
        ? null
        : $"'{JsonValue.Shortened(unit)}' is not a UCUM code: 1 to 32 ASCII characters without a blank";

    /// <summary>A semantic version.</summary>
    public static string? Version(string text) => SemanticVersion.TryParse(text, out _)
        ? null
        : $"'{JsonValue.Shortened(text)}' is not a semantic version such as 1.2.0";

    /// <summary>A SHA-256 in lowercase hex.</summary>
    public static string? Sha256(string text) => text.Length == 64 && !text.AsSpan().ContainsAnyExcept(Hex)
        ? null
        : "is not a SHA-256 in 64 lowercase hex digits";

    /// <summary>
    /// A file's path: relative, ASCII letters, digits and <c>_ . - /</c>, no part that is empty or begins with a dot.
    /// </summary>
    public static string? Path(string path)
    {
        string shown = JsonValue.Shortened(path);
        if (path.Length is 0 or > MaxPath)
        {
            return $"'{shown}' is no path of 1 to {MaxPath} characters";
        }

        if (path.AsSpan().ContainsAnyExcept(PathChars))
        {
            return $"'{shown}' holds a character other than letters, digits and _ . - /";
        }

        // Covers "/etc", "a//b", "a/", ".", "..", and hidden files, whatever system unpacks it.
        return path.Split('/').Any(part => part.Length == 0 || part[0] == '.')
            ? $"'{shown}' is no relative path whose parts do not begin with a dot"
            : null;
    }
}
