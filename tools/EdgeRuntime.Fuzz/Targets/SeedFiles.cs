namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Finds real inputs: the project's own fixtures, and the shared material where it is there.</summary>
internal static class SeedFiles
{
    private const long Largest = 64 * 1024;

    /// <summary>Root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    private static string Material => Environment.GetEnvironmentVariable("EDGE_MATERIAL") ?? Path.Combine(Root, "..", "shared", "material");

    /// <summary>Files of the repository, below a folder, that a pattern matches, in the order of their names.</summary>
    public static IEnumerable<byte[]> Of(string folder, params ReadOnlySpan<string> patterns) => Read(Path.Combine(Root, folder), patterns, 200);

    /// <summary>The same of the shared material; none where it is not there.</summary>
    public static IEnumerable<byte[]> OfMaterial(params ReadOnlySpan<string> patterns) => Read(Material, patterns, 60);

    private static List<byte[]> Read(string folder, ReadOnlySpan<string> patterns, int most)
    {
        List<byte[]> seeds = [];
        foreach (string pattern in patterns)
        {
            if (Directory.Exists(folder))
            {
                seeds.AddRange(Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
                    .Where(path => new FileInfo(path).Length <= Largest)
                    .Order(StringComparer.Ordinal)
                    .Take(most)
                    .Select(File.ReadAllBytes));
            }
        }

        return seeds;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "EdgeRuntime.sln")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException("edge-fuzz must stand below the repository: its seeds are there");
    }
}
