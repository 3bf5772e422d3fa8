namespace EdgeRuntime.Engine.Models;

/// <summary>
/// The few file operations that durable state is built from. Two kinds exist: the kernel's, and a simulated one that
/// loses what was not synced when the power fails.
/// </summary>
/// <remarks>Paths are relative to the state directory, with <c>/</c> between names. Thread-safe.</remarks>
public interface IDisk
{
    /// <summary>Length of a file in bytes, or null when there is none.</summary>
    long? Length(string path);

    /// <summary>Reads from <paramref name="offset"/>; fewer bytes than asked for only at the end of the file.</summary>
    /// <exception cref="IOException">There is no such file, or the medium failed.</exception>
    int Read(string path, long offset, Span<byte> bytes);

    /// <summary>Writes at <paramref name="offset"/>, creating the file. Not durable before <see cref="Sync"/>.</summary>
    /// <exception cref="IOException">No room (the file may then hold a part), or the medium failed.</exception>
    void Write(string path, long offset, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Gives a file all its room at once, so that none is missing later: it then has at least that many bytes, zeros where
    /// nothing was written.
    /// </summary>
    /// <exception cref="IOException">There is not that much room (the file is then as it was), or the medium failed.</exception>
    void Reserve(string path, long bytes);

    /// <summary>Makes a file's content durable (fsync). Its name needs <see cref="SyncDirectory"/> too.</summary>
    void Sync(string path);

    /// <summary>Makes the names in a directory durable (fsync of the directory); <c>""</c> is the state directory.</summary>
    void SyncDirectory(string path);

    /// <summary>Replaces <paramref name="to"/> atomically. Durable after <see cref="SyncDirectory"/> of both parents.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file or an empty directory; nothing when it is not there.</summary>
    void Delete(string path);

    /// <summary>Creates a directory and its parents; nothing when it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (not paths) directly in a directory, in ordinal order; empty when there is none.</summary>
    IReadOnlyList<string> List(string path);

    /// <summary>Bytes that may still be written.</summary>
    long FreeBytes { get; }
}
