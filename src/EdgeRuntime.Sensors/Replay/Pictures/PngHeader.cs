using System.Buffers.Binary;

namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>What the first chunk of a PNG file says (PNG specification, third edition, section 11.2.1).</summary>
internal readonly record struct PngHeader(int Width, int Height, int Depth, int ColourType, bool Interlaced)
{
    public const int Gray = 0;
    public const int Rgb = 2;
    public const int Palette = 3;
    public const int GrayAlpha = 4;
    public const int RgbAlpha = 6;

    private const int Bytes = 8 + 8 + 13 + 4;

    /// <summary>Samples of one pixel in the file.</summary>
    public int Samples => ColourType switch
    {
        GrayAlpha => 2,
        Rgb => 3,
        RgbAlpha => 4,
        _ => 1,
    };

    /// <summary>Bits of one pixel in the file.</summary>
    public int PixelBits => Samples * Depth;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>True when the bytes begin as a PNG file does.</summary>
    public static bool Begins(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Reads the header.</summary>
    /// <returns>What is wrong, as a part of a sentence; null when all is well.</returns>
    public static string? Read(ReadOnlySpan<byte> file, int largestSide, out PngHeader header)
    {
        header = default;
        if (!Begins(file) || file.Length < Bytes || !file.Slice(12, 4).SequenceEqual("IHDR"u8)
            || BinaryPrimitives.ReadUInt32BigEndian(file[8..]) != 13)
        {
            return "it does not begin as a PNG file does";
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(file[16..]);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(file[20..]);
        if (width < 1 || width > largestSide || height < 1 || height > largestSide)
        {
            return $"it is {width} x {height} pixels large; 1 to {largestSide} on a side are read";
        }

        int depth = file[24];
        int type = file[25];
        bool known = type switch
        {
            Gray => depth is 1 or 2 or 4 or 8 or 16,
            Palette => depth is 1 or 2 or 4 or 8,
            Rgb or GrayAlpha or RgbAlpha => depth is 8 or 16,
            _ => false,
        };
        if (!known || file[26] != 0 || file[27] != 0 || file[28] > 1)
        {
            return $"its colours (type {type}, {depth} bits) or its compression are none of PNG's";
        }

        header = new PngHeader((int)width, (int)height, depth, type, file[28] == 1);
        return null;
    }
}
