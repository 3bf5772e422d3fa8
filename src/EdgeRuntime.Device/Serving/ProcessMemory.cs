using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Serving;

/// <summary>The memory of this process as the kernel counts it.</summary>
internal static partial class ProcessMemory
{
    /// <summary>
    /// Gives back what loading took and serving does not need: the garbage of reading and checking packages, and the free
    /// pages that ONNX Runtime's loading leaves in the C library's heap. Stops every thread for milliseconds.
    /// </summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = MallocTrim(0);
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);
}
