using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>A disk that never fails and forgets with the process.</summary>
internal sealed class MemoryDisk : IDisk
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public long FreeBytes => long.MaxValue;

    public long? Length(string path) => _files.TryGetValue(path, out byte[]? bytes) ? bytes.Length : null;

    public int Read(string path, long offset, Span<byte> bytes)
    {
        ReadOnlySpan<byte> rest = _files.TryGetValue(path, out byte[]? file)
            ? file.AsSpan((int)Math.Min(offset, file.Length))
            : throw new FileNotFoundException(path);
        rest = rest[..Math.Min(rest.Length, bytes.Length)];
        rest.CopyTo(bytes);
        return rest.Length;
    }

    public void Write(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        byte[] file = _files.GetValueOrDefault(path, []);
        Array.Resize(ref file, (int)Math.Max(file.Length, offset + bytes.Length));
        bytes.CopyTo(file.AsSpan((int)offset));
        _files[path] = file;
    }

    public void Reserve(string path, long bytes) => Write(path, Math.Max(bytes, Length(path) ?? 0), []);

    public void Sync(string path)
    {
    }

    public void SyncDirectory(string path)
    {
    }

    public void Rename(string from, string to)
    {
        _files[to] = _files[from];
        _files.Remove(from);
    }

    public void Delete(string path) => _files.Remove(path);

    public void CreateDirectory(string path)
    {
    }

    public IReadOnlyList<string> List(string path)
    {
        string start = path.Length == 0 ? "" : $"{path}/";
        return [.. _files.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal)).Select(name => name[start.Length..].Split('/')[0]).Distinct()];
    }
}
