using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads the <c>image</c> of a pipeline.</summary>
internal static class ImageReader
{
    private const int LargestSensor = 8192;

    public static ImageSpec Read(JsonObjectReader image)
    {
        ImageSpec spec = new()
        {
            Width = image.RequiredInt("width", 1, ImageSpec.LargestSide),
            Height = image.RequiredInt("height", 1, ImageSpec.LargestSide),
            Colour = image.OptionalChoice("colour", ["rgb", "bgr", "gray"]),
            Crop = image.Object("crop", ReadCrop),
            Fit = image.OptionalChoice("fit", ["stretch", "letterbox", "crop"]),
            Resize = image.OptionalChoice("resize", ["nearest", "bilinear", "antialias", "area"]),
            Pad = image.Double("pad", 0, 255),
            Layout = image.OptionalChoice("layout", ["nchw", "nhwc"]),
            Element = image.OptionalChoice("element", ["float32", "uint8"]),
            Scale = image.Double("scale"),
            Mean = image.Has("mean") ? image.Doubles("mean", 1, 3) : null,
            Std = image.Has("std") ? image.Doubles("std", 1, 3) : null,
        };

        if (spec.Scale == 0)
        {
            image.Mistake("scale", "0 would make every picture black");
        }

        if (spec.Std?.Contains(0) == true)
        {
            image.Mistake("std", "0 cannot divide");
        }

        if (spec.Pad is not null && spec.Fit != "letterbox")
        {
            image.Mistake("pad", "is only for the fit letterbox");
        }

        PerColour(image, "mean", spec.Mean, spec);
        PerColour(image, "std", spec.Std, spec);
        if (spec.Element == "uint8")
        {
            foreach (string name in (string[])["scale", "mean", "std"])
            {
                if (image.Has(name))
                {
                    image.Mistake(name, "is only for the element float32; a uint8 tensor takes the picture's bytes as they are");
                }
            }
        }

        return spec;
    }

    private static CropSpec ReadCrop(JsonObjectReader crop) => new(
        crop.Int("left", 0, 0, LargestSensor - 1),
        crop.Int("top", 0, 0, LargestSensor - 1),
        crop.RequiredInt("width", 1, LargestSensor),
        crop.RequiredInt("height", 1, LargestSensor));

    private static void PerColour(JsonObjectReader image, string name, IReadOnlyList<double>? values, ImageSpec spec)
    {
        if (values is not null && values.Count != spec.Colours() && !image.IsWrong(name))
        {
            image.Mistake(name, $"has {values.Count} entries; the tensor has {spec.Colours()} colours");
        }
    }
}
