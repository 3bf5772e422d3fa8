namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// From a picture to the model's input: cut, resized, in the colours, order and scale that the model was trained on.
/// </summary>
/// <remarks>All is computed in double from the picture's bytes on and rounded once, at the tensor.</remarks>
public sealed record ImageSpec
{
    /// <summary>Name of the value that telemetry watches: mean luma of the picture the model sees, 0 to 255.</summary>
    public const string Brightness = "brightness";

    /// <summary>Name of the value that telemetry watches: standard deviation of that luma.</summary>
    public const string Contrast = "contrast";

    /// <summary>Longest side of a tensor, pixels.</summary>
    public const int LargestSide = 4096;

    /// <summary>Pixels in a row of the tensor; 1 to 4096.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of the tensor; 1 to 4096.</summary>
    public required int Height { get; init; }

    /// <summary>
    /// <c>rgb</c>, <c>bgr</c> or <c>gray</c>. Gray is the luma of ITU-R BT.601, <c>0.299 R + 0.587 G + 0.114 B</c>, as in
    /// OpenCV and Pillow; of a gray picture all three colours are that gray. (default: rgb)
    /// </summary>
    public string? Colour { get; init; }

    /// <summary>Part of the sensor's picture that is used; null for all of it.</summary>
    public CropSpec? Crop { get; init; }

    /// <summary>
    /// How another shape is met: <c>stretch</c> to the whole tensor; <c>letterbox</c>, as large as fits with the rest
    /// at <see cref="Pad"/>; <c>crop</c>, as small as covers with the rest cut, both centred. (default: stretch)
    /// </summary>
    public string? Fit { get; init; }

    /// <summary>
    /// <c>nearest</c> (the pixel under the centre, as Pillow's NEAREST and OpenCV's INTER_NEAREST_EXACT), <c>bilinear</c>
    /// (two neighbours each way, pixel centres at halves, as OpenCV's INTER_LINEAR), <c>antialias</c> (the same, but as wide
    /// as a pixel of the result when shrinking, as Pillow's BILINEAR and torchvision's default) or <c>area</c> (mean over the
    /// pixels under it, as OpenCV's INTER_AREA when shrinking). (default: bilinear)
    /// </summary>
    public string? Resize { get; init; }

    /// <summary>Value of all colours beside a letterboxed picture, 0 to 255. (default: 114)</summary>
    public double? Pad { get; init; }

    /// <summary><c>nchw</c>, one colour after the other, or <c>nhwc</c>, one pixel after the other. (default: nchw)</summary>
    public string? Layout { get; init; }

    /// <summary>
    /// <c>float32</c>: <c>(x scale - mean) / std</c>; <c>uint8</c>: the nearest whole number from 0 to 255, not
    /// normalized. (default: float32)
    /// </summary>
    public string? Element { get; init; }

    /// <summary>Multiplies a colour's value of 0 to 255; not 0. (default: 1)</summary>
    public double? Scale { get; init; }

    /// <summary>Subtracted after <see cref="Scale"/>, one for each colour of the tensor in its order. (default: 0)</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>Divides after <see cref="Mean"/>, one for each colour; not 0. (default: 1)</summary>
    public IReadOnlyList<double>? Std { get; init; }

    /// <summary>Colours of the tensor.</summary>
    public int Colours() => Colour == "gray" ? 1 : 3;

    /// <summary>Elements of the tensor.</summary>
    public int Elements() => Width * Height * Colours();
}

/// <summary>A rectangle of the sensor's picture, in its pixels.</summary>
/// <param name="Left">Columns before it; at least 0.</param>
/// <param name="Top">Rows above it; at least 0.</param>
/// <param name="Width">Columns; at least 1.</param>
/// <param name="Height">Rows; at least 1.</param>
public sealed record CropSpec(int Left, int Top, int Width, int Height);
