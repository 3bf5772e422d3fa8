using System.Globalization;
using System.Text.RegularExpressions;

namespace EdgeRuntime.Repository.Tests;

public sealed partial class LogTests
{
    private static readonly (string Project, int First, int Last)[] Blocks =
    [
        ("EdgeRuntime.Engine", 2000, 2999),
        ("EdgeRuntime.Mqtt", 3000, 3499),
        ("EdgeRuntime.Device", 4000, 4999),
        ("EdgeRuntime.Fleet", 5000, 5999),
    ];

    [Fact]
    public void No_two_log_entries_share_an_id()
    {
        string[] twice = [.. Entries().GroupBy(entry => entry.Id).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(entry => entry.File))}")];

        Assert.Empty(twice);
        Assert.NotEmpty(Entries());
    }

    [Fact]
    public void Log_ids_lie_in_the_block_of_their_project()
    {
        string[] outside = [.. Entries().Where(entry => !Blocks.Any(block =>
                entry.File.StartsWith($"src/{block.Project}/", StringComparison.Ordinal) && entry.Id >= block.First && entry.Id <= block.Last))
            .Select(entry => $"{entry.File}: {entry.Id}")];

        Assert.Empty(outside);
    }

    private static IEnumerable<(string File, int Id)> Entries() => Repository.Files("*.cs")
        .Where(path => Repository.Relative(path).StartsWith("src/", StringComparison.Ordinal))
        .SelectMany(path => LogMessage().Matches(File.ReadAllText(path)).Select(match =>
            (Repository.Relative(path), int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))));

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex LogMessage();
}
