using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Sensors.Storage;

/// <summary>
/// A file that has its room and is written piece by piece, open as long as that takes. What was written goes on its way to the
/// medium while more comes, so that the fsync at the end finds little left to do. Thread-safe.
/// </summary>
/// <param name="path">How the disk names it.</param>
/// <param name="file">Owned.</param>
internal sealed partial class ReservedFile(string path, SafeFileHandle file) : IDisposable
{
    // Hashing, writing and one fsync of 100 MB took 130 ms without this, 92 ms with it; 96 ms at every 256 KiB and 130 ms at every
    // 64 KiB, for the calls themselves (ext4, virtual disk).
    private const int BehindBytes = 1024 * 1024;
    private const uint BeginToWrite = 2; // SYNC_FILE_RANGE_WRITE

    private int _behind;

    /// <summary>How the disk names it.</summary>
    public string Path => path;

    /// <summary>Writes a piece. False when the file was closed meanwhile.</summary>
    /// <exception cref="IOException">The medium failed.</exception>
    public bool TryWrite(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
            if (Interlocked.Add(ref _behind, bytes.Length) >= BehindBytes)
            {
                Interlocked.Exchange(ref _behind, 0);

                // Promises nothing, so its failure is none: fsync tells what did not reach the medium.
                _ = SyncFileRange(file, 0, 0, BeginToWrite);
            }

            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long bytes, uint flags);
}
