using System.Diagnostics.CodeAnalysis;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>A version as semver.org 2.0 defines it, ordered by its precedence; build data does not count.</summary>
public readonly record struct SemanticVersion : IComparable<SemanticVersion>
{
    private readonly string? _text;

    private SemanticVersion(string text, int major, int minor, int patch, string prerelease)
    {
        _text = text;
        Major = major;
        Minor = minor;
        Patch = patch;
        Prerelease = prerelease;
    }

    /// <summary>Grows with incompatible changes.</summary>
    public int Major { get; }

    /// <summary>Grows with additions.</summary>
    public int Minor { get; }

    /// <summary>Grows with corrections.</summary>
    public int Patch { get; }

    /// <summary>What follows the <c>-</c>, or empty for a release.</summary>
    public string Prerelease { get; }

    /// <summary>Reads a version such as <c>1.2.0</c> or <c>2.0.0-rc.1+7</c>; at most 63 characters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SemanticVersion version)
    {
        version = default;
        if (text is not { Length: > 0 and <= 63 })
        {
            return false;
        }

        ReadOnlySpan<char> rest = text;
        int plus = rest.IndexOf('+');
        if (plus >= 0 && !AreIdentifiers(rest[(plus + 1)..], numbersMayBeginWithZero: true))
        {
            return false;
        }

        rest = plus >= 0 ? rest[..plus] : rest;
        int dash = rest.IndexOf('-');
        ReadOnlySpan<char> prerelease = dash >= 0 ? rest[(dash + 1)..] : default;
        if (dash >= 0 && !AreIdentifiers(prerelease, numbersMayBeginWithZero: false))
        {
            return false;
        }

        rest = dash >= 0 ? rest[..dash] : rest;
        Span<Range> parts = stackalloc Range[4];
        if (rest.Split(parts, '.') != 3
            || !TryNumber(rest[parts[0]], out int major)
            || !TryNumber(rest[parts[1]], out int minor)
            || !TryNumber(rest[parts[2]], out int patch))
        {
            return false;
        }

        version = new SemanticVersion(text, major, minor, patch, prerelease.ToString());
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion other)
    {
        int byNumbers = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        if (byNumbers != 0)
        {
            return byNumbers;
        }

        string mine = Prerelease ?? "";
        string theirs = other.Prerelease ?? "";
        return (mine.Length, theirs.Length) switch
        {
            (0, 0) => 0,
            (0, _) => 1,
            (_, 0) => -1,
            _ => CompareIdentifiers(mine.Split('.'), theirs.Split('.')),
        };
    }

    /// <summary>True when <paramref name="left"/> precedes <paramref name="right"/>.</summary>
    public static bool operator <(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> follows <paramref name="right"/>.</summary>
    public static bool operator >(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> does not follow <paramref name="right"/>.</summary>
    public static bool operator <=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> does not precede <paramref name="right"/>.</summary>
    public static bool operator >=(SemanticVersion left, SemanticVersion right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public override string ToString() => _text ?? "0.0.0";

    private static int CompareIdentifiers(string[] mine, string[] theirs)
    {
        for (int i = 0; i < Math.Min(mine.Length, theirs.Length); i++)
        {
            int order = (IsNumber(mine[i]), IsNumber(theirs[i])) switch
            {
                // Without leading zeros the longer number is the larger, whatever its length.
                (true, true) when mine[i].Length != theirs[i].Length => mine[i].Length.CompareTo(theirs[i].Length),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(mine[i], theirs[i]),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return mine.Length.CompareTo(theirs.Length);
    }

    private static bool IsNumber(string identifier) => !identifier.AsSpan().ContainsAnyExceptInRange('0', '9');

    // At most nine digits, which an int holds; longer numbers are not versions that anyone releases.
    private static bool TryNumber(ReadOnlySpan<char> text, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 9 || text.ContainsAnyExceptInRange('0', '9') || (text.Length > 1 && text[0] == '0'))
        {
            return false;
        }

        foreach (char digit in text)
        {
            number = (number * 10) + (digit - '0');
        }

        return true;
    }

    private static bool AreIdentifiers(ReadOnlySpan<char> text, bool numbersMayBeginWithZero)
    {
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> identifier = text[range];
            bool number = !identifier.ContainsAnyExceptInRange('0', '9');
            bool leadingZero = number && identifier.Length > 1 && identifier[0] == '0';
            if (identifier.Length == 0 || (leadingZero && !numbersMayBeginWithZero))
            {
                return false;
            }

            foreach (char c in identifier)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }
            }
        }

        return true;
    }
}
