using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Features;

/// <summary>Expected values: the 6 x 8 picture <c>((np.arange(144)*37+11)%256).reshape(6,8,3)</c>, by the library named at each.</summary>
public sealed class ImagePipelineTests
{
    private static readonly ImageFormat Rgb = new(8, 6, PixelFormat.Rgb24);
    private static readonly byte[] Picture = [.. Enumerable.Range(0, 144).Select(i => (byte)(((i * 37) + 11) % 256))];

    // torch 1.13: F.interpolate(t, size=(3, 5), mode='bilinear', align_corners=False), red plane.
    [Fact]
    public void Shrinking_between_neighbours_agrees_with_torch()
    {
        float[] input = Run(new ImageSpec { Width = 5, Height = 3 });

        double[] red =
        [
            104.30000000000001, 166.7, 139.5, 112.29999999999998, 85.1, 177.9, 150.70000000000002, 123.5, 96.3, 69.1, 161.9,
            134.70000000000002, 107.5, 93.10000000000005, 181.1,
        ];
        AssertClose(red, input.AsSpan(0, 15));

        // Blue plane, last row.
        AssertClose([107.9, 80.7, 181.5, 154.29999999999998, 127.1], input.AsSpan(30 + 10, 5));
    }

    // torch: size=(9, 11), green plane, fifth row; and the sum of everything.
    [Fact]
    public void Enlarging_between_neighbours_agrees_with_torch()
    {
        float[] input = Run(new ImageSpec { Width = 11, Height = 9 });

        double[] row =
        [
            92.0, 81.95454545454545, 110.31818181818184, 185.22727272727272, 172.86363636363635, 160.5, 148.13636363636363,
            135.77272727272725, 123.40909090909092, 111.04545454545455, 101.0,
        ];
        AssertClose(row, input.AsSpan(99 + 44, 11));
        Assert.Equal(38138.31818181818, input.Sum(x => (double)x), 0.01);
    }

    // Pillow 9.4: Image.fromarray(red.astype(np.float32), "F").resize(size, Image.BILINEAR).
    [Theory]
    [InlineData(5, 3, new double[]
    {
        127.16233825683594, 165.56085205078125, 137.7857208251953, 110.01058197021484, 83.57792663574219, 176.0454559326172,
        150.25926208496094, 123.5, 96.74073791503906, 89.86363983154297, 160.09739685058594, 134.95767211914062, 109.21428680419922,
        111.91534423828125, 168.0454559326172,
    })]
    [InlineData(3, 2, new double[] { 155.6842041015625, 133.5, 92.78947448730469, 154.2105255126953, 115.02381134033203, 125.84210968017578 })]
    [InlineData(11, 9, new double[] { 11.0, 76.59091186523438, 157.31817626953125, 226.40908813476562, 120.95454406738281, 143.5 })]
    public void Shrinking_without_aliasing_agrees_with_pillow(int width, int height, double[] red)
    {
        float[] input = Run(new ImageSpec { Width = width, Height = height, Resize = "antialias" });

        for (int i = 0; i < red.Length; i++)
        {
            Assert.Equal(red[i], input[i], 1e-4);
        }
    }

    // torch: F.avg_pool2d(t, 2), green plane.
    [Fact]
    public void The_area_filter_takes_the_mean_of_whole_pixels()
    {
        float[] input = Run(new ImageSpec { Width = 4, Height = 3, Resize = "area" });

        AssertClose([99.5, 129.5, 159.5, 125.5, 83.5, 177.5, 143.5, 109.5, 131.5, 161.5, 127.5, 93.5], input.AsSpan(12, 12));
    }

