using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Serving;

/// <summary>The memory of this process as the kernel counts it.</summary>
internal static partial class ProcessMemory
{
    private const int DontNeed = 4; // MADV_DONTNEED

    /// <summary>
    /// Gives back what loading took and serving does not need: the garbage of reading and checking packages, the free pages
    /// that ONNX Runtime's loading leaves in the C library's heap, and the code that only the start ran. Stops every thread
    /// for milliseconds.
    /// </summary>
    /// <remarks>
    /// Code comes back from the kernel's page cache when it is run again, at less than a microsecond a page; where memory
    /// is locked the kernel keeps it. The page cache itself is not made smaller: that is for the kernel to decide.
    /// </remarks>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = MallocTrim(0);
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            if (TryReadCode(line, out nint start, out nuint length))
            {
                _ = MemoryAdvise(start, length, DontNeed);
            }
        }
    }

    /// <summary>Whether a line of <c>/proc/PID/maps</c> is code of a file, which nothing can have written to.</summary>
    internal static bool TryReadCode(string line, out nint start, out nuint length)
    {
        start = 0;
        length = 0;
        string[] words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 6 || words[1] != "r-xp" || !words[5].StartsWith('/'))
        {
            return false;
        }

        string[] range = words[0].Split('-');
        ulong from = ulong.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        ulong to = ulong.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        start = (nint)from;
        length = (nuint)(to - from);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(nint start, nuint length, int advice);
}
