using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Configuration;

/// <summary>What a kind of board can do: data that inherits, never code. See device-profiles/README.md.</summary>
public sealed record DeviceProfile
{
    /// <summary>Name, as in the file's own.</summary>
    public required string Name { get; init; }

    /// <summary>.NET's name of the processor architecture, such as <c>x64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Path of <c>libonnxruntime.so.1</c>; null for the one that was shipped, or the system's.</summary>
    public string? OnnxRuntimeLibrary { get; init; }

    /// <summary>Threads inside one operator. (default: 1)</summary>
    public int IntraOpThreads { get; init; } = 1;

    /// <summary>Largest package that is fetched or loaded, bytes. (default: 64 MiB)</summary>
    public long PackageBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>Bytes that stay free on the disk of the state directory. (default: 16 MiB)</summary>
    public long DiskReserveBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>How the sample paths are kept on time.</summary>
    public RealTimeOptions RealTime { get; init; } = new();

    /// <summary>Reads a profile and those it inherits from, with all their mistakes.</summary>
    /// <param name="name">A name, looked for in <paramref name="directories"/>, or a path that ends in <c>.json</c>.</param>
    /// <returns>Null when there was any mistake; then <paramref name="mistakes"/> says which.</returns>
    public static DeviceProfile? Load(string name, IReadOnlyList<string> directories, Mistakes mistakes)
    {
        JsonValue? merged = Merge(name, directories, mistakes, []);
        if (merged is null)
        {
            return null;
        }

        int before = mistakes.Count;
        DeviceProfile profile = JsonObjectReader.Read(merged, "", mistakes, Read);
        return mistakes.Count == before ? profile : null;
    }

    /// <summary>Reads a profile's bytes, and those it inherits from; as <see cref="Load"/>.</summary>
    internal static DeviceProfile? Parse(ReadOnlySpan<byte> utf8, string file, IReadOnlyList<string> directories, Mistakes mistakes)
    {
        int before = mistakes.Found;
        JsonValue? own = JsonFile.Parse(utf8, file, mistakes);
        JsonValue? merged = own is null ? null : Merge(own, directories, mistakes, [file]);
        DeviceProfile? profile = merged is null ? null : JsonObjectReader.Read(merged, "", mistakes, Read);
        return mistakes.Found == before ? profile : null;
    }

    /// <summary>What stands in a profile and those it inherits from, to compare with a later reading.</summary>
    internal static JsonValue? Source(string name, IReadOnlyList<string> directories, Mistakes mistakes) =>
        Merge(name, directories, mistakes, []);

    /// <summary>Says that there is no such profile, and which there are; null when it exists.</summary>
    public static string? Objection(string name, IReadOnlyList<string> directories)
    {
        if (Find(name, directories) is not null)
        {
            return null;
        }

        string known = string.Join(", ", Known(directories));
        return known.Length == 0
            ? $"'{name}' is unknown: there are no profiles in {string.Join(", ", directories)}; set EDGE_PROFILES to the directory of device-profiles"
            : $"'{name}' is unknown; there are {known}";
    }

    /// <summary>Where profiles are looked for: beside the executable, beside the configuration, and what EDGE_PROFILES names.</summary>
    public static IReadOnlyList<string> Directories(string configurationPath)
    {
        List<string> directories = [];
        if (Environment.GetEnvironmentVariable("EDGE_PROFILES") is { Length: > 0 } named)
        {
            directories.AddRange(named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }

        directories.Add(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configurationPath))!, "device-profiles"));
        directories.Add(Path.Combine(AppContext.BaseDirectory, "device-profiles"));
        return directories;
    }

    private static JsonValue? Merge(string name, IReadOnlyList<string> directories, Mistakes mistakes, List<string> chain)
    {
        if (chain.Contains(name))
        {
            mistakes.AddFile(chain[^1], $"inherits from itself: {string.Join(" -> ", chain)} -> {name}");
            return null;
        }

        chain.Add(name);
        if (Find(name, directories) is not string path)
        {
            mistakes.AddFile($"profile '{name}'", Objection(name, directories)!);
            return null;
        }

        byte[]? bytes = JsonFile.Bytes(path, mistakes);
        JsonValue? value = bytes is null ? null : JsonFile.Parse(bytes, path, mistakes);
        return value is null ? null : Merge(value, directories, mistakes, chain);
    }

    private static JsonValue? Merge(JsonValue value, IReadOnlyList<string> directories, Mistakes mistakes, List<string> chain)
    {
        if (value.Find("inherits")?.Value is not { Kind: JsonKind.Text } parent)
        {
            return value;
        }

        return Merge(parent.Text, directories, mistakes, chain) is JsonValue basis ? value.Over(basis) : null;
    }

    private static string? Find(string name, IReadOnlyList<string> directories) =>
        name.EndsWith(".json", StringComparison.Ordinal)
            ? (File.Exists(name) ? name : null)
            : directories.Select(directory => Path.Combine(directory, $"{name}.json")).FirstOrDefault(File.Exists);

    private static IEnumerable<string> Known(IReadOnlyList<string> directories) => directories
        .Where(Directory.Exists)
        .SelectMany(directory => Directory.EnumerateFiles(directory, "*.json"))
        .Select(path => Path.GetFileNameWithoutExtension(path))
        .Where(name => name != "schema")
        .Distinct()
        .Order(StringComparer.Ordinal);

    private static DeviceProfile Read(JsonObjectReader root)
    {
        _ = root.String("inherits");
        _ = root.String("description");
        DeviceProfile profile = new()
        {
            Name = root.RequiredString("name"),
            Architecture = root.RequiredChoice("architecture", ["x64", "arm64"]),
        };
        string here = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        if (profile.Architecture != here)
        {
            root.Mistake("architecture", $"is {profile.Architecture}, but this machine is {here}; choose another profile");
        }

        profile = root.Object("inference", inference => profile with
        {
            OnnxRuntimeLibrary = inference.String("library"),
            IntraOpThreads = inference.Int("intra_op_threads", 1, min: 1, max: 64),
        }) ?? profile;
        profile = profile with { RealTime = root.Object("realtime", RealTimeReader.Read) ?? profile.RealTime };
        return root.Object("limits", limits => profile with
        {
            PackageBytesMax = limits.Long("package_bytes_max", profile.PackageBytesMax, min: 1024, max: 1L << 32),
            DiskReserveBytes = limits.Long("disk_reserve_bytes", profile.DiskReserveBytes, min: 0, max: 1L << 40),
        }) ?? profile;
    }
}
