using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Fuzz.Mutation;
using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Replay.Pictures;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>Audio and pictures that are replayed.</summary>
internal static class ReplayFiles
{
    private const int MostPixels = 256 * 1024;
    private static readonly byte[] Pixels = new byte[MostPixels * 3];
    private static JpegDecoder? _jpeg;

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "wav",
            About = "audio in WAV",
            Run = bytes => WavFile.Parse("a.wav", bytes) is not null,
            Refuses = e => e is RecordingException,
            Seeds = () => [.. SeedFiles.Of("tests", "*.wav").Select(Head), .. SeedFiles.OfMaterial("*.wav").Select(Head)],
            Mutations = [ByteMutation.Havoc],
        },
        new Target
        {
            Name = "png",
            About = "a picture in PNG, with its inflation",
            Run = Png,
            Seeds = () => SeedFiles.Of("tests", "*.png"),
            Mutations = [ByteMutation.Havoc, PngMutation.Change, PngMutation.Change],
            FixedBytes = 8 * 1024 * 1024,
        },
        new Target
        {
            Name = "jpeg",
            About = "a picture in JPEG, decoded by libturbojpeg",
            Run = Jpeg,
            Seeds = () => Open([.. SeedFiles.Of("tests", "*.jpg"), .. SeedFiles.Of("tests", "*.jpeg")]),
            Weight = 0.5,
        },
    ];

    private static byte[] Head(byte[] bytes) => bytes[..Math.Min(bytes.Length, 2048)];

    // As the folder does it: sizes first, then a decoder made for exactly them.
    private static bool Png(byte[] bytes)
    {
        if (PngHeader.Read(bytes, ImageFormat.LargestSide, out PngHeader header) is not null
            || (long)header.Width * header.Height > MostPixels)
        {
            return false;
        }

        PngDecoder decoder = new(bytes.Length, checked((int)PngDecoder.ScanlineBytes(header)));
        ImageFormat format = new(header.Width, header.Height, PixelFormat.Rgb24);
        return decoder.Decode(bytes, format, Pixels.AsSpan(0, format.Bytes)) is null;
    }

    private static bool Jpeg(byte[] bytes)
    {
        _jpeg ??= JpegDecoder.Create();
        if (_jpeg.ReadSize(bytes, ImageFormat.LargestSide, out int width, out int height) is not null || (long)width * height > MostPixels)
        {
            return false;
        }

        ImageFormat format = new(width, height, PixelFormat.Rgb24);
        return _jpeg.Decode(bytes, format, Pixels.AsSpan(0, format.Bytes)) is null;
    }

    // Before the first input, so that an absent library is not taken for refusals.
    private static IEnumerable<byte[]> Open(IEnumerable<byte[]> seeds)
    {
        _jpeg = JpegDecoder.Create();
        return seeds;
    }
}
