namespace EdgeRuntime.Contracts.Json;

/// <summary>Guesses which known word a mistyped one was meant to be.</summary>
public static class Spelling
{
    /// <summary>The known word nearest to <paramref name="word"/>, or null when over a third is wrong.</summary>
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

    // Levenshtein's distance without case; two neighbours swapped, the commonest slip, count as one error.
    private static int Distance(string left, string right)
    {
        int[] older = new int[right.Length + 1];
        int[] above = new int[right.Length + 1];
        int[] row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
        {
            above[j] = j;
        }

        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int other = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + other);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    row[j] = Math.Min(row[j], older[j - 2] + 1);
                }
            }

            (older, above, row) = (above, row, older);
        }

        return above[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
