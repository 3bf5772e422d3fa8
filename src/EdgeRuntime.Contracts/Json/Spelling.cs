namespace EdgeRuntime.Contracts.Json;

/// <summary>Guesses which known word a mistyped one was meant to be.</summary>
public static class Spelling
{
    /// <summary>The known word nearest to <paramref name="word"/>, or null when over a third of it would be wrong.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        int best = Math.Max(1, word.Length / 3) + 1;
        foreach (string candidate in known)
        {
            // The distance is at least the difference of the lengths, which also bounds the work on hostile names.
            if (Math.Abs(candidate.Length - word.Length) < best && Distance(word, candidate) is int d && d < best)
            {
                best = d;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary><c>; did you mean 'x'?</c>, or nothing when no known word is near.</summary>
    public static string Hint(string word, IEnumerable<string> known) =>
        Nearest(word, known) is string nearest ? $"; did you mean '{nearest}'?" : "";

    // Levenshtein's distance, without case.
    private static int Distance(string left, string right)
    {
        int[] row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int above = row[j];
                bool same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(row[j - 1], above) + 1, diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}
