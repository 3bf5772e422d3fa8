using System.Text;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>The text of a key's file, bounded: a name such as <c>/dev/zero</c> is a file without an end.</summary>
internal static class KeyText
{
    /// <summary>Longest file of keys, bytes; the largest sensible one holds a few keys of 200 bytes.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It has more than <see cref="MostBytes"/>, or grew while it was read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);

        // What has no length, such as a pipe, may have any; one byte more than there should be shows that there is more.
        int expected = file.CanSeek && file.Length is > 0 and <= MostBytes ? (int)file.Length : MostBytes;
        byte[] bytes = new byte[expected + 1];
        int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read <= expected ? Encoding.UTF8.GetString(bytes.AsSpan(0, read))
            : throw new FormatException(expected == MostBytes ? $"has more than the {MostBytes} bytes that keys are read from" : "was written while it was read");
    }
}
