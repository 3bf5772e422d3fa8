using System.Runtime.CompilerServices;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>The file that this process executes.</summary>
internal static class ProgramPath
{
    // What the kernel adds when the file was replaced meanwhile, as a package manager does; its successor stands in the same place.
    private const string Gone = " (deleted)";

    /// <summary>Its path; also after the file was replaced.</summary>
    public static string Own
    {
        get
        {
            string path = Environment.ProcessPath!;
            return path.EndsWith(Gone, StringComparison.Ordinal) ? path[..^Gone.Length] : path;
        }
    }

    /// <summary>Whether it is a program of its own, which another can take the place of; not one that some host runs.</summary>
    public static bool IsNative => !RuntimeFeature.IsDynamicCodeSupported;
}
