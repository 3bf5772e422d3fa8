using System.Buffers.Binary;
using System.IO.Compression;
using EdgeRuntime.Sensors.Replay.Pictures;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>Writes pictures as PNG (ISO 15948): 8 bits a colour, gray or red, green and blue, without filters.</summary>
internal static class PngWriter
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The bytes of a file.</summary>
    /// <param name="colours">1 or 3.</param>
    /// <param name="pixels">Row by row, colours together.</param>
    public static byte[] Write(int width, int height, int colours, ReadOnlySpan<byte> pixels)
    {
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8;
        header[9] = (byte)(colours == 1 ? 0 : 2);
        header[10..].Clear();

        using MemoryStream lines = new();
        using (ZLibStream packed = new(lines, CompressionLevel.Optimal, leaveOpen: true))
        {
            int stride = width * colours;
            for (int row = 0; row < height; row++)
            {
                packed.WriteByte(0);
                packed.Write(pixels.Slice(row * stride, stride));
            }
        }

        using MemoryStream file = new();
        file.Write(Signature);
        Chunk(file, "IHDR"u8, header);
        Chunk(file, "IDAT"u8, lines.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Of(type, content));
        file.Write(number);
    }
}
