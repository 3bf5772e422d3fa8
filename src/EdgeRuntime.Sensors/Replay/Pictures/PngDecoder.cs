using System.Buffers.Binary;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>
/// Decodes PNG pictures of every colour type and depth, interlaced too, into pixels of 8 bits. Transparency is left out;
/// 16 bits are rounded to the nearest of 8.
/// </summary>
/// <remarks>
/// After the PNG specification, third edition. Its memory is taken at construction, for the largest picture it will see.
/// Not thread-safe.
/// </remarks>
internal sealed class PngDecoder
{
    private const int PaletteBytes = 256 * 3;

    // Start and step of the columns and rows of each of the seven passes (section 8.2).
    private static readonly byte[] StartX = [0, 4, 0, 2, 0, 1, 0];
    private static readonly byte[] StartY = [0, 0, 4, 0, 2, 0, 1];
    private static readonly byte[] StepX = [8, 8, 4, 4, 2, 2, 1];
    private static readonly byte[] StepY = [8, 8, 8, 4, 4, 2, 2];

    private readonly Inflater _inflater = new();
    private readonly byte[] _compressed;
    private readonly byte[] _scanlines;
    private readonly byte[] _palette = new byte[PaletteBytes];

    /// <param name="largestFile">Bytes of the largest file.</param>
    /// <param name="largestScanlines">The largest <see cref="ScanlineBytes"/>.</param>
    public PngDecoder(int largestFile, int largestScanlines)
    {
        _compressed = new byte[largestFile];
        _scanlines = new byte[largestScanlines];
    }

