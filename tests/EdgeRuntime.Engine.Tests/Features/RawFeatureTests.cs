using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Tests.Features;

public sealed class RawFeatureTests
{
    [Fact]
    public void Frames_first_puts_all_raw_features_of_a_frame_beside_each_other()
    {
        ModelManifest manifest = Some.Manifest(3, 1, Some.Feature("raw"), Some.Feature("raw", "y") with { Scale = 2 });
        FeaturePipeline pipeline = Some.Pipeline(
            manifest with { Pipeline = manifest.Pipeline with { RawLayout = "frames_first" } });

        for (int i = 1; i <= 4; i++)
        {
            pipeline.Push([i, 10 * i]);
        }

        Assert.Equal([2, 10, 3, 15, 4, 20], pipeline.Input.ToArray());
    }

    [Fact]
    public void Frames_first_holds_for_each_tensor_by_itself()
    {
        FeatureSpec single = Some.Feature("mean") with { Input = "context" };
        ModelManifest manifest = Some.Manifest(2, 2, Some.Feature("raw"), single, Some.Feature("raw", "y"));
        FeaturePipeline pipeline = Some.Pipeline(
            manifest with { Pipeline = manifest.Pipeline with { RawLayout = "frames_first" } });

        pipeline.Push([1, 10]);
        pipeline.Push([3, 30]);

        Assert.Equal([1, 10, 3, 30, 2], pipeline.Input.ToArray());
    }

    [Theory]
    [InlineData("constant", new float[] { -7, 2, -7, -7 }, new float[] { -7, -7, 5, -7 })]
    [InlineData("hold", new float[] { -7, 2, 2, 2 }, new float[] { 2, 2, 5, 5 })]
    [InlineData("mean", new float[] { 4, 2, 4, 4 }, new float[] { 4, 4, 5, 4 })]
    public void A_missing_value_of_a_raw_window_is_filled_as_its_policy_says(string policy, float[] first, float[] second)
    {
        FeatureSpec raw = Some.Feature("raw") with { MissingPolicy = policy, Missing = -7, Mean = policy == "mean" ? 4 : null };
        FeaturePipeline pipeline = Some.Pipeline(4, 2, raw, Some.Feature("count"));

        foreach (double value in (double[])[double.NaN, 2, double.NaN, double.NaN])
        {
            pipeline.Push([value, 0]);
        }

        Assert.Equal(first, pipeline.Input[..4].ToArray());
        Assert.Equal(3, pipeline.MissingElements);
        pipeline.Push([5, 0]);
        pipeline.Push([double.NaN, 0]);
        Assert.Equal(second, pipeline.Input[..4].ToArray());
    }

    [Fact]
    public void After_a_reset_nothing_is_held_from_before()
    {
        FeaturePipeline pipeline = Some.Pipeline(2, 1, Some.Feature("raw") with { MissingPolicy = "hold", Missing = -7 });
        pipeline.Push([1, 0]);
        pipeline.Push([2, 0]);

        pipeline.Reset();
        pipeline.Push([double.NaN, 0]);
        pipeline.Push([3, 0]);

        Assert.Equal([-7, 3], pipeline.Input.ToArray());
        Assert.Equal(1, pipeline.MissingElements);
    }

    [Fact]
    public void A_gap_longer_than_allowed_empties_windows_and_histories()
    {
        ModelManifest manifest = Some.Manifest(2, 1, Some.Feature("mean") with { Lag = 1 });
        FeaturePipeline pipeline = Some.Pipeline(manifest with { Pipeline = manifest.Pipeline with { MaxGapMs = 100 } });
        List<long> due = [];

        foreach (long at in (long[])[0, 20, 40, 140, 160, 300, 320, 340, 10, 30, 50])
        {
            if (pipeline.Push([at, 0], at))
            {
                due.Add(at);
            }
        }

        // Two frames fill a window and one window more the lag; 140 ms are a gap, 100 are none, and a step back is one.
        Assert.Equal([40, 140, 160, 340, 50], due);
    }
}
