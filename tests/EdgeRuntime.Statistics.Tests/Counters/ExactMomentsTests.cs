using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Statistics.Tests.Counters;

public sealed class ExactMomentsTests
{
    // A scale on which these are whole numbers, so that nothing is rounded; their moments by numpy 1.24 and scipy 1.10.
    private static readonly MomentScale Halves = new(4, 0.5);
    private static readonly double[] Some = [2, 4, 4, 4, 5, 5, 7, 9, -1, 13.5];

    [Fact]
    public void Moments_are_those_of_scipy()
    {
        ExactMoments moments = Of(Halves, Some);

        Assert.Equal(5.25, moments.Mean);
        Assert.Equal(15.51388888888889, moments.Variance, 1e-14);
        Assert.Equal(0.6425752699346394, moments.Skewness, 1e-14);
        Assert.Equal(0.3261694220274438, moments.Kurtosis, 1e-14);
        Assert.Equal(35.916666666666664, moments.MeanSquaredDifference, 1e-14);
        Assert.Equal(9, moments.Pairs);
        Assert.Equal((-1f, 13.5f), (moments.Min, moments.Max));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Parts_merged_in_any_order_have_the_sums_of_all_values_to_the_last_bit(int seed)
    {
        Random random = new(seed);
        MomentScale scale = MomentScale.Of([-3, -1, 0, 0.7, 1, 4]);
        ExactMoments[] parts = [.. Enumerable.Range(0, 30).Select(_ => new ExactMoments(scale))];
        ExactMoments pooled = new(scale);
        for (int at = 0; at < parts.Length; at++)
        {
            // Every third window is the first of its device; the others follow the one before.
            ExactMoments part = parts[at];
            if (at % 3 == 0)
            {
                pooled.Break();
            }
            else
            {
                part.Follow(parts[at - 1]);
            }

            for (int i = random.Next(200); i > 0; i--)
            {
                // Some of them beyond all that the scale reaches, and some missing.
                double value = random.Next(20) == 0 ? 1e9 : (random.NextDouble() * 8) - 4;
                part.Record(value);
                pooled.Record(value);
                if (random.Next(10) == 0)
                {
                    part.Break();
                    pooled.Break();
                }
            }
        }

        random.Shuffle(parts);
        ExactMoments merged = new(scale);
        foreach (ExactMoments part in parts)
        {
            if (random.Next(2) == 0)
            {
                merged.Add(part);
            }
            else
            {
                merged.Add(part.ToSums());
            }
        }

        Assert.True(pooled.Outside > 0);
        Assert.Equal(pooled.ToSums(), merged.ToSums());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1e6, 0.003)]
    [InlineData(-40, 1e-7)]
    public void On_the_scale_of_a_reference_moments_are_near_those_of_the_values_themselves(double mean, double deviation)
    {
        Random random = new(9);
        double[] values = new double[20_000];
        double state = 0;
        for (int i = 0; i < values.Length; i++)
        {
            state = (0.8 * state) + (0.6 * Normal(random));
            values[i] = mean + (deviation * state);
        }

        double[] sorted = [.. values.Order()];
        ExactMoments moments = Of(
            MomentScale.Of([sorted[0], .. Enumerable.Range(1, 31).Select(i => sorted[values.Length * i / 32]), sorted[^1]]), values);

        Moments exact = Moments.Of(values);
        Assert.Equal(0, (moments.Mean - exact.Mean) / deviation, 1e-3);
        Assert.Equal(1, moments.Variance / exact.Variance, 1e-3);
        Assert.Equal(exact.Skewness, moments.Skewness, 2e-3);
        Assert.Equal(exact.Kurtosis, moments.Kurtosis, 5e-3);
        Assert.Equal(Moments.Autocorrelation(values), moments.Autocorrelation, 1e-3);
        Assert.Equal(0.36, moments.ResidualVariance(0.8) / (deviation * deviation), 0.02);
        Assert.Equal(0, moments.Outside);
    }

    [Theory]
    [InlineData(new[] { 5.0 })]
    [InlineData(new[] { 0.0 })]
    [InlineData(new[] { -1.7e308, 1.7e308 })]
    [InlineData(new[] { 1e-320, 2e-320 })]
    [InlineData(new[] { 0.0, 0, 1, 1, 1, 1 })]
    public void Every_reference_has_a_scale_and_every_value_counts_on_it(double[] edges)
    {
        MomentScale scale = MomentScale.Of(edges);
        ExactMoments moments = Of(scale, [double.MaxValue, -double.MaxValue, double.Epsilon, 0, edges[0], edges[^1]]);

        Assert.True(double.IsNormal(scale.Step) && scale.Step > 0 && double.IsFinite(scale.Origin), scale.ToString());
        Assert.Equal(6, moments.Count);
        Assert.Null(moments.ToSums().Complaint());
        Assert.True(double.IsFinite(moments.Mean) && float.IsFinite(moments.Max));
    }

    [Fact]
    public void Sums_that_no_values_have_are_refused_and_change_nothing()
    {
        MomentSums right = Of(Halves, Some).ToSums();
        MomentSums[] wrong =
        [
            right with { Count = -1 },
            right with { Count = MomentSums.LargestCount + 1 },
            right with { Outside = 11 },
            right with { Pairs = 11 },
            right with { Sum = right.Sum + 1 },
            right with { Sum = right.Sum + 2000 },
            right with { Squares = -right.Squares },
            right with { Squares = right.Squares * 1000 },
            right with { Fourths = Int128.MaxValue },
            right with { Fourths = right.Squares - 2 },
            right with { Cubes = Int128.MinValue + (right.Cubes & 1) },
            right with { Differences = -1 },
            right with { Differences = Int128.MaxValue },
            right with { Min = float.NaN },
            right with { Min = 14 },
            right with { Max = float.PositiveInfinity },
        ];
        ExactMoments moments = Of(Halves, Some);

        foreach (MomentSums sums in wrong)
        {
            Assert.Throws<FormatException>(() => moments.Add(sums));
        }

        Assert.Throws<ArgumentException>(() => moments.Add(new ExactMoments(new MomentScale(4, 0.25))));
        Assert.Equal(right, moments.ToSums());
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        ExactMoments moments = new(Halves);

        long bytes = Allocated.By(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                moments.Record(i * 0.7);
            }
        });

        Assert.Equal(0, bytes);
    }

    private static ExactMoments Of(MomentScale scale, double[] values)
    {
        ExactMoments moments = new(scale);
        foreach (double value in values)
        {
            moments.Record(value);
        }

        return moments;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
