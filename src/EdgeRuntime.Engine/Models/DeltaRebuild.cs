using EdgeRuntime.Contracts.Transfers;

namespace EdgeRuntime.Engine.Models;

/// <summary>Makes an archive on the disk from another one and a delta, a slice at a time, so that nothing waits for it long.</summary>
/// <remarks>What it makes is not judged here: the download that follows holds every chunk against the signed order.</remarks>
internal sealed class DeltaRebuild : IDisposable
{
    /// <summary>Bytes of one slice.</summary>
    public const int SliceBytes = 1024 * 1024;

    private const int PieceBytes = 64 * 1024;

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly DeltaReader _delta;
    private readonly byte[] _piece = new byte[PieceBytes];
    private long _written;

    /// <summary>Begins.</summary>
    /// <param name="delta">File of the delta.</param>
    /// <param name="basis">File of the archive it starts from, and its size; null and 0 where it needs none.</param>
    /// <param name="path">The file that takes the bytes; what stood there is written over.</param>
    /// <param name="size">Bytes of the archive that is to come of it.</param>
    /// <exception cref="InvalidDataException">It is no delta from this base to this size.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public DeltaRebuild(IDisk disk, string delta, (string? Path, long Size) basis, string path, long size)
    {
        _disk = disk;
        _path = path;
        _delta = new DeltaReader(
            new DiskStream(disk, delta), basis.Size, size, (offset, bytes) => basis.Path is null ? 0 : disk.Read(basis.Path, offset, bytes));
    }

    /// <summary>Makes one slice.</summary>
    /// <returns>False once all of it is made.</returns>
    /// <exception cref="InvalidDataException">The delta is damaged.</exception>
    /// <exception cref="IOException">The medium failed or is full.</exception>
    public bool Step()
    {
        for (long end = _written + SliceBytes; _written < end;)
        {
            int made = _delta.Read(_piece);
            if (made == 0)
            {
                return false;
            }

            _disk.Write(_path, _written, _piece.AsSpan(0, made));
            _written += made;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _delta.Dispose();
}
