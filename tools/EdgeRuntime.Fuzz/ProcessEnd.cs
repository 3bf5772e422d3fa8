using System.Runtime.InteropServices;

namespace EdgeRuntime.Fuzz;

/// <summary>Ends this process without running anything more of it.</summary>
internal static partial class ProcessEnd
{
    /// <summary>Ends with an exit code.</summary>
    public static void Now(int code) => Exit(code);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
