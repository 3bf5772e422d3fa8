using System.Text.RegularExpressions;

namespace EdgeRuntime.Repository.Tests;

public sealed partial class DocumentTests
{
    private static readonly string[] Documents =
    [
        "README.md", "src/EdgeRuntime.Device/README.md", "tools/EdgeRuntime.Ctl/README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "device-profiles/README.md", "tools/train/README.md",
    ];

    [Fact]
    public void Decisions_are_numbered_one_after_the_other()
    {
        string[] numbers = [.. DecisionNumber().Matches(Read("ARCHITECTURE.md")).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(numbers);
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(number => $"{number}"), numbers);
    }

    [Fact]
    public void Paths_in_the_documents_exist()
    {
        List<string> missing = [];
        foreach (string document in Documents)
        {
            missing.AddRange(PathName().Matches(Read(document)).Select(match => match.Groups[1].Value.TrimEnd('/'))
                .Where(path => !Exists(path)).Select(path => $"{document}: {path}"));
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void Type_names_in_the_documents_exist()
    {
        string source = string.Join('\n', Repository.Files("*.cs").Select(File.ReadAllText));
        HashSet<string> declared = [.. Declaration().Matches(source).Select(match => match.Groups[1].Value)];
        List<string> missing = [];
        foreach (string document in Documents)
        {
            missing.AddRange(TypeName().Matches(Read(document)).Select(match => match.Groups[1].Value)
                .Where(name => !declared.Contains(name)).Select(name => $"{document}: {name}"));
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere()
    {
        List<string> broken = [];
        foreach (string document in Documents)
        {
            string directory = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
            broken.AddRange(Link().Matches(Read(document)).Select(match => match.Groups[1].Value)
                .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
                .Where(target => !Path.Exists(Path.Combine(directory, target.Split('#')[0])))
                .Select(target => $"{document}: {target}"));
        }

        Assert.Empty(broken);
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(Repository.Root, document));

    private static bool Exists(string path) =>
        Path.Exists(Path.Combine(Repository.Root, path.Contains('*', StringComparison.Ordinal) ? path.Split('*')[0] : path));

    // `src/…`, `tests/…`, `tools/…`, `device-profiles/…` in code spans, up to a blank.
    [GeneratedRegex(@"`(?:\./)?((?:src|tests|tools|device-profiles)/[^\s`…{]*)")]
    private static partial Regex PathName();

    // `ISensor` or `ISensor.TryRead` in code spans: PascalCase with at least two humps, or an interface.
    [GeneratedRegex(@"`([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]+)+|I[A-Z][A-Za-z0-9]+)(?:\.[A-Za-z]+)?`")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^(\d+)\. \*\*", RegexOptions.Multiline)]
    private static partial Regex DecisionNumber();

    [GeneratedRegex(@"(?:class|record|struct|interface|enum|delegate [\w<>]+)\s+([A-Z]\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
