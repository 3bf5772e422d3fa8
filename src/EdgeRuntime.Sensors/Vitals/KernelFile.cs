using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Sensors.Vitals;

/// <summary>
/// One file of /proc or /sys, held open and read from its beginning each time: the kernel writes its text anew then,
/// and opening it again would cost more than reading it.
/// </summary>
internal sealed class KernelFile : IDisposable
{
    // A sensor chip that is switched off answers every read with an error (a wireless card's does), and an exception
    // costs memory and microseconds. So a failed file rests, longer each time, and comes back by itself.
    private const int ShortestRest = 25;
    private const int LongestRest = 3200;

    private readonly SafeFileHandle? _handle;
    private int _resting;
    private int _nextRest = ShortestRest;

    private KernelFile(SafeFileHandle? handle) => _handle = handle;

    /// <summary>False when the kernel does not have this file, or does not show it to this user.</summary>
    public bool Exists => _handle is not null;

    /// <summary>Opens a file below <paramref name="root"/>; one that is not there is empty on every read.</summary>
    /// <param name="path">Without a leading slash.</param>
    public static KernelFile Open(string root, string path)
    {
        try
        {
            // ReadWrite: sharing less would ask for an advisory lock, which means nothing on these files.
            return new KernelFile(File.OpenHandle(Path.Combine(root, path), share: FileShare.ReadWrite));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new KernelFile(null);
        }
    }

    /// <summary>Reads the whole file into <paramref name="buffer"/>.</summary>
    /// <returns>Its text, valid until the buffer is used again; empty when there is none.</returns>
    public ReadOnlySpan<byte> Read(KernelBuffer buffer)
    {
        if (_handle is null)
        {
            return default;
        }

        if (_resting > 0)
        {
            _resting--;
            return default;
        }

        try
        {
            int length = buffer.Fill(_handle);
            _nextRest = ShortestRest;
            return buffer.Bytes.AsSpan(0, length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _resting = _nextRest;
            _nextRest = Math.Min(_nextRest * 2, LongestRest);
            return default;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();
}

/// <summary>The memory all kernel files of one sensor are read into, one after the other.</summary>
internal sealed class KernelBuffer
{
    private const int Smallest = 16 * 1024;

    // /proc/stat of a machine with 4096 cores is about 400 KiB.
    private const int Largest = 1024 * 1024;

    /// <summary>Overwritten by every read.</summary>
    public byte[] Bytes { get; private set; } = GC.AllocateUninitializedArray<byte>(Smallest);

    /// <summary>Reads a file from its beginning to its end, or to 1 MiB. Returns the length.</summary>
    /// <exception cref="IOException">The kernel answered with an error.</exception>
    public int Fill(SafeFileHandle handle)
    {
        int length = 0;
        while (true)
        {
            // Files made of records hand out at most a page or so per call, however large the buffer is, so only an
            // empty answer is the end.
            int read = RandomAccess.Read(handle, Bytes.AsSpan(length), length);
            length += read;
            if (read == 0)
            {
                return length;
            }

            if (length == Bytes.Length)
            {
                if (length >= Largest)
                {
                    return length;
                }

                byte[] larger = GC.AllocateUninitializedArray<byte>(Bytes.Length * 2);
                Bytes.AsSpan(0, length).CopyTo(larger);
                Bytes = larger;
            }
        }
    }
}
