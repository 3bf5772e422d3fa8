namespace EdgeRuntime.Engine.Sampling;

/// <summary>One source of pictures: a folder of them replayed, or a recording or a camera.</summary>
/// <remarks>
/// As <see cref="ISensor"/>, but that a frame is a picture: the sample path alone reads it, it keeps its own pace from
/// the <see cref="TimeProvider"/> it was built with, and once started <see cref="TryRead"/> allocates no managed memory.
/// </remarks>
public interface IImageSensor : IDisposable
{
    /// <summary>Size and colours of every picture, the same for the sensor's whole life.</summary>
    ImageFormat Format { get; }

    /// <summary>Pictures per second when nothing is late; greater than 0.</summary>
    double RateHz { get; }

    /// <summary>When the next picture is due, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    long NextDue { get; }

    /// <summary>True when a finite recording has been read to its end and no picture will ever come.</summary>
    bool Ended { get; }

    /// <summary>Takes the picture that is due.</summary>
    /// <param name="pixels">Shape [height, width, colours] of <see cref="Format"/>, rows from the top, pixels from the
    /// left, without padding; <see cref="ImageFormat.Bytes"/> long. Unspecified when the result is false.</param>
    /// <param name="time">When the picture was taken.</param>
    /// <returns>False when no picture is due yet, or <see cref="Ended"/>; that is normal, and not a fault.</returns>
    /// <exception cref="IOException">The source failed. The caller counts it and may try again when the next is due.</exception>
    bool TryRead(Span<byte> pixels, out FrameTime time);
}

/// <summary>Size and colours of a picture in memory: rows from the top, pixels from the left, one byte a colour.</summary>
/// <param name="Width">Pixels in a row; 1 to <see cref="LargestSide"/>.</param>
/// <param name="Height">Rows; 1 to <see cref="LargestSide"/>.</param>
/// <param name="Pixels">Colours of a pixel and their order.</param>
public sealed record ImageFormat(int Width, int Height, PixelFormat Pixels)
{
    /// <summary>Longest side of a picture: no camera of a device has more, and the memory stays bounded.</summary>
    public const int LargestSide = 8192;

    /// <summary>Bytes of one pixel.</summary>
    public int Colours => Pixels == PixelFormat.Gray8 ? 1 : 3;

    /// <summary>Bytes of one picture.</summary>
    public int Bytes => Width * Height * Colours;

    /// <inheritdoc/>
    public override string ToString() => $"{Width}x{Height} {Pixels switch
    {
        PixelFormat.Rgb24 => "rgb",
        PixelFormat.Bgr24 => "bgr",
        _ => "gray",
    }}";
}

/// <summary>Colours of a pixel in memory, named as Video4Linux and FFmpeg name them.</summary>
public enum PixelFormat
{
    /// <summary>Red, green, blue; 8 bits each.</summary>
    Rgb24,

    /// <summary>Blue, green, red; 8 bits each.</summary>
    Bgr24,

    /// <summary>Luma; 8 bits.</summary>
    Gray8,
}
