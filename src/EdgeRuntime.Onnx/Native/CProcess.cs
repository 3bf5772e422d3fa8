using System.Runtime.InteropServices;

namespace EdgeRuntime.Onnx.Native;

/// <summary>The process as C libraries see it.</summary>
internal static unsafe class CProcess
{
    /// <summary>
    /// Sets an environment variable for the C libraries of this process, unless the user has set it. .NET keeps a copy
    /// of its own, which they do not see.
    /// </summary>
    public static void SetVariable(string name, string value)
    {
        using Utf8Text nameText = new(name);
        using Utf8Text valueText = new(value);
        var setenv = (delegate* unmanaged<byte*, byte*, int, int>)Function("setenv");
        _ = setenv(nameText.Start, valueText.Start, 0);
    }

    /// <summary>
    /// Ends the process at once: what is not flushed is lost, and nothing registered for the end is run.
    /// </summary>
    public static void End(int code) => ((delegate* unmanaged<int, void>)Function("_exit"))(code);

    // From the program itself, which the C library is always part of: so no name of a file has to be right.
    private static nint Function(string name) => NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), name);
}
