using System.Globalization;
using System.Text;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// The one form of tar that packages have (POSIX ustar): plain files only, owner 0, time 0, mode 0644, nothing after
/// the two closing blocks. Any tar program unpacks it; of all the tars that mean the same, only this one is read.
/// </summary>
internal static class TarFormat
{
    /// <summary>Unit of the format.</summary>
    public const int Block = 512;

    private const int SizeAt = 124;
    private const int SizeDigits = 11;
    private const int ChecksumAt = 148;

    /// <summary>Bytes one file takes in an archive.</summary>
    public static long Footprint(long size) => Block + Padded(size);

    /// <summary>Writes one file.</summary>
    public static void Write(Stream to, string path, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[Block];
        FillHeader(header, path, content.Length);
        to.Write(header);
        to.Write(content);
        header.Clear();
        to.Write(header[..(int)(Padded(content.Length) - content.Length)]);
    }

    /// <summary>Writes the end.</summary>
    public static void WriteEnd(Stream to) => to.Write(new byte[2 * Block]);

    /// <summary>Reads every file of an archive.</summary>
    /// <exception cref="PackageRejectedException">The archive is cut, not in the form above, or has too many files.</exception>
    public static List<PackageFile> Read(ReadOnlyMemory<byte> archive, int maxFiles)
    {
        List<PackageFile> files = [];
        ReadOnlyMemory<byte> rest = archive;
        while (true)
        {
            if (rest.Length < Block)
            {
                throw Truncated(archive);
            }

            ReadOnlySpan<byte> header = rest.Span[..Block];
            if (header.IndexOfAnyExcept((byte)0) < 0)
            {
                RequireEnd(rest.Span, archive);
                return files;
            }

            if (files.Count == maxFiles)
            {
                throw Refused(PackageFault.TooLarge, $"the archive holds more than {maxFiles} files");
            }

            int at = archive.Length - rest.Length;
            (string path, long size) = ReadHeader(header, at);
            if (Footprint(size) > rest.Length)
            {
                throw Truncated(archive);
            }

            ReadOnlyMemory<byte> content = rest.Slice(Block, (int)size);
            ReadOnlySpan<byte> padding = rest.Span[(Block + (int)size)..(int)Footprint(size)];
            if (padding.IndexOfAnyExcept((byte)0) >= 0)
            {
                throw Malformed(at + Block + (int)size, "bytes follow the end of a file");
            }

            files.Add(new PackageFile(path, content));
            rest = rest[(int)Footprint(size)..];
        }
    }

    private static void RequireEnd(ReadOnlySpan<byte> rest, ReadOnlyMemory<byte> archive)
    {
        if (rest.Length < 2 * Block)
        {
            throw Truncated(archive);
        }

        if (rest.Length > 2 * Block || rest.IndexOfAnyExcept((byte)0) >= 0)
        {
            throw Malformed(archive.Length - rest.Length, "something follows the end of the archive");
        }
    }

    private static (string Path, long Size) ReadHeader(ReadOnlySpan<byte> header, int at)
    {
        ReadOnlySpan<byte> name = header[..PackageNames.MaxPath];
        int end = name.IndexOf((byte)0);
        string path = Encoding.Latin1.GetString(end < 0 ? name : name[..end]);
        if (PackageNames.Path(path) is string wrong)
        {
            throw Malformed(at, $"the path {wrong}");
        }

        long size = 0;
        foreach (byte digit in header.Slice(SizeAt, SizeDigits))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                throw Malformed(at, $"the size of '{path}' is not a number");
            }

            size = (size * 8) + (digit - '0');
        }

        // Links, devices, other owners, times and checksums all differ from the header we would have written.
        Span<byte> only = stackalloc byte[Block];
        FillHeader(only, path, size);
        return header.SequenceEqual(only)
            ? (path, size)
            : throw Malformed(at, $"the header of '{path}' is not that of a plain file as 'edgectl pack' writes it");
    }

    private static void FillHeader(Span<byte> header, string path, long size)
    {
        header.Clear();
        Encoding.ASCII.GetBytes(path, header);
        "0000644\0"u8.CopyTo(header[100..]);
        "0000000\0"u8.CopyTo(header[108..]);
        "0000000\0"u8.CopyTo(header[116..]);
        WriteOctal(header[SizeAt..], size, SizeDigits);
        "00000000000\0"u8.CopyTo(header[136..]);
        header[156] = (byte)'0';
        "ustar\0"u8.CopyTo(header[257..]);
        "00"u8.CopyTo(header[263..]);
        "0000000\0"u8.CopyTo(header[329..]);
        "0000000\0"u8.CopyTo(header[337..]);

        // The checksum counts its own field as blanks.
        header.Slice(ChecksumAt, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header)
        {
            sum += b;
        }

        WriteOctal(header[ChecksumAt..], sum, 6);
        header[ChecksumAt + 6] = 0;
    }

    private static void WriteOctal(Span<byte> to, long value, int digits)
    {
        for (int i = digits - 1; i >= 0; i--)
        {
            to[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static long Padded(long size) => (size + Block - 1) / Block * Block;

    private static PackageRejectedException Truncated(ReadOnlyMemory<byte> archive) =>
        Refused(PackageFault.Truncated, $"the archive ends after {archive.Length} bytes, before its own end");

    private static PackageRejectedException Malformed(int at, string what) =>
        Refused(PackageFault.MalformedArchive, string.Create(CultureInfo.InvariantCulture, $"at byte {at}, {what}"));

    private static PackageRejectedException Refused(PackageFault fault, string detail) => new(default, fault, detail);
}
