using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Tests.Features;

public sealed class FeaturePipelineTests
{
    private static readonly string[] Plain =
    [
        "last", "mean", "std", "min", "max", "range", "rms", "delta", "slope", "crest", "kurtosis", "skewness",
        "median", "zero_crossings", "raw",
    ];

    [Fact]
    public void The_first_window_is_ready_when_full_and_the_next_ones_every_hop()
    {
        FeaturePipeline pipeline = Some.Pipeline(5, 2, Some.Feature("mean"));

        List<int> ready = [];
        List<double> means = [];
        for (int frame = 1; frame <= 10; frame++)
        {
            if (pipeline.Push([frame, 0]))
            {
                ready.Add(frame);
                means.Add(pipeline.Values[0]);
            }
        }

        Assert.Equal([5, 7, 9], ready);
        Assert.Equal([3.0, 5.0, 7.0], means);
    }

    [Fact]
    public void After_a_reset_no_window_reaches_back()
    {
        FeaturePipeline pipeline = Some.Pipeline(3, 1, Some.Feature("max"));
        pipeline.Push([100, 0]);
        pipeline.Push([100, 0]);

        pipeline.Reset();

        Assert.False(pipeline.Push([1, 0]));
        Assert.False(pipeline.Push([2, 0]));
        Assert.True(pipeline.Push([3, 0]));
        Assert.Equal(3, pipeline.Values[0]);
    }