    // numpy: each result the integral of the picture over its span, by the overlap with every pixel; red plane.
    [Fact]
    public void The_area_filter_takes_parts_of_pixels_by_their_share()
    {
        float[] input = Run(new ImageSpec { Width = 5, Height = 4, Resize = "area" });

        double[] red =
        [
            92.62500000000001, 173.79166666666666, 140.83333333333337, 107.87499999999994, 82.37499999999996, 188.625, 163.125,
            130.1666666666667, 97.2083333333333, 71.7083333333333, 164.625, 139.125, 116.83333333333333, 94.54166666666663,
            122.37499999999999, 153.95833333333334, 128.45833333333334, 106.16666666666667, 126.54166666666669, 175.70833333333326,
        ];
        AssertClose(red, input.AsSpan(0, 20));
    }

    // Pillow 9.4: Image.resize((5, 4), Image.NEAREST), red.
    [Fact]
    public void The_nearest_pixel_is_pillows()
    {
        float[] input = Run(new ImageSpec { Width = 5, Height = 4, Resize = "nearest", Element = "uint8", Layout = "nhwc" });

        float[] red = [.. input.Where((_, i) => i % 3 == 0)];
        Assert.Equal([11f, 233, 199, 54, 20, 251, 217, 183, 38, 4, 115, 81, 47, 158, 124, 99, 65, 31, 142, 108], red);
    }

    // Pillow 9.4: Image.convert('L'), first row; brightness and contrast: numpy's mean and std of x @ [.299, .587, .114].
    [Fact]
    public void Gray_is_pillows_luma_and_telemetry_sees_its_mean_and_deviation()
    {
        ImagePipeline pipeline = new(
            new ImageSpec { Width = 8, Height = 6, Colour = "gray", Element = "uint8" }, Rgb, "image");

        pipeline.Push(Picture);

        Assert.Equal([41f, 152, 84, 118, 200, 84, 195, 50], pipeline.Input[..8].ToArray());
        Assert.Equal(128.56166666666664, pipeline.Values[0], 1e-9);
        Assert.Equal(54.503170093327796, pipeline.Values[1], 1e-9);
    }

    [Theory]
    [InlineData(PixelFormat.Bgr24, "rgb", new[] { 3f, 2, 1 })]
    [InlineData(PixelFormat.Bgr24, "bgr", new[] { 1f, 2, 3 })]
    [InlineData(PixelFormat.Rgb24, "bgr", new[] { 3f, 2, 1 })]
    [InlineData(PixelFormat.Rgb24, null, new[] { 1f, 2, 3 })]
    public void Colours_stand_in_the_order_that_the_tensor_wants(PixelFormat source, string? colour, float[] expected)
    {
        ImagePipeline pipeline = new(new ImageSpec { Width = 1, Height = 1, Colour = colour }, new ImageFormat(1, 1, source), "image");

        pipeline.Push([1, 2, 3]);

        Assert.Equal(expected, pipeline.Input);
    }

    [Fact]
    public void The_luma_of_a_blue_first_picture_weighs_its_third_byte_as_red()
    {
        ImagePipeline pipeline = new(
            new ImageSpec { Width = 1, Height = 1, Colour = "gray" }, new ImageFormat(1, 1, PixelFormat.Bgr24), "image");

        pipeline.Push([10, 20, 200]);

        Assert.Equal((0.299 * 200) + (0.587 * 20) + (0.114 * 10), pipeline.Input[0], 1e-5);
    }

    [Fact]
    public void A_gray_picture_gives_three_equal_colours()
    {
        ImagePipeline pipeline = new(new ImageSpec { Width = 1, Height = 1 }, new ImageFormat(1, 1, PixelFormat.Gray8), "image");

        pipeline.Push([77]);

        Assert.Equal([77f, 77, 77], pipeline.Input);
    }

