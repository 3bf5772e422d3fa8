using System.Runtime.CompilerServices;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;
using EdgeRuntime.Tests;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>A test that runs models; skipped with a sentence where ONNX Runtime is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LibraryFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Open);

    public LibraryFactAttribute() => Skip = Missing.Value;

    /// <summary>The repository's own directory.</summary>
    public static string Repository([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    // Opened once in this process; verbs find it open.
    private static string? Open()
    {
        try
        {
            OnnxEnvironment.Open(FetchedLibrary.ToBeNamed);
            return null;
        }
        catch (ModelLoadException missing)
        {
            return missing.Message;
        }
    }
}
