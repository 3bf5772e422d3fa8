using System.Text;

namespace EdgeRuntime.Contracts.Tests.Packages;

/// <summary>Writes tars of any kind, right or wrong, written apart from the product's own writer.</summary>
internal sealed class RawTar
{
    private readonly List<byte> _bytes = [];

    /// <summary>Adds an entry; the header may be changed before its checksum is made.</summary>
    public RawTar Add(string path, byte[] content, Action<byte[]>? change = null)
    {
        byte[] header = new byte[512];
        Put(header, 0, Encoding.Latin1.GetBytes(path));
        Put(header, 100, "0000644\0"u8);
        Put(header, 108, "0000000\0"u8);
        Put(header, 116, "0000000\0"u8);
        Put(header, 124, Encoding.ASCII.GetBytes(Convert.ToString(content.Length, 8).PadLeft(11, '0') + "\0"));
        Put(header, 136, "00000000000\0"u8);
        header[156] = (byte)'0';
        Put(header, 257, "ustar\0"u8);
        Put(header, 263, "00"u8);
        Put(header, 329, "0000000\0"u8);
        Put(header, 337, "0000000\0"u8);
        change?.Invoke(header);
        Put(header, 148, "        "u8);
        Put(header, 148, Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 "));
        _bytes.AddRange(header);
        _bytes.AddRange(content);
        _bytes.AddRange(new byte[(512 - (content.Length % 512)) % 512]);
        return this;
    }

    public byte[] End() => [.. _bytes, .. new byte[1024]];

    public static void Put(byte[] header, int at, ReadOnlySpan<byte> bytes) => bytes.CopyTo(header.AsSpan(at));
}
