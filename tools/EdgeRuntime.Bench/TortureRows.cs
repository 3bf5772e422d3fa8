using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeRuntime.Bench;

/// <summary>
/// Rows about what an update survives, by the simulated device: crash points, a message storm, and the list of attacks, which
/// is also written as a report beside the figures.
/// </summary>
internal static partial class TortureRows
{
    private const string Report = "attacks.txt";

    /// <param name="simulator">The built edge-simulator; null when there is none.</param>
    /// <param name="output">Where the rows go; the report stands beside it.</param>
    public static void Add(string? simulator, string output, Figures figures)
    {
        if (simulator is null)
        {
            figures.Add(new Figure("crash points passed", null, "%", "no edge-simulator", Least: 100));
            return;
        }

        (_, string said, string complaint) = Programs.Words(simulator, []);
        string all = said + complaint;
        (long passed, long tried) = Pair(CrashPoints(), all);
        (long nested, _) = Pair(Nested(), all);
        int stories = Stories().Matches(all).Select(line => line.Groups[1].Value).Distinct().Count();
        figures.Add(new Figure(
            "crash points passed", Share(passed, tried), "%",
            $"{passed} of {tried}: power cut in every write, fsync, rename and unlink of {stories} stories with 5 aftermaths, {nested} of them again in the recovery; invariants 1 to 4 checked after each; tools/torture --seed 1",
            Least: 100));
        foreach ((Regex line, string name) in new[] { (Faults(), "ENOSPC and EIO at every call: passed"), (Flips(), "flipped bits: passed"), (Clocks(), "clock at 1970, 2038 and 2100 in any operation: passed") })
        {
            (long good, long of) = Pair(line, all);
            figures.Add(new Figure(name, Share(good, of), "%", $"{good} of {of}; a model that was committed answers, and the next good order is followed", Least: 100));
        }

        Match effect = Effects().Match(all);
        figures.Add(new Figure(
            "every message 100 times, shuffled, yesterday's retained set: effects", effect.Success ? Number(effect.Groups[1]) : null, "effects",
            $"{(effect.Success ? effect.Groups[2].Value : "no")} messages in 40 storms, forged ones among them: activations and told ends of the newest order, the most of any storm",
            1, Least: 1));
        Attacks(simulator, Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, Report), figures);
    }

    private static void Attacks(string simulator, string report, Figures figures)
    {
        (_, string said, string complaint) = Programs.Words(simulator, ["attacks"]);
        Directory.CreateDirectory(Path.GetDirectoryName(report)!);
        File.WriteAllText(report, said);
        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int succeeded = lines.Count(line => line.Contains(": SUCCEEDED: ", StringComparison.Ordinal));
        figures.Add(new Figure(
            "attacks that succeed, of the TUF and Uptane list", lines.Length == 0 ? null : succeeded, "attacks",
            lines.Length == 0 ? $"not measured: {complaint.Trim()}" : $"{lines.Length} scripted, each on a device and repository of its own, with a genuine update afterwards; {Report} names them with what the device said", 0));
    }

    private static double? Share(long passed, long tried) => tried == 0 ? null : 100.0 * passed / tried;

    private static (long Passed, long Tried) Pair(Regex line, string text) =>
        line.Match(text) is { Success: true } match ? ((long)Number(match.Groups[1]), (long)Number(match.Groups[2])) : (0, 0);

    private static double Number(Group digits) => double.Parse(digits.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^crash points: (\d+) of (\d+) passed", RegexOptions.Multiline)]
    private static partial Regex CrashPoints();

    [GeneratedRegex(@"^([a-z-]+): \d+ of \d+ passed, \d+ s", RegexOptions.Multiline)]
    private static partial Regex Stories();

    [GeneratedRegex(@"^cuts in recoveries: (\d+) of (\d+) passed", RegexOptions.Multiline)]
    private static partial Regex Nested();

    [GeneratedRegex(@"^disk faults: (\d+) of (\d+) passed", RegexOptions.Multiline)]
    private static partial Regex Faults();

    [GeneratedRegex(@"^flipped bits: (\d+) of (\d+) passed", RegexOptions.Multiline)]
    private static partial Regex Flips();

    [GeneratedRegex(@"^clock jumps: (\d+) of (\d+) passed", RegexOptions.Multiline)]
    private static partial Regex Clocks();

    [GeneratedRegex(@"^effect counter: (\d+) after (\d+) messages", RegexOptions.Multiline)]
    private static partial Regex Effects();
}
