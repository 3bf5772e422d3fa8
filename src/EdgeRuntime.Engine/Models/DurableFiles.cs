namespace EdgeRuntime.Engine.Models;

/// <summary>
/// Whole files on an <see cref="IDisk"/>, written so that a power failure leaves the old or the new one.
/// </summary>
public static class DurableFiles
{
    private const int ReadAttempts = 3;

    /// <summary>Ending of the name under which new content waits for its rename.</summary>
    public const string TemporaryEnding = ".tmp";

    /// <summary>Replaces a file: content to a temporary name, sync, rename, sync of the directory.</summary>
    /// <remarks>Once it returns the new content is durable; when it throws, or the power fails in it, the file holds
    /// the old content or the new, whole.</remarks>
    /// <exception cref="IOException">No room, or the medium failed.</exception>
    public static void WriteAtomically(IDisk disk, string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = path + TemporaryEnding;

        // IDisk cannot shorten a file: what an interrupted write left must go, or its tail would survive.
        disk.Delete(temporary);
        try
        {
            disk.Write(temporary, 0, bytes);
            disk.Sync(temporary);
        }
        catch (IOException)
        {
            // A part of a file nobody will finish only takes room, and room may be what is missing.
            disk.Delete(temporary);
            throw;
        }

        disk.Rename(temporary, path);
        disk.SyncDirectory(Parent(path));
    }

    /// <summary>Reads a whole file, or null when there is none.</summary>
    /// <param name="limit">Longest content that is read, in bytes; a longer file is damaged or not ours.</param>
    /// <exception cref="InvalidDataException">The file is longer than <paramref name="limit"/>, or changed
    /// meanwhile.</exception>
    /// <exception cref="IOException">The medium failed.</exception>
    public static byte[]? ReadAll(IDisk disk, string path, long limit)
    {
        if (disk.Length(path) is not long length)
        {
            return null;
        }

        if (length > limit)
        {
            throw new InvalidDataException($"{path} has {length} bytes, more than the {limit} that it may have");
        }

        byte[] bytes = new byte[length];
        int have = 0;
        while (have < bytes.Length)
        {
            int read = disk.Read(path, have, bytes.AsSpan(have));
            if (read == 0)
            {
                throw new InvalidDataException($"{path} ends after {have} of its {length} bytes");
            }

            have += read;
        }

        return bytes;
    }

    /// <summary>
    /// As <see cref="ReadAll"/>: a medium that fails once must not cost the device what is on it; one that goes on failing must not hold
    /// it up.
    /// </summary>
    /// <exception cref="InvalidDataException">As there.</exception>
    /// <exception cref="IOException">The medium failed again and again.</exception>
    public static byte[]? ReadPatiently(IDisk disk, string path, long limit)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return ReadAll(disk, path, limit);
            }
            catch (IOException) when (attempt < ReadAttempts)
            {
            }
        }
    }

    /// <summary>The directory of a path; <c>""</c> for the state directory.</summary>
    public static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }
}
