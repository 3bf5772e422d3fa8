using System.Runtime.CompilerServices;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Tests;

/// <summary>ONNX Runtime as the tools fetch it: no package puts it beside the tests where the native libraries are used.</summary>
internal static class FetchedLibrary
{
    /// <summary>The file; null where it was not fetched.</summary>
    public static string? File { get; } = Find();

    /// <summary>The file that a test must name; null where packages bring it, or EDGE_ONNXRUNTIME names another.</summary>
    public static string? ToBeNamed { get; } =
        OnnxEnvironment.Binding == "native" && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("EDGE_ONNXRUNTIME")) ? File : null;

    private static string? Find([CallerFilePath] string here = "")
    {
        string fetched = Path.GetFullPath(Path.Combine(here, "../../..", "artifacts/native/linux-x64/libonnxruntime.so.1"));
        return System.IO.File.Exists(fetched) ? fetched : null;
    }
}
