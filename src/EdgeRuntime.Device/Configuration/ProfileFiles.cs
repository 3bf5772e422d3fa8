using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Finds the files of profiles and lays them over those they inherit from. Every value keeps its file, line and column.</summary>
internal static class ProfileFiles
{
    /// <summary>Profiles that may stand in one line of inheritance.</summary>
    private const int LongestLine = 16;

    /// <summary>Reads a profile's file and those it inherits from.</summary>
    /// <returns>The merged object, or null with a mistake; and the number of mistakes there were before.</returns>
    public static (JsonValue? Merged, int Before) Merge(string name, IReadOnlyList<string> directories, Mistakes mistakes)
    {
        int before = mistakes.Found;
        return (Named(name, null, directories, mistakes, []), before);
    }

    /// <summary>The same of bytes in memory.</summary>
    public static (JsonValue? Merged, int Before) Merge(
        ReadOnlySpan<byte> utf8, string file, IReadOnlyList<string> directories, Mistakes mistakes)
    {
        int before = mistakes.Found;
        JsonValue? own = JsonFile.Parse(utf8, file, mistakes);
        return (own is null ? null : OnBasis(own, directories, mistakes, [file]), before);
    }

    /// <summary>Says that there is no such profile, and which there are; null when it exists.</summary>
    public static string? Objection(string name, IReadOnlyList<string> directories)
    {
        if (Find(name, directories) is not null)
        {
            return null;
        }

        string[] known = [.. Known(directories)];
        return known.Length == 0
            ? $"'{name}' is unknown: there are no profiles in {string.Join(", ", directories)}; set EDGE_PROFILES to the directory of device-profiles"
            : $"'{name}' is unknown{Spelling.Hint(name, known)}; there are {string.Join(", ", known)}";
    }

    /// <summary>Where profiles are looked for: what EDGE_PROFILES names, beside the configuration, and beside the executable.</summary>
    /// <param name="configurationPath">The device's configuration; null for none.</param>
    public static IReadOnlyList<string> Directories(string? configurationPath)
    {
        List<string> directories = [];
        if (Environment.GetEnvironmentVariable("EDGE_PROFILES") is { Length: > 0 } named)
        {
            directories.AddRange(named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }

        if (configurationPath is not null)
        {
            directories.Add(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configurationPath))!, "device-profiles"));
        }

        directories.Add(Path.Combine(AppContext.BaseDirectory, "device-profiles"));
        return directories;
    }

    /// <summary>Names of the profiles there are.</summary>
    public static IEnumerable<string> Known(IReadOnlyList<string> directories) => directories
        .Where(Directory.Exists)
        .SelectMany(directory => Directory.EnumerateFiles(directory, "*.json"))
        .Select(path => Path.GetFileNameWithoutExtension(path))
        .Where(name => name != "schema")
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static JsonValue? Named(
        string name, JsonValue? asked, IReadOnlyList<string> directories, Mistakes mistakes, List<string> line)
    {
        if (line.Contains(name) || line.Count == LongestLine)
        {
            Note(asked, line[^1], $"inherits from itself, or through too many: {string.Join(" -> ", line)} -> {name}", mistakes);
            return null;
        }

        line.Add(name);
        if (Find(name, directories) is not string path)
        {
            Note(asked, $"profile '{name}'", Objection(name, directories)!, mistakes);
            return null;
        }

        byte[]? bytes = JsonFile.Bytes(path, mistakes);
        JsonValue? value = bytes is null ? null : JsonFile.Parse(bytes, path, mistakes);
        return value is null ? null : OnBasis(value, directories, mistakes, line);
    }

    private static JsonValue? OnBasis(JsonValue value, IReadOnlyList<string> directories, Mistakes mistakes, List<string> line)
    {
        if (value.Find("inherits")?.Value is not { Kind: JsonKind.Text } parent)
        {
            // Over nothing: what would be appended stands alone.
            return value.OverNothing();
        }

        JsonValue? basis = Named(parent.Text, parent, directories, mistakes, line);
        return basis is null ? null : value.Over(basis);
    }

    private static void Note(JsonValue? asked, string file, string sentence, Mistakes mistakes)
    {
        if (asked is null)
        {
            mistakes.AddFile(file, sentence);
        }
        else
        {
            mistakes.Add(asked, "inherits", sentence);
        }
    }

    private static string? Find(string name, IReadOnlyList<string> directories)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        return name.EndsWith(".json", StringComparison.Ordinal)
            ? (File.Exists(name) ? name : null)
            : directories.Select(directory => Path.Combine(directory, $"{name}.json")).FirstOrDefault(File.Exists);
    }
}