    [Fact]
    public void Features_come_in_the_manifests_order_whatever_their_channels_are()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            2, 2, Some.Feature("mean", "y"), Some.Feature("last"), Some.Feature("last", "y"), Some.Feature("mean"));

        pipeline.Push([1, 10]);
        pipeline.Push([2, 20]);

        Assert.Equal(["y_mean", "x_last", "y_last", "x_mean"], pipeline.Names);
        Assert.Equal([15, 2, 20, 1.5], pipeline.Values);
        Assert.Equal([15f, 2f, 20f, 1.5f], pipeline.Input);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("log1p")]
    public void A_raw_window_is_the_same_to_the_bit_whether_or_not_other_features_look_at_its_channel(string transform)
    {
        FeatureSpec raw = Some.Feature("raw", "y") with { Center = 0.3, Scale = 1.7, Clip = 2.5, Missing = -1, Transform = transform };
        FeaturePipeline alone = Some.Pipeline(7, 3, raw);
        FeaturePipeline beside = Some.Pipeline(7, 3, raw, Some.Feature("mean", "y"));

        for (int frame = 0; frame < 200; frame++)
        {
            // Missing now and then, and at times outside the channel's physical range of -40 to 125.
            double y = frame % 11 == 0 ? double.NaN : frame % 13 == 0 ? double.PositiveInfinity : Some.Signal(frame) * (frame % 17);
            bool due = alone.Push([0, y]);

            Assert.Equal(beside.Push([0, y]), due);
            if (due)
            {
                Assert.Equal(
                    beside.Input[..7].ToArray().Select(BitConverter.SingleToInt32Bits),
                    alone.Input.ToArray().Select(BitConverter.SingleToInt32Bits));
                Assert.Equal(beside.MissingElements, alone.MissingElements);
            }
        }
    }

    [Fact]
    public void A_raw_window_goes_into_the_input_oldest_first_and_not_among_the_values()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            3, 1, Some.Feature("last", "y"), Some.Feature("raw") with { Center = 1, Scale = 2 }, Some.Feature("max"));

        foreach (double x in (double[])[9, 3, 5, double.NaN])
        {
            pipeline.Push([x, 20]);
        }

        Assert.Equal(["y_last", "x_max"], pipeline.Names);
        Assert.Equal([20, 5], pipeline.Values);
        Assert.Equal([20f, 1f, 2f, 0f, 5f], pipeline.Input);
        Assert.Equal(1, pipeline.MissingElements);
    }

    [Fact]
    public void Scaling_divides_after_the_transform_and_clips_at_last()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            1,
            1,
            Some.Feature("last") with { Name = "plain", Center = 2, Scale = 0.5 },
            Some.Feature("last") with { Name = "log", Transform = "log1p", Center = 1, Scale = -2 },
            Some.Feature("last") with { Name = "root", Transform = "sqrt" },
            Some.Feature("last") with { Name = "clipped", Clip = 3 });

        pipeline.Push([-8, 0]);

        // numpy: x=-8.0; np.sign(x)*np.log1p(abs(x)) = -2.1972245773362196; np.sign(x)*np.sqrt(abs(x)) = -2.8284271247461903.
        Assert.Equal(-8, pipeline.Values[0]);
        Assert.Equal(-2.1972245773362196, pipeline.Values[1], 1e-15);
        Assert.Equal(-2.8284271247461903, pipeline.Values[2], 1e-15);
        Assert.Equal(-8, pipeline.Values[3]);
        Assert.Equal([-20f, (float)(-3.1972245773362196 / -2), -2.828427124746f, -3f], pipeline.Input);
    }

    // numpy: np.log1p(1e-10) = 9.9999999995e-11; np.log1p(1e-20) = 1e-20.
    [Theory]
    [InlineData(1e-10, 9.9999999995e-11)]
    [InlineData(1e-20, 1e-20)]
    [InlineData(-1e-10, -9.9999999995e-11)]
    public void The_logarithm_keeps_the_digits_of_small_values(double value, double expected)
    {
        FeaturePipeline pipeline = Some.Pipeline(1, 1, Some.Feature("last") with { Transform = "log1p" });

        pipeline.Push([value, 0]);

        Assert.Equal(expected, pipeline.Values[0], Math.Abs(expected) * 1e-14);
    }

    [Fact]
    public void A_window_without_any_value_yields_the_declared_stand_in()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            2, 2, Some.Feature("mean") with { Missing = -1.5, Center = 7, Clip = 1 }, Some.Feature("mean", "y"));

        pipeline.Push([double.NaN, 20]);
        pipeline.Push([double.PositiveInfinity, 30]);

        Assert.True(double.IsNaN(pipeline.Values[0]));
        Assert.Equal(25, pipeline.Values[1]);
        Assert.Equal([-1.5f, 25f], pipeline.Input);
        Assert.Equal(1, pipeline.MissingElements);
    }

    [Fact]
    public void What_is_not_physical_counts_as_missing_and_the_bounds_themselves_are_physical()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            4, 4, Some.Feature("min", "y"), Some.Feature("max", "y"), Some.Feature("last", "y"));

        foreach (double celsius in (double[])[-40, 125, 125.1, -40.1])
        {
            pipeline.Push([0, celsius]);
        }

        Assert.Equal([-40, 125, 125], pipeline.Values);
    }

    [Fact]
    public void No_feature_puts_an_infinity_into_the_models_input()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            2, 2, Some.Feature("last") with { Scale = 1e-30 }, Some.Feature("rms"));

        pipeline.Push([1e300, 0]);
        pipeline.Push([1e300, 0]);

        // The sum of squares left the range of a double: there is no such feature.
        Assert.True(double.IsNaN(pipeline.Values[1]));
        Assert.Equal([float.MaxValue, 0f], pipeline.Input);
    }

    [Fact]
    public void A_frame_of_another_shape_is_refused()
    {
        FeaturePipeline pipeline = Some.Pipeline(2, 2, Some.Feature("mean"));

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => pipeline.Push([1, 2, 3]));

        Assert.Equal("the frame has 3 values; the pipeline is bound to a sensor with 2", refusal.Message);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(60)]
    public void Pushing_frames_through_every_statistic_allocates_nothing(int frames)
    {
        FeatureSpec[] features =
        [
            .. Plain.Select(statistic => Some.Feature(statistic)),
            Some.Feature("quantile") with { Quantile = 0.9, Transform = "log1p" },
            Some.Feature("band_energy") with { LowHz = 1, HighHz = 10, Transform = "sqrt" },
            Some.Feature("median", "y"),
            Some.Feature("band_energy", "y") with { LowHz = 1, HighHz = 10 },
        ];
        FeaturePipeline pipeline = Some.Pipeline(frames, 8, features);
        double[] frame = new double[2];
        PushMany(pipeline, frame, 1_000);

        Assert.Equal(0, Allocated.By(() => PushMany(pipeline, frame, 50_000)));
    }

    [Fact]
    public void The_same_frames_give_the_same_bits_wherever_the_ring_stands()
    {
        FeatureSpec[] features =
        [
            Some.Feature("mean"), Some.Feature("std"), Some.Feature("slope"), Some.Feature("kurtosis"), Some.Feature("rms"),
            Some.Feature("band_energy") with { LowHz = 1, HighHz = 10 },
        ];
        FeaturePipeline fresh = Some.Pipeline(33, 33, features);
        FeaturePipeline turned = Some.Pipeline(33, 1, features);
        for (int i = 0; i < 50; i++)
        {
            turned.Push([1000 + i, 0]);
        }

        for (int i = 0; i < 33; i++)
        {
            fresh.Push([Some.Signal(i), 0]);
            turned.Push([Some.Signal(i), 0]);
        }

        Assert.True(fresh.Values.SequenceEqual(turned.Values));
    }

    private static void PushMany(FeaturePipeline pipeline, double[] frame, int count)
    {
        for (int i = 0; i < count; i++)
        {
            frame[0] = Some.Signal(i % 101);
            frame[1] = i % 7 == 0 ? double.NaN : i % 100;
            pipeline.Push(frame);
        }
    }
}
