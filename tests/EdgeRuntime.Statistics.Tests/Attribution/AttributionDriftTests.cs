using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Statistics.Tests.Attribution;

public sealed class AttributionDriftTests
{
    // By hand after the definition: gains 4 2 1 in the order 3rd 1st 2nd are 1/log2(2) + 4/log2(3) + 2/log2(4), over the same in
    // their own order.
    [Theory]
    [InlineData(new[] { 4.0, 2, 1 }, new[] { 9.0, 5, 1 }, 1)]
    [InlineData(new[] { 4.0, 2, 1 }, new[] { 5.0, 1, 9 }, (1 + (4 / 1.584962500721156) + 1) / (4 + (2 / 1.584962500721156) + 0.5))]
    [InlineData(new[] { 0.0, 0, 0 }, new[] { 5.0, 1, 9 }, 1)]
    public void Agreement_of_two_orders_is_the_discounted_gain_that_is_left(double[] reference, double[] live, double expected) =>
        Assert.Equal(expected, AttributionDrift.Ndcg(reference, live), 1e-12);

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_128)]
    public void Counters_of_devices_add_up_to_the_same_bytes_in_any_order(int seed)
    {
        Random random = new(seed);
        double[][] samples = [.. Enumerable.Range(0, 300).Select(_ => Enumerable.Range(0, 4).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 8))).ToArray())];
        AttributionCounters pooled = new(4);
        AttributionCounters[] parts = [.. Enumerable.Range(0, 7).Select(_ => new AttributionCounters(4))];
        foreach (double[] sample in samples)
        {
            pooled.Record(sample);
            parts[random.Next(parts.Length)].Record(sample);
        }

        random.Shuffle(parts);
        AttributionCounters merged = new(4);
        foreach (AttributionCounters part in parts)
        {
            merged.Add(part);
        }

        Assert.Equal(pooled.Sums, merged.Sums);
        Assert.Equal(pooled.Tops, merged.Tops);
        Assert.Equal(pooled.Samples, merged.Samples);
    }

    [Fact]
    public void A_model_that_listens_to_other_features_has_drifted_and_one_that_listens_to_the_same_has_not()
    {
        AttributionCounters reference = Counted([5, 2, 1, 0.1], 200, seed: 1);

        Assert.False(AttributionDrift.Compare(reference, Counted([5, 2, 1, 0.1], 60, seed: 2), 0.01).Drifted);
        Assert.True(AttributionDrift.Compare(reference, Counted([0.1, 1, 2, 5], 60, seed: 2), 0.01).Drifted);
        Assert.False(AttributionDrift.Compare(reference, Counted([0.1, 1, 2, 5], 20, seed: 2), 0.01).Drifted);
    }

    [Fact]
    public void An_attribution_that_is_no_number_is_left_out_whole_and_counted()
    {
        AttributionCounters counters = new(2);

        counters.Record([1, double.NaN]);
        counters.Record([0, 0]);

        Assert.Equal(1, counters.Skipped);
        Assert.Equal(1, counters.Samples);
        Assert.Equal([0.0, 0], counters.Means());
        Assert.Equal([0L, 0], counters.Tops);
    }

    private static AttributionCounters Counted(double[] sizes, int samples, int seed)
    {
        Random random = new(seed);
        AttributionCounters counters = new(sizes.Length);
        for (int i = 0; i < samples; i++)
        {
            counters.Record([.. sizes.Select(size => size * (random.NextDouble() - 0.5))]);
        }

        return counters;
    }
}
