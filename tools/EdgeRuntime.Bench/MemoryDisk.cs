using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Bench;

/// <summary>A disk in memory that counts what it is asked to do: how much is on it at most, how often it must write and sync.</summary>
internal sealed class MemoryDisk : IDisk
{
    private readonly Dictionary<string, MemoryStream> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>Most bytes of all files at any time.</summary>
    public long MostBytes { get; private set; }

    /// <summary>Bytes written.</summary>
    public long Written { get; private set; }

    /// <summary>Calls of fsync.</summary>
    public long Syncs { get; private set; }

    /// <inheritdoc/>
    public long FreeBytes => long.MaxValue;

    /// <inheritdoc/>
    public long? Length(string path) => _files.TryGetValue(path, out MemoryStream? file) ? file.Length : null;

    /// <inheritdoc/>
    public int Read(string path, long offset, Span<byte> bytes)
    {
        MemoryStream file = File(path);
        file.Position = Math.Min(offset, file.Length);
        return file.Read(bytes);
    }

    /// <inheritdoc/>
    public void Write(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        if (!_files.TryGetValue(path, out MemoryStream? file))
        {
            _files[path] = file = new MemoryStream();
        }

        long before = file.Length;
        file.Position = offset;
        file.Write(bytes);
        _bytes += file.Length - before;
        MostBytes = Math.Max(MostBytes, _bytes);
        Written += bytes.Length;
    }

    /// <inheritdoc/>
    public void Reserve(string path, long bytes)
    {
        if ((Length(path) ?? 0) is long have && have < bytes)
        {
            Write(path, have, new byte[bytes - have]);
        }
    }

    /// <inheritdoc/>
    public void Sync(string path) => Syncs++;

    /// <inheritdoc/>
    public void SyncDirectory(string path) => Syncs++;

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        MemoryStream file = File(from);
        Delete(to);
        _files.Remove(from);
        _files[to] = file;
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        if (_files.Remove(path, out MemoryStream? file))
        {
            _bytes -= file.Length;
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path) => _directories.Add(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path) =>
        [.. _files.Keys.Where(name => DurableFiles.Parent(name) == path).Select(name => name[(path.Length + 1)..]).Order(StringComparer.Ordinal)];

    /// <summary>Writes everything below a real directory.</summary>
    public void Save(string directory)
    {
        foreach (string path in _directories)
        {
            Directory.CreateDirectory(Path.Combine(directory, path));
        }

        foreach ((string path, MemoryStream file) in _files)
        {
            System.IO.File.WriteAllBytes(Path.Combine(directory, path), file.ToArray());
        }
    }

    private MemoryStream File(string path) => _files.TryGetValue(path, out MemoryStream? file) ? file : throw new FileNotFoundException(path);
}
