using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Inference;

public sealed class DetectionDecoderTests
{
    private static readonly ImageMapping Hundred =
        new(new ImageSpec { Width = 100, Height = 100 }, new ImageFormat(100, 100, PixelFormat.Rgb24));

    private static readonly DetectionSpec Rows = new() { Layout = "rows", Box = "center_size", ScoreThreshold = 0.5 };

    [Fact]
    public void The_best_box_of_a_heap_stands_and_its_neighbours_fall()
    {
        Decoded decoded = Decode(
            Rows,
            [
                50, 50, 20, 20, 0.7f, 0.1f,
                52, 50, 20, 20, 0.9f, 0.1f,
                20, 20, 10, 10, 0.2f, 0.6f,
                80, 80, 10, 10, 0.49f, 0.3f,
            ]);

        Assert.Equal(2, decoded.Count);
        AssertBox(decoded.Detections[0], 0, 0.9, 0.42, 0.4, 0.62, 0.6);
        AssertBox(decoded.Detections[1], 1, 0.6, 0.15, 0.15, 0.25, 0.25);
        Assert.Equal((0, 0.9f), (decoded.Label, (float)decoded.Score));
        Assert.Equal([0.9f, 0.6f, 1.0 - 0.9f], decoded.Scores.ToArray());
    }

    [Fact]
    public void Nothing_found_is_an_answer_as_sure_as_the_best_score_was_low()
    {
        Decoded decoded = Decode(Rows, [50, 50, 20, 20, 0.2f, 0.1f]);

        Assert.True(decoded.IsValid);
        Assert.Equal(0, decoded.Count);
        Assert.Equal(2, decoded.Label);
        Assert.Equal(0.8, decoded.Score, 1e-6);
    }

