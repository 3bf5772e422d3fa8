using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Statistics.Tests.Comparisons;

public sealed class QuantileEdgesTests
{
    [Fact]
    public void Values_close_together_far_from_nought_keep_their_bins()
    {
        Random random = new(5);
        double[] pressure = [.. Enumerable.Range(0, 1_000).Select(_ => 101_325 + random.NextDouble())];

        double[] edges = QuantileEdges.Of(pressure, 10);

        Assert.Equal(11, edges.Length);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1e300)]
    [InlineData(1e-300)]
    [InlineData(20.5)]
    public void A_constant_lies_between_two_edges(double constant)
    {
        double[] edges = QuantileEdges.Of([constant, constant, constant], 10);

        Assert.Equal(1, BinCounter.BinOf(edges, constant));
        Assert.True(edges[0] < constant && constant < edges[^1]);
    }
}