    // torchvision's ToTensor and Normalize: (x / 255 - mean) / std.
    [Fact]
    public void Normalizing_scales_first_then_subtracts_then_divides()
    {
        ImageSpec spec = new()
        {
            Width = 1, Height = 1, Scale = 1 / 255.0, Mean = [0.485, 0.456, 0.406], Std = [0.229, 0.224, 0.225],
        };
        ImagePipeline pipeline = new(spec, new ImageFormat(1, 1, PixelFormat.Rgb24), "image");

        pipeline.Push([255, 0, 51]);

        AssertClose([(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225], pipeline.Input, 1e-6);
    }

    [Fact]
    public void A_letterbox_keeps_the_shape_and_fills_the_rest()
    {
        float[] input = Run(new ImageSpec { Width = 8, Height = 8, Fit = "letterbox", Colour = "gray", Element = "uint8" });

        Assert.All(input[..8], x => Assert.Equal(114, x));
        Assert.Equal([41f, 152, 84, 118, 200, 84, 195, 50], input[8..16]);
        Assert.All(input[56..], x => Assert.Equal(114, x));
    }

    [Fact]
    public void A_cut_and_a_covering_fit_show_the_part_they_say()
    {
        float[] cut = Run(new ImageSpec { Width = 2, Height = 1, Crop = new CropSpec(3, 2, 2, 1), Layout = "nhwc" });
        float[] covered = Run(new ImageSpec { Width = 6, Height = 6, Fit = "crop", Layout = "nhwc" });

        Assert.Equal(Picture.Skip((2 * 24) + 9).Take(6).Select(x => (float)x), cut);
        Assert.Equal(Picture.Skip(3).Take(18).Select(x => (float)x), covered.Take(18));
    }

    [Fact]
    public void Places_in_the_tensor_map_back_to_the_picture()
    {
        ImageMapping letterbox = new(new ImageSpec { Width = 320, Height = 320, Fit = "letterbox" }, new ImageFormat(640, 320, PixelFormat.Rgb24));
        ImageMapping cut = new(new ImageSpec { Width = 10, Height = 10, Crop = new CropSpec(100, 50, 20, 20) }, new ImageFormat(200, 100, PixelFormat.Rgb24));

        // The picture fills rows 80 to 240.
        Assert.Equal([0, 0.5, 1], new[] { letterbox.ToSourceY(80), letterbox.ToSourceY(160), letterbox.ToSourceY(240) });
        Assert.Equal(0, letterbox.ToSourceY(10));
        Assert.Equal(0.25, letterbox.ToSourceX(80));
        Assert.Equal(0.55, cut.ToSourceX(5), 1e-12);
        Assert.Equal(0.6, cut.ToSourceY(5), 1e-12);
    }

    [Fact]
    public void A_cut_beyond_the_picture_and_a_picture_of_another_size_are_refused()
    {
        ImageSpec beyond = new() { Width = 2, Height = 2, Crop = new CropSpec(5, 0, 4, 4) };
        ImagePipeline pipeline = new(new ImageSpec { Width = 2, Height = 2 }, Rgb, "image");

        Assert.Equal(
            "pipeline.image.crop: reaches to column 9 and row 4 and the sensor's pictures are 8x6 rgb",
            Assert.Throws<ArgumentException>(() => new ImagePipeline(beyond, Rgb, "image")).Message);
        Assert.Equal(
            "the picture has 3 bytes; the pipeline is bound to 8x6 rgb, which has 144",
            Assert.Throws<ArgumentException>(() => pipeline.Push([1, 2, 3])).Message);
    }

    [Theory]
    [InlineData("bilinear")]
    [InlineData("area")]
    public void Pictures_pass_without_allocating(string filter)
    {
        ImagePipeline pipeline = new(new ImageSpec { Width = 5, Height = 4, Resize = filter }, Rgb, "image");
        pipeline.Push(Picture);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                pipeline.Push(Picture);
            }
        }));
    }

    private static float[] Run(ImageSpec spec)
    {
        ImagePipeline pipeline = new(spec, Rgb, "image");
        pipeline.Push(Picture);
        return pipeline.Input.ToArray();
    }

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double within = 1e-4)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], within);
        }
    }
}
