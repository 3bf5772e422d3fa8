using System.Security.Cryptography;
using System.Text;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>Which target paths a delegation covers.</summary>
internal static class PathPattern
{
    /// <summary>Matches a shell pattern: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c>, none of them across a slash.</summary>
    /// <remarks>Takes at most pattern times path steps, whatever the pattern.</remarks>
    public static bool Matches(string pattern, string path)
    {
        string[] patterns = pattern.Split('/');
        string[] segments = path.Split('/');
        return patterns.Length == segments.Length
            && patterns.Zip(segments, MatchesSegment).All(matches => matches);
    }

    /// <summary>True when the path's SHA-256 begins with one of the prefixes.</summary>
    public static bool CoversHash(IReadOnlyList<string> prefixes, string path)
    {
        if (prefixes.Count == 0)
        {
            return false;
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        return prefixes.Any(prefix => hash.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }

    // After a mismatch only the newest star needs to take one character more: what an older one took was enough.
    private static bool MatchesSegment(string pattern, string text)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern, p, text[t], out int next))
            {
                p = next;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }

    private static bool MatchesOne(string pattern, int p, char c, out int next)
    {
        next = p + 1;
        if (pattern[p] == '?')
        {
            return true;
        }

        if (pattern[p] != '[' || SetEnd(pattern, p) is not int end)
        {
            return pattern[p] == c;
        }

        next = end + 1;
        ReadOnlySpan<char> set = pattern.AsSpan(p + 1, end - p - 1);
        bool negated = set[0] == '!';
        set = negated ? set[1..] : set;
        bool within = false;
        while (!set.IsEmpty)
        {
            bool range = set.Length > 2 && set[1] == '-';
            within |= range ? set[0] <= c && c <= set[2] : set[0] == c;
            set = set[(range ? 3 : 1)..];
        }

        return within != negated;
    }

    // A ']' that stands first in a set is one of its characters; a '[' without an end is itself.
    private static int? SetEnd(string pattern, int p)
    {
        int first = p + 1 < pattern.Length && pattern[p + 1] == '!' ? p + 2 : p + 1;
        int end = first + 1 <= pattern.Length ? pattern.IndexOf(']', Math.Min(first + 1, pattern.Length)) : -1;
        return end < 0 ? null : end;
    }
}
