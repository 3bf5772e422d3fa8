using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Device.Serving;

/// <summary>The memory of this process as the kernel counts it.</summary>
internal static partial class ProcessMemory
{
    private const int DontNeed = 4; // MADV_DONTNEED
    private const int PopulateWrite = 23; // MADV_POPULATE_WRITE, since Linux 5.14
    private const int PageBytes = 4096;

    // Below the C library's threshold for mapping an allocation by itself (mallopt(3), M_MMAP_THRESHOLD).
    private const int PieceBytes = 96 * 1024;

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

    /// <summary>
    /// Has the kernel back memory of the C library's heap before it is asked for, in one call instead of a page fault for
    /// each page: ONNX Runtime's start fills megabytes of it with small objects. For the thread that will start the library,
    /// because other threads have heaps of their own.
    /// </summary>
    /// <remarks>Only saves time: where the kernel or the C library does it otherwise, everything is as without it.</remarks>
    /// <param name="bytes">About so many; at least 96 KiB.</param>
    /// <returns>Bytes that are backed now; 0 where the kernel cannot do it (before Linux 5.14) or the heap is not one piece.</returns>
    public static unsafe long TakeAhead(int bytes)
    {
        int count = bytes / PieceBytes;
        nint* pieces = stackalloc nint[count];
        for (int i = 0; i < count; i++)
        {
            pieces[i] = (nint)NativeMemory.Alloc(PieceBytes);
        }

        // Kept for ever: without an allocation above them, freeing the pieces would return them to the kernel.
        _ = NativeMemory.Alloc(1);

        // The first ones may lie in gaps elsewhere; the stretch at the end is what the heap grew by.
        int first = count - 1;
        while (first > 0 && pieces[first] - pieces[first - 1] is > 0 and < PieceBytes + PageBytes)
        {
            first--;
        }

        nint start = (pieces[first] + PageBytes - 1) & ~(nint)(PageBytes - 1);
        nint end = (pieces[count - 1] + PieceBytes) & ~(nint)(PageBytes - 1);
        for (int i = 0; i < count; i++)
        {
            NativeMemory.Free((void*)pieces[i]);
        }

        return MemoryAdvise(start, (nuint)(end - start), PopulateWrite) == 0 ? end - start : 0;
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