    // Two squares of 20 shifted by 10: 200 shared of 600, an intersection over union of 1/3.
    [Theory]
    [InlineData(0.33, 1)]
    [InlineData(0.34, 2)]
    public void Boxes_fall_above_the_allowed_overlap_and_not_at_less(double allowed, int left)
    {
        Decoded decoded = Decode(
            Rows with { IouThreshold = allowed }, [50, 50, 20, 20, 0.9f, 0, 60, 50, 20, 20, 0.8f, 0]);

        Assert.Equal(left, decoded.Count);
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    public void Boxes_of_other_classes_fall_only_when_classes_do_not_matter(bool agnostic, int left)
    {
        Decoded decoded = Decode(
            Rows with { ClassAgnostic = agnostic }, [50, 50, 20, 20, 0.9f, 0, 50, 50, 20, 20, 0, 0.8f]);

        Assert.Equal(left, decoded.Count);
    }

    [Fact]
    public void Columns_and_tensors_apart_hold_the_same_boxes_as_rows()
    {
        float[] rows = [50, 50, 20, 20, 0.9f, 0, 20, 30, 10, 10, 0, 0.8f];
        float[] columns = [50, 20, 50, 30, 20, 10, 20, 10, 0.9f, 0, 0, 0.8f];
        float[] apart = [50, 50, 20, 20, 20, 30, 10, 10, 0.9f, 0, 0, 0.8f];

        Detection[] expected = Decode(Rows, rows).Detections.ToArray();

        Assert.Equal(2, expected.Length);
        Assert.Equal(expected, Decode(Rows with { Layout = "columns" }, columns).Detections.ToArray());
        Assert.Equal(expected, Decode(Rows with { Layout = "boxes_scores" }, apart).Detections.ToArray());
    }

    [Fact]
    public void Corners_may_be_normalized_and_in_either_order()
    {
        DetectionSpec corners = Rows with { Box = "corners", Units = "normalized" };

        AssertBox(Decode(corners, [0.1f, 0.2f, 0.3f, 0.5f, 1, 0]).Detections[0], 0, 1, 0.1, 0.2, 0.3, 0.5);
        AssertBox(Decode(corners with { Box = "corners_yx" }, [0.2f, 0.1f, 0.5f, 0.3f, 1, 0]).Detections[0], 0, 1, 0.1, 0.2, 0.3, 0.5);
    }

    // Sigmoid(2) = 0.8807970779778823, sigmoid(1) = 0.7310585786300049; their product 0.6439142598879724.
    [Fact]
    public void Objectness_multiplies_the_class_score_after_the_sigmoid()
    {
        Decoded decoded = Decode(Rows with { Objectness = true }, [50, 50, 20, 20, 1, 2, -3], "sigmoid");

        Assert.Equal(0.6439142598879724, decoded.Score, 1e-12);
    }

    // SSD: centre 0.25 + 1 * 0.1 * 0.2 = 0.27, size 0.2 e^(1 * 0.2) = 0.24428; class scores softmax over background too.
    [Fact]
    public void Offsets_are_laid_around_their_anchors()
    {
        DetectionSpec spec = new()
        {
            Layout = "boxes_scores",
            Box = "anchor_yx",
            Background = true,
            ScoreThreshold = 0.5,
            Anchors = [new AnchorLayer { Rows = 2, Columns = 2, Widths = [0.2], Heights = [0.4] }],
        };
        float[] output = new float[(4 * 4) + (4 * 3)];
        (output[0], output[1], output[2], output[3]) = (0, 1, 0, 1);
        for (int i = 0; i < 4; i++)
        {
            output[16 + (3 * i)] = 10;
        }

        (output[16], output[17], output[18]) = (0, 0, 4);

        Decoded decoded = Decode(spec, output, "softmax");

        Assert.Equal(1, decoded.Count);
        double half = 0.1 * Math.Exp(0.2);
        double score = Math.Exp(4) / (Math.Exp(4) + 2);
        AssertBox(decoded.Detections[0], 1, score, 0.27 - half, 0.05, 0.27 + half, 0.45);
    }

    [Fact]
    public void Of_too_many_boxes_the_best_are_kept()
    {
        float[] output = [.. Enumerable.Range(0, 50).SelectMany(i =>
            (float[])[i % 10 * 10, i / 10 * 20, 2, 2, 0.5f + (((i * 7) % 50) / 100f), 0])];

        Decoded decoded = Decode(Rows with { Candidates = 10, MaxBoxes = 3 }, output);

        Assert.Equal([0.99f, 0.98f, 0.97f], decoded.Detections.ToArray().Select(box => (float)box.Score));
    }

    [Fact]
    public void A_score_or_a_box_that_is_no_number_is_no_answer()
    {
        Assert.False(Decode(Rows, [50, 50, 20, 20, float.NaN, 0]).IsValid);
        Assert.False(Decode(Rows, [50, float.NaN, 20, 20, 0.9f, 0]).IsValid);
    }

    [Fact]
    public void An_output_of_another_shape_is_refused_with_what_a_candidate_has()
    {
        OutputSpec spec = new() { Kind = "detection", Activation = "none", Labels = ["a", "b", "none"], Detection = Rows };

        Assert.Equal(
            ["output.detection: a candidate has 6 values, and the model's output has 13 elements, no multiple of it"],
            OutputDecoder.Mistakes(spec, 300, 13));
    }

    [Fact]
    public void Boxes_that_a_model_found_itself_name_their_class()
    {
        DetectionSpec rows = new() { Layout = "found_rows", Box = "corners", ScoreThreshold = 0.5, IouThreshold = 1 };
        DetectionSpec columns = rows with { Layout = "found_columns", Box = "corners_yx", Units = "normalized" };

        Decoded[] both =
        [
            Decode(rows, [40, 30, 60, 70, 0.9f, 1, 10, 10, 20, 20, 0.6f, 0, 0, 0, 0, 0, 0, 0]),
            Decode(columns, [0.3f, 0.4f, 0.7f, 0.6f, 0.1f, 0.1f, 0.2f, 0.2f, 0, 0, 0, 0, 1, 0, 0, 0.9f, 0.6f, 0]),
        ];

        foreach (Decoded decoded in both)
        {
            Assert.Equal((2, 1), (decoded.Count, decoded.Label));
            AssertBox(decoded.Detections[0], 1, 0.9f, 0.4, 0.3, 0.6, 0.7);
            AssertBox(decoded.Detections[1], 0, 0.6f, 0.1, 0.1, 0.2, 0.2);
        }
    }

    [Theory]
    [InlineData(2, 0.9f, false)]
    [InlineData(0.5f, 0.9f, false)]
    [InlineData(float.NaN, 0.9f, false)]
    [InlineData(-1, 0.1f, true)]
    public void A_found_box_of_an_unknown_class_is_no_answer_unless_it_is_none(float named, float score, bool isValid)
    {
        DetectionSpec rows = new() { Layout = "found_rows", Box = "corners", ScoreThreshold = 0.5 };

        Assert.Equal(isValid, Decode(rows, [40, 30, 60, 70, score, named]).IsValid);
    }

    [Fact]
    public void Decoding_thousands_of_candidates_allocates_nothing()
    {
        float[] output = [.. Enumerable.Range(0, 2000).SelectMany(i =>
            (float[])[(i * 13) % 97, (i * 29) % 89, 9, 9, ((i * 37) % 100) / 100f, ((i * 11) % 100) / 100f])];
        OutputDecoder decoder = Decoder(Rows, output.Length, "none");
        decoder.Decode([], output);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                decoder.Decode([], output);
            }
        }));
    }

    private static Decoded Decode(DetectionSpec spec, float[] output, string activation = "none") =>
        Decoder(spec, output.Length, activation).Decode([], output);

    private static OutputDecoder Decoder(DetectionSpec spec, int length, string activation) => new(
        new OutputSpec { Kind = "detection", Activation = activation, Labels = ["a", "b", "none"], Detection = spec }, length, Hundred);

    private static void AssertBox(Detection box, int label, double score, double left, double top, double right, double bottom)
    {
        Assert.Equal(label, box.Label);
        double[] expected = [score, left, top, right, bottom];
        double[] actual = [box.Score, box.Left, box.Top, box.Right, box.Bottom];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }
}
