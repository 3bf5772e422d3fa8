using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>How pictures become a model's input.</summary>
/// <param name="Layout"><c>nchw</c> or <c>nhwc</c>.</param>
internal sealed record PicturePlan(int Width, int Height, int Colours, string Layout, TensorElement Element)
{
    // Below this it is more likely a table than a picture.
    private const int Smallest = 8;

    private static readonly double[] ImageNetMean = [0.485, 0.456, 0.406];
    private static readonly double[] ImageNetStd = [0.229, 0.224, 0.225];

    /// <summary>The plan for an input that has the shape of pictures, or null.</summary>
    public static PicturePlan? Of(TensorInfo input)
    {
        long[] shape = [.. input.Shape];
        if (shape.Length == 4 && shape[0] is -1 or 1)
        {
            shape = shape[1..];
        }

        return shape switch
        {
            [1 or 3, >= Smallest and <= ImageSpec.LargestSide, >= Smallest and <= ImageSpec.LargestSide] =>
                new PicturePlan((int)shape[2], (int)shape[1], (int)shape[0], "nchw", input.Element),
            [>= Smallest and <= ImageSpec.LargestSide, >= Smallest and <= ImageSpec.LargestSide, 1 or 3] =>
                new PicturePlan((int)shape[1], (int)shape[0], (int)shape[2], "nhwc", input.Element),
            _ => null,
        };
    }

    /// <summary>Ways in which exporters expect colours, the most common first.</summary>
    public IReadOnlyList<(string What, ImageSpec Image)> Normalizations()
    {
        ImageSpec plain = new()
        {
            Width = Width, Height = Height, Colour = Colours == 1 ? "gray" : "rgb", Layout = Layout,
        };
        if (Element == TensorElement.UInt8)
        {
            return [("bytes from 0 to 255", plain with { Element = "uint8" })];
        }

        List<(string, ImageSpec)> ways =
        [
            ("colours from 0 to 1", plain with { Scale = 1.0 / 255 }),
            ("colours from 0 to 255", plain with { Scale = 1 }),
            ("colours from -1 to 1", plain with { Scale = 1.0 / 255, Mean = Repeat(0.5), Std = Repeat(0.5) }),
        ];
        if (Colours == 3)
        {
            ways.Add(("colours as ImageNet's mean and deviation have them", plain with { Scale = 1.0 / 255, Mean = ImageNetMean, Std = ImageNetStd }));
        }

        return ways;
    }

    private double[] Repeat(double value) => [.. Enumerable.Repeat(value, Colours)];
}
