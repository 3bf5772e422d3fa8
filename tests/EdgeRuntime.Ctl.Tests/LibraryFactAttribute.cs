using System.Runtime.CompilerServices;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Onnx;
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
        string built = Path.Combine(Repository(), "artifacts", "native", "linux-x64", "libonnxruntime.so.1");
        try
        {
            OnnxEnvironment.Open(OnnxEnvironment.Binding == "native" && Environment.GetEnvironmentVariable("EDGE_ONNXRUNTIME") is null && File.Exists(built)
                ? built
                : null);
            return null;
        }
        catch (ModelLoadException missing)
        {
            return missing.Message;
        }
    }
}
