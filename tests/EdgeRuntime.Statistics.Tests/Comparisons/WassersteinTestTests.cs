using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Tests.Comparisons;

public sealed class WassersteinTestTests
{
    private static readonly ComparisonLimits Limits = new(Level: 0.05, MinEffect: 0.1, MinSample: 50);

    [Fact]
    public void A_shift_by_half_a_standard_deviation_is_half_and_certain()
    {
        Random random = new(1);

        ComparisonResult result = new WassersteinTest(random).Compare(
            Sketch(random, 5_000, draw => 20 + Normal(draw)), Sketch(random, 500, draw => 20.5 + Normal(draw)), Limits);

        Assert.InRange(result.Statistic, 0.35, 0.65);
        Assert.Equal(0.0001, result.PValue);
        Assert.True(result.Drifted && result.Statistic > result.Threshold);
    }

    // Both have tails of which one value outweighs all others: no variance, and no mean.
    [Theory]
    [InlineData(60)]
    [InlineData(300)]
    public void Heavy_tails_alarm_at_most_at_the_level(int window)
    {
        const int Windows = 400;
        Random random = new(2);
        int alarms = 0;
        for (int i = 0; i < Windows; i++)
        {
            alarms += new WassersteinTest(random, most: 199).Compare(
                Sketch(random, 1_000, Cauchy), Sketch(random, window, Cauchy), Limits).Significant ? 1 : 0;
        }

        // Nominal 5 %; three standard errors of so many windows are 3.3 %.
        Assert.InRange((double)alarms / Windows, 0, 0.083);
    }

    // scipy 1.10.1: wasserstein_distance([-3, 0, 2.5], [-1, 2.5, 4], [5, 1, 4], [2, 3, 1]).
    [Fact]
    public void The_distance_of_weighted_values_agrees_with_scipy() => Assert.Equal(
        2.0833333333333335,
        WassersteinTest.Distance(new([-3, 0, 2.5], [5, 1, 4]), new([-1, 2.5, 4], [2, 3, 1])),
        1e-14);

    [Fact]
    public void A_sketch_has_its_values_in_order_whatever_their_sign()
    {
        DDSketch sketch = new();
        foreach (double value in (double[])[5, -0.2, 0, -7, 0, 5, 1e-9, double.NaN])
        {
            sketch.Record(value);
        }

        WeightedValues values = WeightedValues.Of(sketch);

        Assert.Equal([1, 1, 2, 1, 2], values.Counts.ToArray());
        Assert.Equal(-7, values.Values[0], 0.15);
        Assert.Equal(5, values.Values[4], 0.11);
    }

    [Fact]
    public void Equal_samples_and_empty_ones_are_no_drift()
    {
        WeightedValues some = new([1, 2], [60, 60]);
        WassersteinTest test = new(new Random(3));

        Assert.Equal(1, test.Compare(some, some, Limits).PValue);
        Assert.False(test.Compare(some, new([], []), Limits).Drifted);
        Assert.False(test.Compare(new([], []), some, Limits).Drifted);
    }

    private static WeightedValues Sketch(Random random, int size, Func<Random, double> draw)
    {
        DDSketch sketch = new();
        for (int i = 0; i < size; i++)
        {
            sketch.Record(draw(random));
        }

        return WeightedValues.Of(sketch);
    }

    private static double Cauchy(Random random) => Math.Tan(Math.PI * (random.NextDouble() - 0.5));

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
