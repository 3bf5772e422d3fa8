using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Tests.Features;

public sealed class CategoryTests
{
    // np.digitize([-1, 0, 0.5, 1, 7, 7.1], [0, 1, 7])
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(0.5, 1)]
    [InlineData(1, 2)]
    [InlineData(7, 3)]
    [InlineData(7.1, 3)]
    public void Buckets_are_those_of_numpys_digitize(double value, int expected)
    {
        FeaturePipeline pipeline = Some.Pipeline(1, 1, Some.Feature("last") with { Bucketize = [0, 1, 7] });

        pipeline.Push([value, 0]);

        Assert.Equal(expected, pipeline.Values[0]);
        float[] oneHot = new float[4];
        oneHot[expected] = 1;
        Assert.Equal(oneHot, pipeline.Input.ToArray());
    }

    [Fact]
    public void A_category_that_is_not_listed_falls_into_the_last_column()
    {
        FeaturePipeline pipeline = Some.Pipeline(1, 1, Some.Feature("last") with { Categories = ["idle", "7", "busy"] });

        pipeline.Push([CategoryCode.Of("busy"), 0]);
        float[] busy = pipeline.Input.ToArray();
        pipeline.Push([7, 0]);
        float[] seven = pipeline.Input.ToArray();
        pipeline.Push([CategoryCode.Of("broken"), 0]);

        Assert.Equal([0f, 0f, 1f, 0f], busy);
        Assert.Equal([0f, 1f, 0f, 0f], seven);
        Assert.Equal([0f, 0f, 0f, 1f], pipeline.Input);
        Assert.Equal(3, pipeline.Values[0]);
    }

    [Fact]
    public void An_index_is_one_element_and_is_scaled()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            1, 1, Some.Feature("last") with { Bucketize = [0, 1, 7], Encoding = "index", Center = 1, Scale = 2 });

        pipeline.Push([9, 0]);

        Assert.Equal([1f], pipeline.Input);
    }

    [Fact]
    public void A_missing_category_fills_its_columns_with_the_constant_and_counts_every_one()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            1, 1, Some.Feature("last") with { Categories = ["1"], Missing = -1 }, Some.Feature("last", "y"));

        pipeline.Push([double.NaN, 20]);

        Assert.Equal([-1f, -1f, 20f], pipeline.Input);
        Assert.Equal(2, pipeline.MissingElements);
        Assert.True(double.IsNaN(pipeline.Values[0]));
    }

    [Fact]
    public void A_cross_is_the_hash_of_its_categories_numbers_in_their_order()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            1,
            1,
            Some.Feature("last") with { Bucketize = [0], Encoding = "index" },
            Some.Feature("last", "y") with { Categories = ["10", "20"], Encoding = "index" },
            new FeatureSpec { Name = "both", Statistic = "cross", Cross = ["x_last", "y_last"], HashBuckets = 32 });

        pipeline.Push([5, 99]);

        // Bucket 1 and the third category: the value that CategoryCodeTests holds against Python.
        int expected = CategoryCode.Bucket([1, 2], 32);
        Assert.Equal(["x_last", "y_last", "both"], pipeline.Names);
        Assert.Equal([1, 2, expected], pipeline.Values);
        Assert.Equal(2 + 32, pipeline.Input.Length);
        Assert.Equal(1f, pipeline.Input[2 + expected]);
        Assert.Equal(1 + 2 + 1, pipeline.Input.ToArray().Sum());
    }

    [Fact]
    public void A_cross_of_something_missing_is_missing()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            1,
            1,
            Some.Feature("last") with { Bucketize = [0] },
            Some.Feature("last", "y") with { HashBuckets = 4 },
            new FeatureSpec { Name = "both", Statistic = "cross", Cross = ["x_last", "y_last"], HashBuckets = 8 });

        pipeline.Push([5, double.NaN]);

        Assert.True(double.IsNaN(pipeline.Values[2]));
        Assert.Equal(4 + 8, pipeline.MissingElements);
    }

    [Fact]
    public void The_mode_is_the_commonest_value_and_the_smallest_of_equals()
    {
        FeaturePipeline pipeline = Some.Pipeline(5, 1, Some.Feature("mode"), Some.Feature("distinct"), Some.Feature("count"), Some.Feature("sum"));

        foreach (double x in (double[])[3, 1, double.NaN, 3, 1])
        {
            pipeline.Push([x, 0]);
        }

        Assert.Equal([1, 2, 4, 8], pipeline.Values);
    }

    [Theory]
    [InlineData("constant", -9f)]
    [InlineData("hold", 4f)]
    [InlineData("mean", 2f)]
    public void A_policy_says_what_stands_for_a_missing_value(string policy, float expected)
    {
        FeaturePipeline pipeline = Some.Pipeline(
            1,
            1,
            Some.Feature("last") with { Scale = 0.5, Missing = -9, MissingPolicy = policy, Mean = policy == "mean" ? 1 : null },
            Some.Feature("last", "y"));
        pipeline.Push([2, 0]);

        pipeline.Push([double.NaN, 0]);

        Assert.Equal(expected, pipeline.Input[0]);
        Assert.True(double.IsNaN(pipeline.Values[0]));
        Assert.Equal(1, pipeline.MissingElements);
        Assert.False(pipeline.MustDrop);
    }

    [Fact]
    public void The_policy_drop_gives_up_the_sample_and_only_that_one()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            1, 1, Some.Feature("last") with { MissingPolicy = "drop" }, Some.Feature("last", "y"));

        pipeline.Push([double.NaN, 0]);
        bool dropped = pipeline.MustDrop;
        pipeline.Push([1, 0]);

        Assert.True(dropped);
        Assert.False(pipeline.MustDrop);
    }

    // numpy: np.log(2.5) = 0.916290731874155, np.log10(2.5) = 0.3979400086720376.
    [Fact]
    public void Logarithms_of_nothing_and_less_are_missing()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            1, 1, Some.Feature("last") with { Name = "ln", Transform = "log" }, Some.Feature("last") with { Name = "log10", Transform = "log10" });

        pipeline.Push([2.5, 0]);
        double[] values = pipeline.Values.ToArray();
        pipeline.Push([0, 0]);

        Assert.Equal(0.916290731874155, values[0], 1e-15);
        Assert.Equal(0.3979400086720376, values[1], 1e-15);
        Assert.True(double.IsNaN(pipeline.Values[0]) && double.IsNaN(pipeline.Values[1]));
    }

    [Fact]
    public void Bounds_hold_before_scaling()
    {
        FeaturePipeline pipeline = Some.Pipeline(1, 1, Some.Feature("last") with { ClipLow = -1, ClipHigh = 3, Scale = 2 });

        pipeline.Push([100, 0]);

        Assert.Equal(3, pipeline.Values[0]);
        Assert.Equal(1.5f, pipeline.Input[0]);
    }

    [Fact]
    public void Features_fill_the_tensors_they_name_one_after_the_other()
    {
        FeaturePipeline pipeline = Some.Pipeline(
            2,
            2,
            Some.Feature("last") with { Name = "a" },
            Some.Feature("raw") with { Name = "b", Input = "waves" },
            Some.Feature("max") with { Name = "c" },
            Some.Feature("min") with { Name = "d", Input = "waves" });

        pipeline.Push([1, 0]);
        pipeline.Push([2, 0]);

        Assert.Equal([new InputSlice("features", 0, 2), new InputSlice("waves", 2, 3)], pipeline.Layout);
        Assert.Equal([2f, 2f, 1f, 2f, 1f], pipeline.Input);
        Assert.Equal(["a", "c", "d"], pipeline.Names);
    }
}
