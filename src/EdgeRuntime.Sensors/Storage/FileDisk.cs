using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Models;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Sensors.Storage;

/// <summary>The kernel's files under one state directory.</summary>
/// <remarks>
/// Thread-safe as the kernel is. The file that was reserved last stays open until it is renamed or removed, since it is about to
/// be written in many pieces. What this user may not do fails as what the disk cannot do: with an
/// <see cref="IOException"/>, so that a model answers from memory either way.
/// </remarks>
public sealed partial class FileDisk : IDisk
{
    private const int OpenDirectoryReadOnly = 0x10000; // O_DIRECTORY | O_RDONLY

    private readonly string _root;
    private readonly long _reserve;
    private volatile ReservedFile? _reserved;

    /// <summary>
    /// Creates the directory when it is not there. A disk that takes nothing now (full, failing, mounted for reading only) is no
    /// mistake of the configuration: then <see cref="Unusable"/> says so, and the device serves from memory.
    /// </summary>
    /// <param name="reserve">Bytes of the medium that are left to others: they never count as free.</param>
    /// <exception cref="IOException">It cannot be created; also <see cref="UnauthorizedAccessException"/>.</exception>
    public FileDisk(string root, long reserve = 0)
    {
        _root = Path.GetFullPath(root);
        _reserve = reserve;
        try
        {
            // Not even asked for where it is there: a process that may change nothing looks at it too.
            if (!Directory.Exists(_root))
            {
                Directory.CreateDirectory(_root);
            }
        }
        catch (IOException e) when (IsOfTheDisk(e))
        {
            Unusable = e.Message;
        }
    }

    /// <summary>Why the directory could not be made, or null when it is there.</summary>
    public string? Unusable { get; }

    /// <inheritdoc/>
    public long FreeBytes => Math.Max(0, new DriveInfo(_root).AvailableFreeSpace - _reserve);

    /// <inheritdoc/>
    public long? Length(string path)
    {
        FileInfo file = new(Full(path));
        return file.Exists ? file.Length : null;
    }

    /// <inheritdoc/>
    public int Read(string path, long offset, Span<byte> bytes)
    {
        using SafeFileHandle file = Open(path, FileMode.Open, FileAccess.Read);
        int total = 0;
        while (total < bytes.Length)
        {
            int read = RandomAccess.Read(file, bytes[total..], offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <inheritdoc/>
    public void Write(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        if (_reserved is { } reserved && reserved.Path == path && reserved.TryWrite(offset, bytes))
        {
            return;
        }

        using SafeFileHandle file = Open(path, FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(file, bytes, offset);
    }

    /// <inheritdoc/>
    public void Reserve(string path, long bytes)
    {
        SafeFileHandle file = Open(path, FileMode.OpenOrCreate, FileAccess.Write);
        long before = RandomAccess.GetLength(file);
        int error = PosixFallocate(file, 0, bytes);
        if (error != 0)
        {
            using SafeFileHandle refused = file;
            RandomAccess.SetLength(file, before);
            throw new IOException($"posix_fallocate of {bytes} bytes of '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        Interlocked.Exchange(ref _reserved, new ReservedFile(path, file))?.Dispose();
    }

    /// <inheritdoc/>
    public void Sync(string path)
    {
        using SafeFileHandle file = Open(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        // .NET opens no directories, and without this a rename may not survive a power cut.
        int descriptor = Open(Full(path), OpenDirectoryReadOnly);
        if (descriptor < 0)
        {
            throw Failed("open", path);
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw Failed("fsync", path);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        Leave(from);
        Leave(to);
        Allowed(() => File.Move(Full(from), Full(to), overwrite: true));
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        Leave(path);
        string full = Full(path);
        if (Directory.Exists(full))
        {
            Allowed(() => Directory.Delete(full));
        }
        else if (File.Exists(full))
        {
            Allowed(() => File.Delete(full));
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Allowed(() => Directory.CreateDirectory(Full(path)));

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        DirectoryInfo directory = new(Full(path));
        if (!directory.Exists)
        {
            return [];
        }

        string[] names = [];
        Allowed(() => names = [.. directory.EnumerateFileSystemInfos().Select(entry => entry.Name)]);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <summary>Whether an error is of the disk, which may be mended, and not of what was asked for: EIO, ENOSPC, EROFS, EDQUOT.</summary>
    internal static bool IsOfTheDisk(IOException e) => e.HResult is 5 or 28 or 30 or 122;

    private static void Allowed(Action act)
    {
        try
        {
            act();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{e.Message} The user of the service must be able to write state_dir.", e);
        }
    }

    // The name is about to mean another file, or none.
    private void Leave(string path)
    {
        if (_reserved is { } reserved && (reserved.Path == path || reserved.Path.StartsWith($"{path}/", StringComparison.Ordinal)))
        {
            reserved.Dispose();
            Interlocked.CompareExchange(ref _reserved, null, reserved);
        }
    }

    private SafeFileHandle Open(string path, FileMode mode, FileAccess access)
    {
        SafeFileHandle? file = null;
        Allowed(() => file = File.OpenHandle(Full(path), mode, access));
        return file!;
    }

    private string Full(string path) => path.Length == 0 ? _root : Path.Combine(_root, path);

    private static IOException Failed(string call, string path) =>
        new($"{call} of '{path}' failed: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    // Returns the error rather than setting errno.
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int PosixFallocate(SafeFileHandle descriptor, long offset, long length);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
