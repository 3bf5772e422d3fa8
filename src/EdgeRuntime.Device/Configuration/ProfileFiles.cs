using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Finds the files of profiles and lays them over those they inherit from. Every value keeps its file, line and column.</summary>
internal static class ProfileFiles
{
    /// <summary>Profiles that may stand in one line of inheritance.</summary>
    private const int LongestLine = 16;

    /// <summary>Reads a profile's file and those it inherits from.</summary>
    /// <returns>As far as they can be read; what is missing is a mistake.</returns>
    public static ProfileLine Read(string name, IReadOnlyList<string> directories, Mistakes mistakes)
    {
        int before = mistakes.Found;
        return Follow(Open(name, null, directories, mistakes), name, directories, mistakes) with { Before = before };
    }

    /// <summary>The same of bytes in memory, which are held to no file's name.</summary>
    public static ProfileLine Read(ReadOnlySpan<byte> utf8, string file, IReadOnlyList<string> directories, Mistakes mistakes)
    {
        int before = mistakes.Found;
        ProfileFile? own = JsonFile.Parse(utf8, file, mistakes) is JsonValue value ? new ProfileFile(null, value) : null;
        return Follow(own, file, directories, mistakes) with { Before = before };
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
            : $"'{name}' is unknown; there are {string.Join(", ", known)}{Spelling.Hint(name, known)}";
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

    // From the profile asked for to the last that one inherits from; ends early, with a mistake, where one cannot be read.
    private static ProfileLine Follow(ProfileFile? next, string name, IReadOnlyList<string> directories, Mistakes mistakes)
    {
        List<ProfileFile> files = [];
        List<string> names = [name];
        while (next is not null)
        {
            files.Add(next);
            if (next.Value.Find("inherits")?.Value is not { Kind: not JsonKind.Null } parent)
            {
                return new ProfileLine(files, IsWhole: true);
            }

            // What is no name is told by the reader.
            if (parent.Kind != JsonKind.Text || parent.Text.Length == 0)
            {
                break;
            }

            if (names.Contains(parent.Text) || names.Count == LongestLine)
            {
                Note(parent, name, $"inherits from itself, or through too many: {string.Join(" -> ", names)} -> {parent.Text}", mistakes);
                break;
            }

            names.Add(parent.Text);
            next = Open(parent.Text, parent, directories, mistakes);
        }

        return new ProfileLine(files, IsWhole: false);
    }

    private static ProfileFile? Open(string name, JsonValue? asked, IReadOnlyList<string> directories, Mistakes mistakes)
    {
        if (Find(name, directories) is not string path)
        {
            Note(asked, $"profile '{name}'", Objection(name, directories)!, mistakes);
            return null;
        }

        return JsonFile.Bytes(path, mistakes) is byte[] bytes && JsonFile.Parse(bytes, path, mistakes) is JsonValue value
            ? new ProfileFile(Path.GetFileNameWithoutExtension(path), value)
            : null;
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

/// <summary>One file of a profile.</summary>
/// <param name="Name">What the file is called, without its ending; null when it came from memory.</param>
/// <param name="Value">What stands in it.</param>
internal sealed record ProfileFile(string? Name, JsonValue Value);

/// <summary>A profile and those it inherits from, as far as they could be read.</summary>
/// <param name="Files">The one asked for first.</param>
/// <param name="IsWhole">Whether they reach to one that inherits from none; only then do they make a profile.</param>
internal sealed record ProfileLine(IReadOnlyList<ProfileFile> Files, bool IsWhole)
{
    /// <summary>Mistakes there were before.</summary>
    public int Before { get; init; }

    /// <summary>Each laid over the one it inherits from; null when it is not whole.</summary>
    public JsonValue? Merged => !IsWhole ? null
        : Files.Reverse().Aggregate((JsonValue?)null, (basis, file) => basis is null ? file.Value.OverNothing() : file.Value.Over(basis));
}
