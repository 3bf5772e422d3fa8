using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Features;

/// <summary>Where the pixels of a model's input lie in the sensor's picture; edges of pixels are at whole numbers.</summary>
public sealed class ImageMapping
{
    private readonly ImageFormat _source;

    /// <summary>Lays a tensor over a picture; see <see cref="ImageSpec.Crop"/> and <see cref="ImageSpec.Fit"/>.</summary>
    /// <exception cref="ArgumentException">The crop does not lie within the picture.</exception>
    public ImageMapping(ImageSpec spec, ImageFormat source)
    {
        if (Mistake(spec, source) is string mistake)
        {
            throw new ArgumentException(mistake);
        }

        _source = source;
        Crop = spec.Crop ?? new CropSpec(0, 0, source.Width, source.Height);
        TensorWidth = spec.Width;
        TensorHeight = spec.Height;
        (Width, Height) = (spec.Width, spec.Height);
        (SourceLeft, SourceTop, SourceWidth, SourceHeight) = (Crop.Left, Crop.Top, Crop.Width, Crop.Height);
        double across = (double)spec.Width / Crop.Width;
        double down = (double)spec.Height / Crop.Height;
        if (spec.Fit == "letterbox")
        {
            double scale = Math.Min(across, down);
            Width = Math.Clamp((int)Math.Round(Crop.Width * scale), 1, spec.Width);
            Height = Math.Clamp((int)Math.Round(Crop.Height * scale), 1, spec.Height);
            Left = (spec.Width - Width) / 2;
            Top = (spec.Height - Height) / 2;
        }
        else if (spec.Fit == "crop")
        {
            double scale = Math.Max(across, down);
            SourceWidth = spec.Width / scale;
            SourceHeight = spec.Height / scale;
            SourceLeft = Crop.Left + ((Crop.Width - SourceWidth) / 2);
            SourceTop = Crop.Top + ((Crop.Height - SourceHeight) / 2);
        }
    }

    /// <summary>Pixels in a row of the tensor.</summary>
    public int TensorWidth { get; }

    /// <summary>Rows of the tensor.</summary>
    public int TensorHeight { get; }

    internal CropSpec Crop { get; }

    // The part of the tensor that shows the picture.
    internal int Left { get; }

    internal int Top { get; }

    internal int Width { get; }

    internal int Height { get; }

    // The part of the picture that it shows, in pixels.
    internal double SourceLeft { get; }

    internal double SourceTop { get; }

    internal double SourceWidth { get; }

    internal double SourceHeight { get; }

    /// <summary>A place in the tensor, pixels from its left, as a share of the sensor's picture's width, within 0 to 1.</summary>
    public double ToSourceX(double x) =>
        Math.Clamp((SourceLeft + ((x - Left) * SourceWidth / Width)) / _source.Width, 0, 1);

    /// <summary>A place in the tensor, pixels from its top, as a share of the sensor's picture's height, within 0 to 1.</summary>
    public double ToSourceY(double y) =>
        Math.Clamp((SourceTop + ((y - Top) * SourceHeight / Height)) / _source.Height, 0, 1);

    /// <summary>What keeps a tensor from being laid over a picture, or null.</summary>
    internal static string? Mistake(ImageSpec spec, ImageFormat source) =>
        spec.Crop is { } crop && (crop.Left + crop.Width > source.Width || crop.Top + crop.Height > source.Height)
            ? $"pipeline.image.crop: reaches to column {crop.Left + crop.Width} and row {crop.Top + crop.Height} and the sensor's pictures are {source}"
            : null;
}
