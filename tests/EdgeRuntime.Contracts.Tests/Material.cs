using System.Runtime.CompilerServices;

namespace EdgeRuntime.Contracts.Tests;

/// <summary>Public test material that lies beside the repository on some machines: <c>../shared/material</c> or <c>$EDGE_MATERIAL</c>.</summary>
internal static class Material
{
    /// <summary>Path of a file, or null where the material is absent.</summary>
    public static string? Find(string name)
    {
        string root = Environment.GetEnvironmentVariable("EDGE_MATERIAL") is { Length: > 0 } set
            ? set
            : Path.Combine(Repository(), "..", "shared", "material");
        string path = Path.Combine(root, name);
        return File.Exists(path) ? path : null;
    }

    /// <summary>Why a test that needs a file is skipped; null where the file is there.</summary>
    public static string? Absence(string name) =>
        Find(name) is null ? $"the test material {name} is not here; set EDGE_MATERIAL to its folder" : null;

    private static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}

/// <summary>A fact that is skipped, with the reason, where the material it needs is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MaterialFactAttribute : Xunit.FactAttribute
{
    public MaterialFactAttribute(string name) => Skip = Material.Absence(name);
}

/// <summary>A theory that is skipped, with the reason, where the material it needs is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MaterialTheoryAttribute : Xunit.TheoryAttribute
{
    public MaterialTheoryAttribute(string name) => Skip = Material.Absence(name);
}