    /// <summary>Bytes of a picture's scanlines with their filter bytes, over all passes.</summary>
    public static long ScanlineBytes(in PngHeader header)
    {
        long bytes = 0;
        for (int pass = 0; pass < Passes(header); pass++)
        {
            (int width, int height) = PassSize(header, pass);
            bytes += width == 0 ? 0 : (long)height * (1 + RowBytes(header, width));
        }

        return bytes;
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="format">Of the same size as the picture.</param>
    /// <param name="pixels"><see cref="ImageFormat.Bytes"/> long.</param>
    /// <returns>What is wrong, as a part of a sentence; null when all is well. Allocates nothing then.</returns>
    public string? Decode(ReadOnlySpan<byte> file, ImageFormat format, Span<byte> pixels)
    {
        if (PngHeader.Read(file, ImageFormat.LargestSide, out PngHeader header) is string wrong)
        {
            return wrong;
        }

        if (Collect(file, header, out int compressed) is string broken)
        {
            return broken;
        }

        Span<byte> scanlines = _scanlines.AsSpan(0, (int)ScanlineBytes(header));
        if (_inflater.Inflate(_compressed.AsSpan(0, compressed), scanlines) is string damaged)
        {
            return damaged;
        }

        for (int pass = 0; pass < Passes(header); pass++)
        {
            (int width, int height) = PassSize(header, pass);
            if (width == 0 || height == 0)
            {
                continue;
            }

            int row = RowBytes(header, width);
            if (!Unfilter(scanlines, row, height, Math.Max(1, header.PixelBits / 8)))
            {
                return "it holds a filter that PNG does not have";
            }

            for (int y = 0; y < height; y++)
            {
                Spread(scanlines.Slice((y * (1 + row)) + 1, row), header, pass, y, width, format, pixels);
            }

            scanlines = scanlines[((1 + row) * height)..];
        }

        return null;
    }

    private static int Passes(in PngHeader header) => header.Interlaced ? StartX.Length : 1;

    private static (int Width, int Height) PassSize(in PngHeader header, int pass) => header.Interlaced
        ? ((header.Width - StartX[pass] + StepX[pass] - 1) / StepX[pass], (header.Height - StartY[pass] + StepY[pass] - 1) / StepY[pass])
        : (header.Width, header.Height);

    private static int RowBytes(in PngHeader header, int width) => ((width * header.PixelBits) + 7) / 8;

    // Puts the pieces of the compressed data together and takes over the palette.
    private string? Collect(ReadOnlySpan<byte> file, in PngHeader header, out int compressed)
    {
        compressed = 0;
        bool hasPalette = false;
        int at = 8;
        while (at + 12L <= file.Length)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (size > file.Length - at - 12L)
            {
                return $"its chunk at byte {at} is {size} bytes long and the file ends before";
            }

            ReadOnlySpan<byte> named = file.Slice(at + 4, 4 + (int)size);
            if (BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)size)..]) != Crc32.Of(named))
            {
                return $"its chunk at byte {at} fails its checksum";
            }

            ReadOnlySpan<byte> data = named[4..];
            if (named.StartsWith("IDAT"u8))
            {
                data.CopyTo(_compressed.AsSpan(compressed));
                compressed += data.Length;
            }
            else if (named.StartsWith("PLTE"u8))
            {
                hasPalette = true;
                Array.Clear(_palette);
                data[..Math.Min(data.Length, PaletteBytes)].CopyTo(_palette);
            }
            else if (named.StartsWith("IEND"u8))
            {
                return header.ColourType == PngHeader.Palette && !hasPalette ? "it has no palette" : null;
            }

            at += 12 + (int)size;
        }

        return "it ends without its last chunk";
    }

    private static bool Unfilter(Span<byte> scanlines, int row, int height, int left)
    {
        ReadOnlySpan<byte> above = default;
        for (int y = 0; y < height; y++)
        {
            Span<byte> line = scanlines.Slice((y * (1 + row)) + 1, row);
            switch (scanlines[y * (1 + row)])
            {
                case 0:
                    break;
                case 1:
                    for (int i = left; i < row; i++)
                    {
                        line[i] += line[i - left];
                    }

                    break;
                case 2:
                    for (int i = 0; i < row && !above.IsEmpty; i++)
                    {
                        line[i] += above[i];
                    }

                    break;
                case 3:
                    for (int i = 0; i < row; i++)
                    {
                        line[i] += (byte)(((i < left ? 0 : line[i - left]) + (above.IsEmpty ? 0 : above[i])) / 2);
                    }

                    break;
                case 4:
                    for (int i = 0; i < row; i++)
                    {
                        int a = i < left ? 0 : line[i - left];
                        int b = above.IsEmpty ? 0 : above[i];
                        int c = i < left || above.IsEmpty ? 0 : above[i - left];
                        line[i] += Paeth(a, b, c);
                    }

                    break;
                default:
                    return false;
            }

            above = line;
        }

        return true;
    }

    private static byte Paeth(int a, int b, int c)
    {
        int p = a + b - c;
        int pa = Math.Abs(p - a);
        int pb = Math.Abs(p - b);
        int pc = Math.Abs(p - c);
        return (byte)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
    }

    // Puts the pixels of one scanline where they belong.
    private void Spread(
        ReadOnlySpan<byte> line, in PngHeader header, int pass, int y, int width, ImageFormat format, Span<byte> pixels)
    {
        int startX = header.Interlaced ? StartX[pass] : 0;
        int stepX = header.Interlaced ? StepX[pass] : 1;
        int row = header.Interlaced ? StartY[pass] + (y * StepY[pass]) : y;
        int colours = format.Colours;
        int at = ((row * header.Width) + startX) * colours;
        bool isGray = header.ColourType is PngHeader.Gray or PngHeader.GrayAlpha;
        for (int x = 0; x < width; x++)
        {
            int first = x * header.Samples;
            byte red;
            byte green;
            byte blue;
            if (header.ColourType == PngHeader.Palette)
            {
                int entry = 3 * Sample(line, first, header.Depth);
                (red, green, blue) = (_palette[entry], _palette[entry + 1], _palette[entry + 2]);
            }
            else
            {
                red = Scaled(line, first, header.Depth);
                green = isGray ? red : Scaled(line, first + 1, header.Depth);
                blue = isGray ? red : Scaled(line, first + 2, header.Depth);
            }

            switch (format.Pixels)
            {
                case PixelFormat.Rgb24:
                    (pixels[at], pixels[at + 1], pixels[at + 2]) = (red, green, blue);
                    break;
                case PixelFormat.Bgr24:
                    (pixels[at], pixels[at + 1], pixels[at + 2]) = (blue, green, red);
                    break;
                default:
                    pixels[at] = isGray ? red : Luma(red, green, blue);
                    break;
            }

            at += stepX * colours;
        }
    }

    // ITU-R BT.601, in 16-bit fixed point as libjpeg has it, so that a gray JPEG and a gray PNG mean the same.
    internal static byte Luma(int red, int green, int blue) =>
        (byte)(((19595 * red) + (38470 * green) + (7471 * blue) + 32768) >> 16);

    private static int Sample(ReadOnlySpan<byte> line, int index, int depth)
    {
        if (depth == 8)
        {
            return line[index];
        }

        int bit = index * depth;
        return (line[bit / 8] >> (8 - depth - (bit % 8))) & ((1 << depth) - 1);
    }

    private static byte Scaled(ReadOnlySpan<byte> line, int index, int depth) => depth switch
    {
        8 => line[index],
        16 => (byte)(((((line[2 * index] << 8) | line[(2 * index) + 1]) * 255) + 32767) / 65535),
        _ => (byte)(Sample(line, index, depth) * 255 / ((1 << depth) - 1)),
    };
}
