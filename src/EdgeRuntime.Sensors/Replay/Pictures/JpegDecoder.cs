using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>Decodes JPEG pictures with the system's libturbojpeg. Not thread-safe; allocates nothing once made.</summary>
internal sealed partial class JpegDecoder : IDisposable
{
    private const string Library = "libturbojpeg.so.0";

    // From turbojpeg.h: TJPF_RGB, TJPF_BGR, TJPF_GRAY, TJPF_CMYK, TJFLAG_ACCURATEDCT.
    private const int Rgb = 0;
    private const int Bgr = 1;
    private const int Gray = 6;
    private const int Cmyk = 11;
    private const int AccurateDct = 4096;

    // TJCS_CMYK and TJCS_YCCK; the ones before have three colours or one.
    private const int FirstOfFourColours = 3;

    private nint _handle;
    private byte[] _inks = [];

    private JpegDecoder(nint handle) => _handle = handle;

    /// <summary>True when the bytes begin as a JPEG file does.</summary>
    public static bool Begins(ReadOnlySpan<byte> file) => file.Length > 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF;

    /// <summary>Makes a decoder.</summary>
    /// <exception cref="IOException">The library is absent; says which package brings it.</exception>
    public static JpegDecoder Create()
    {
        nint handle = 0;
        try
        {
            handle = InitDecompress();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // Said below, as when the library is there and refuses.
        }

        return handle != 0
            ? new JpegDecoder(handle)
            : throw new IOException($"JPEG pictures need {Library}, which is not on this machine; install the package libturbojpeg0, or convert the pictures to PNG");
    }

    /// <summary>Reads the size of a picture.</summary>
    /// <returns>What is wrong, as a part of a sentence; null when all is well.</returns>
    public string? ReadSize(ReadOnlySpan<byte> file, int largestSide, out int width, out int height) =>
        ReadSize(file, largestSide, out width, out height, out _);

    private unsafe string? ReadSize(ReadOnlySpan<byte> file, int largestSide, out int width, out int height, out int colours)
    {
        fixed (byte* bytes = file)
        {
            if (DecompressHeader(_handle, bytes, (nuint)file.Length, out width, out height, out _, out colours) != 0)
            {
                return $"it is no JPEG picture: {LastError()}";
            }
        }

        if (width < 1 || height < 1)
        {
            return "it ends before its picture begins";
        }

        if (width > largestSide || height > largestSide)
        {
            return $"it is {width} x {height} pixels large; 1 to {largestSide} on a side are read";
        }

        // Here, so that a folder takes it while it is loaded and not when a frame is due.
        int inks = colours >= FirstOfFourColours ? width * height * 4 : 0;
        if (_inks.Length < inks)
        {
            _inks = new byte[inks];
        }

        return null;
    }

    // Files of four inks, which Adobe's programs write inverted as everybody else came to do: 255 is no ink.
    private unsafe string? DecodeInks(ReadOnlySpan<byte> file, ImageFormat format, Span<byte> pixels)
    {
        int length = format.Width * format.Height * 4;
        fixed (byte* from = file)
        fixed (byte* to = _inks)
        {
            if (Decompress(_handle, from, (nuint)file.Length, to, format.Width, format.Width * 4, format.Height, Cmyk, AccurateDct) != 0)
            {
                return $"it is damaged: {LastError()}";
            }
        }

        for (int at = 0, pixel = 0; at < length; at += 4, pixel += format.Colours)
        {
            int black = _inks[at + 3];
            byte red = Mixed(_inks[at], black);
            byte green = Mixed(_inks[at + 1], black);
            byte blue = Mixed(_inks[at + 2], black);
            switch (format.Pixels)
            {
                case PixelFormat.Rgb24:
                    (pixels[pixel], pixels[pixel + 1], pixels[pixel + 2]) = (red, green, blue);
                    break;
                case PixelFormat.Bgr24:
                    (pixels[pixel], pixels[pixel + 1], pixels[pixel + 2]) = (blue, green, red);
                    break;
                default:
                    pixels[pixel] = PngDecoder.Luma(red, green, blue);
                    break;
            }
        }

        return null;
    }

    // Two shares of 255, multiplied and rounded.
    private static byte Mixed(int ink, int black) => (byte)(((ink * black) + 127) / 255);

    /// <summary>Decodes a file.</summary>
    /// <param name="pixels"><see cref="ImageFormat.Bytes"/> long.</param>
    /// <returns>What is wrong, as a part of a sentence; null when all is well. Allocates nothing then.</returns>
    public unsafe string? Decode(ReadOnlySpan<byte> file, ImageFormat format, Span<byte> pixels)
    {
        int kind = format.Pixels switch
        {
            PixelFormat.Rgb24 => Rgb,
            PixelFormat.Bgr24 => Bgr,
            _ => Gray,
        };
        if (ReadSize(file, ImageFormat.LargestSide, out int width, out int height, out int colours) is string wrong)
        {
            return wrong;
        }

        if (width != format.Width || height != format.Height || pixels.Length < format.Bytes)
        {
            return $"it is {width} x {height} pixels large, not {format.Width} x {format.Height}";
        }

        if (colours >= FirstOfFourColours)
        {
            return DecodeInks(file, format, pixels);
        }

        fixed (byte* from = file)
        fixed (byte* to = pixels)
        {
            int result = Decompress(
                _handle, from, (nuint)file.Length, to, format.Width, format.Width * format.Colours, format.Height, kind, AccurateDct);
            return result == 0 ? null : $"it is damaged: {LastError()}";
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
        {
            _ = Destroy(_handle);
            _handle = 0;
        }
    }

    private string LastError() => Marshal.PtrToStringUTF8(ErrorText(_handle)) ?? "the library does not say why";

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    private static partial nint InitDecompress();

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    private static unsafe partial int DecompressHeader(
        nint handle, byte* file, nuint size, out int width, out int height, out int subsampling, out int colours);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    private static unsafe partial int Decompress(
        nint handle, byte* file, nuint size, byte* pixels, int width, int pitch, int height, int format, int flags);

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    private static partial nint ErrorText(nint handle);

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    private static partial int Destroy(nint handle);
}
