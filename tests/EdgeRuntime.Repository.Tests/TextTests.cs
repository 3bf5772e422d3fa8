namespace EdgeRuntime.Repository.Tests;

public sealed class TextTests
{
    [Fact]
    public void No_source_file_is_longer_than_a_reader_can_hold_in_mind()
    {
        string[] long_ = [.. Repository.Files("*.cs").Where(path => !path.EndsWith(".g.cs", StringComparison.Ordinal))
            .Select(path => (Path: path, Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > 550)
            .Select(file => $"{Repository.Relative(file.Path)}: {file.Lines} lines")];

        Assert.Empty(long_);
    }

    [Fact]
    public void Interfaces_exist_only_for_the_ports()
    {
        string[] ports = ["ISensor", "IImageSensor", "IPipeline", "IModelRunner", "ILink", "ILinkEvents", "IDisk", "IUpdateEvents", "IDriftDetector"];

        string[] others = [.. Repository.Files("*.cs")
            .Where(path => Repository.Relative(path).StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(path => File.ReadLines(path)
                .Where(line => line.Contains(" interface I", StringComparison.Ordinal) && !line.TrimStart().StartsWith('/'))
                .Select(line => line[(line.IndexOf(" interface ", StringComparison.Ordinal) + 11)..].Split(' ', '<', ':')[0]))
            .Where(name => !ports.Contains(name))];

        Assert.Empty(others);
    }
}
