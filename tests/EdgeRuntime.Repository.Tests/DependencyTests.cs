using System.Xml.Linq;

namespace EdgeRuntime.Repository.Tests;

public sealed class DependencyTests
{
    /// <summary>Who may refer to whom; the table of ARCHITECTURE.md. A project not named here fails the test.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["EdgeRuntime.Contracts"] = [],
        ["EdgeRuntime.Statistics"] = [],
        ["EdgeRuntime.Engine"] = ["EdgeRuntime.Contracts", "EdgeRuntime.Statistics"],
        ["EdgeRuntime.Onnx"] = ["EdgeRuntime.Engine"],
        ["EdgeRuntime.Mqtt"] = ["EdgeRuntime.Contracts"],
        ["EdgeRuntime.Sensors"] = ["EdgeRuntime.Engine"],
        ["EdgeRuntime.Device"] = ["EdgeRuntime.Engine", "EdgeRuntime.Onnx", "EdgeRuntime.Mqtt", "EdgeRuntime.Sensors"],
        ["EdgeRuntime.Fleet"] = ["EdgeRuntime.Contracts", "EdgeRuntime.Statistics", "EdgeRuntime.Mqtt"],
    };

    /// <summary>Third-party packages that src projects may use, each in its leaf project only.</summary>
    private static readonly Dictionary<string, string[]> Packages = new()
    {
        ["EdgeRuntime.Engine"] = ["Microsoft.Extensions.Logging.Abstractions"],
        ["EdgeRuntime.Onnx"] = ["Microsoft.ML.OnnxRuntime"],
        ["EdgeRuntime.Mqtt"] = ["MQTTnet"],
        ["EdgeRuntime.Sensors"] = ["System.Device.Gpio", "Iot.Device.Bindings"],
        ["EdgeRuntime.Fleet"] = ["Microsoft.Data.Sqlite.Core", "SQLitePCLRaw.bundle_e_sqlite3"],
    };

    [Fact]
    public void Projects_refer_only_to_those_below_them()
    {
        List<string> wrong = [];
        foreach ((string project, XDocument file) in SourceProjects())
        {
            string[] allowed = Allowed.GetValueOrDefault(project) ?? [];
            wrong.AddRange(References(file, "ProjectReference")
                .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))
                .Where(name => !allowed.Contains(name))
                .Select(name => $"{project} refers to {name}"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_source_project_stands_in_the_table()
    {
        string[] unknown = [.. SourceProjects().Select(entry => entry.Name).Where(name => !Allowed.ContainsKey(name))];

        Assert.Empty(unknown);
        Assert.NotEmpty(SourceProjects());
    }

    [Fact]
    public void Third_party_packages_live_in_their_leaf_projects()
    {
        List<string> wrong = [];
        foreach ((string project, XDocument file) in SourceProjects())
        {
            string[] allowed = Packages.GetValueOrDefault(project) ?? [];
            wrong.AddRange(References(file, "PackageReference").Where(name => !allowed.Contains(name))
                .Select(name => $"{project} uses {name}"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_file_only()
    {
        string[] wrong = [.. Repository.Files("*.csproj")
            .Where(path => XDocument.Load(path).Descendants("PackageReference").Any(item => item.Attribute("Version") is not null))
            .Select(Repository.Relative)];

        Assert.Empty(wrong);
    }

    // Its C# binds every function of its own version when it starts; an older library does not have the newest ones.
    [Fact]
    public void The_package_of_ONNX_Runtime_is_exactly_of_the_version_of_the_library_from_npm()
    {
        string package = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Single(item => item.Attribute("Include")!.Value == "Microsoft.ML.OnnxRuntime").Attribute("Version")!.Value;
        string npm = File.ReadAllText(Path.Combine(Repository.Root, "tools", "npm", "package.json"));

        Assert.Contains($"\"onnxruntime-node\": \"{package.Trim('[', ']')}\"", npm, StringComparison.Ordinal);
        Assert.Equal($"[{package.Trim('[', ']')}]", package);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "EdgeRuntime.sln"));

        string[] missing = [.. Repository.Files("*.csproj").Where(path => !solution.Contains(Path.GetFileName(path), StringComparison.Ordinal))
            .Select(Repository.Relative)];

        Assert.Empty(missing);
    }

    private static IEnumerable<(string Name, XDocument File)> SourceProjects() => Repository.Files("*.csproj")
        .Where(path => Repository.Relative(path).StartsWith("src/", StringComparison.Ordinal))
        .Select(path => (Path.GetFileNameWithoutExtension(path), XDocument.Load(path)));

    private static IEnumerable<string> References(XDocument file, string kind) =>
        file.Descendants(kind).Select(item => (string?)item.Attribute("Include") ?? "");
}
