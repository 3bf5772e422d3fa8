using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Tests.Features;

/// <summary>Expected values: numpy 1.24.2 on the signal of <see cref="Some.Signal"/>, x[0] to x[19], by the expression named.</summary>
public sealed class HistoryTests
{
    [Theory]
    [InlineData("mean", -0.6599999999999999)] // x[15:20].mean()
    [InlineData("std", 2.900068964697219)] // .std()
    [InlineData("min", -4.7)]
    [InlineData("max", 3.5)]
    [InlineData("sum", -3.3)]
    [InlineData("median", -0.5999999999999996)] // np.median
    [InlineData("z_score", 1.43444864609774)] // (x[19]-r.mean())/r.std()
    public void A_rolling_statistic_is_that_of_the_newest_samples(string statistic, double expected)
    {
        FeaturePipeline pipeline = Of(new FeatureSpec
        {
            Name = "rolled", Channel = "x", Statistic = "last", Rolling = new RollingSpec { Samples = 5, Statistic = statistic },
        });

        Fill(pipeline, 20);

        Assert.Equal(expected, pipeline.Values[0], 1e-12);
    }

    [Fact]
    public void The_median_of_an_even_number_lies_between_the_two_in_the_middle()
    {
        FeaturePipeline pipeline = Of(Some.Feature("last") with { Rolling = new RollingSpec { Samples = 6, Statistic = "median" } });

        Fill(pipeline, 20);

        // np.median(x[14:20])
        Assert.Equal(0.3500000000000001, pipeline.Values[0], 1e-12);
    }

    [Fact]
    public void A_lag_is_the_value_of_that_many_samples_ago_and_a_difference_the_change_since()
    {
        FeaturePipeline pipeline = Of(
            Some.Feature("last") with { Name = "lag", Lag = 2 }, Some.Feature("last") with { Name = "difference", Difference = 3 });

        Fill(pipeline, 20);

        Assert.Equal(Some.Signal(17), pipeline.Values[0]);
        Assert.Equal(Some.Signal(19) - Some.Signal(16), pipeline.Values[1]);
    }

    [Fact]
    public void Rolling_comes_before_the_lag_and_the_lag_before_the_difference()
    {
        FeaturePipeline pipeline = Of(Some.Feature("last") with
        {
            Rolling = new RollingSpec { Samples = 3, Statistic = "sum" }, Lag = 2, Difference = 1,
        });

        Fill(pipeline, 20);

        // Sums over samples 15 to 17, less that over 14 to 16.
        double expected = (Some.Signal(15) + Some.Signal(16) + Some.Signal(17)) - (Some.Signal(14) + Some.Signal(15) + Some.Signal(16));
        Assert.Equal(expected, pipeline.Values[0], 1e-12);
    }

    [Fact]
    public void The_first_sample_is_the_first_for_which_every_history_is_full()
    {
        FeaturePipeline pipeline = Of(
            Some.Feature("last") with { Name = "a", Lag = 4 },
            Some.Feature("last") with { Name = "b", Rolling = new RollingSpec { Samples = 3, Statistic = "mean" }, Difference = 3 });

        List<int> ready = [];
        for (int i = 1; i <= 8; i++)
        {
            if (pipeline.Push([i, 0]))
            {
                ready.Add(i);
            }
        }

        Assert.Equal([6, 7, 8], ready);
    }

    [Fact]
    public void A_reset_forgets_earlier_samples()
    {
        FeaturePipeline pipeline = Of(Some.Feature("last") with { Difference = 1 });
        Fill(pipeline, 5);

        pipeline.Reset();

        Assert.False(pipeline.Push([100, 0]));
        Assert.True(pipeline.Push([101, 0]));
        Assert.Equal(1, pipeline.Values[0]);
    }

    [Fact]
    public void Missing_samples_are_left_out_of_a_rolling_statistic_and_stay_missing_in_a_lag()
    {
        FeaturePipeline pipeline = Of(
            Some.Feature("last") with { Name = "mean", Rolling = new RollingSpec { Samples = 3, Statistic = "mean" } },
            Some.Feature("last") with { Name = "lag", Lag = 1 });

        foreach (double x in (double[])[1, 2, double.NaN, 4])
        {
            pipeline.Push([x, 0]);
        }

        Assert.Equal(3, pipeline.Values[0]);
        Assert.True(double.IsNaN(pipeline.Values[1]));
    }

    private static FeaturePipeline Of(params FeatureSpec[] features) => Some.Pipeline(1, 1, features);

    private static void Fill(FeaturePipeline pipeline, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            pipeline.Push([Some.Signal(i), 0]);
        }
    }
}
