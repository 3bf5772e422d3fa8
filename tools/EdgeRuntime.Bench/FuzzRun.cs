namespace EdgeRuntime.Bench;

/// <summary>A run of <c>tools/fuzz</c>.</summary>
/// <param name="Lines">What it printed.</param>
/// <param name="Row">How many findings it came to; at least one where it did not end well.</param>
internal sealed record FuzzRun(IReadOnlyList<string> Lines, Figure Row)
{
    /// <param name="fuzz">The program.</param>
    /// <param name="name">Of the row.</param>
    /// <param name="words">What it is given.</param>
    public static FuzzRun Of(string fuzz, string name, params string[] words)
    {
        (int code, string said, string complaint) = Programs.Words(fuzz, words);
        string[] lines = said.TrimEnd().Split('\n');
        int findings = lines.Count(line => line.StartsWith("finding ", StringComparison.Ordinal));

        // A run that ends well says on the way that it is still at it, and nothing else.
        string how = $"tools/fuzz {string.Join(' ', words)}: {lines[^1]} {(code == 0 ? "" : complaint)}".TrimEnd();
        return new FuzzRun(lines, new Figure(name, code == 0 ? findings : Math.Max(1, findings), "findings", how, 0));
    }
}
