using System.Runtime.CompilerServices;

namespace EdgeRuntime.Repository.Tests;

/// <summary>The files of this repository, as the tests see them.</summary>
internal static class Repository
{
    private static readonly string[] Ignored = ["artifacts", "dist", "node_modules", ".git", ".edge", "obj", "bin", "vendor"];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "../.."));

    public static IEnumerable<string> Files(string pattern) => Walk(Root, pattern);

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static IEnumerable<string> Walk(string directory, string pattern) =>
        Directory.EnumerateFiles(directory, pattern).Concat(
            Directory.EnumerateDirectories(directory)
                .Where(child => !Ignored.Contains(Path.GetFileName(child)))
                .SelectMany(child => Walk(child, pattern)));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
