using System.Runtime.InteropServices;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Sensors.Replay.Pictures;

/// <summary>Decodes JPEG pictures with the system's libturbojpeg. Not thread-safe; allocates nothing once made.</summary>
internal sealed partial class JpegDecoder : IDisposable
{
    private const string Library = "libturbojpeg.so.0";

    // From turbojpeg.h: TJPF_RGB, TJPF_BGR, TJPF_GRAY, TJFLAG_ACCURATEDCT.
    private const int Rgb = 0;
    private const int Bgr = 1;
    private const int Gray = 6;
    private const int AccurateDct = 4096;

    private nint _handle;

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
    public unsafe string? ReadSize(ReadOnlySpan<byte> file, int largestSide, out int width, out int height)
    {
        fixed (byte* bytes = file)
        {
            if (DecompressHeader(_handle, bytes, (nuint)file.Length, out width, out height, out _, out _) != 0)
            {
                return $"it is no JPEG picture: {LastError()}";
            }
        }

        if (width < 1 || height < 1)
        {
            return "it ends before its picture begins";
        }

        return width > largestSide || height > largestSide
            ? $"it is {width} x {height} pixels large; 1 to {largestSide} on a side are read"
            : null;
    }

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
        if (ReadSize(file, ImageFormat.LargestSide, out int width, out int height) is string wrong)
        {
            return wrong;
        }

        if (width != format.Width || height != format.Height || pixels.Length < format.Bytes)
        {
            return $"it is {width} x {height} pixels large, not {format.Width} x {format.Height}";
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
