namespace EdgeRuntime.Statistics.Tests;

public sealed class ProportionIntervalTests
{
    // scipy 1.10.1: stats.binomtest(k, n).proportion_ci(confidence, 'wilson').
    [Theory]
    [InlineData(0, 20, 0.95, 0, 0.16112515805281935)]
    [InlineData(5, 50, 0.95, 0.04347576493189041, 0.21360231437479654)]
    [InlineData(20, 20, 0.95, 0.8388748419471808, 1)]
    [InlineData(263, 2000, 0.99, 0.11324768663191354, 0.1521891885581051)]
    public void Wilsons_interval_agrees_with_scipy(long k, long n, double confidence, double low, double high)
    {
        (double gotLow, double gotHigh) = ProportionInterval.Wilson(k, n, confidence);

        Assert.Equal(low, gotLow, 1e-12);
        Assert.Equal(high, gotHigh, 1e-12);
    }

    // R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    public void The_interval_of_a_difference_agrees_with_newcombes_table(
        long k1, long n1, long k2, long n2, double low, double high)
    {
        (double gotLow, double gotHigh) = ProportionInterval.Difference(k1, n1, k2, n2, 0.95);

        Assert.Equal(low, gotLow, 0.00005);
        Assert.Equal(high, gotHigh, 0.00005);
    }

    [Fact]
    public void Without_trials_nothing_is_known()
    {
        Assert.Equal((0, 1), ProportionInterval.Wilson(0, 0, 0.95));
        Assert.Equal((-1, 1), ProportionInterval.Difference(0, 0, 0, 0, 0.95));

        (double low, double high) = ProportionInterval.Difference(0, 0, 10, 20, 0.95);
        Assert.True(low < -0.5 && high > 0.5, $"{low} to {high}");
    }

    // scipy 1.10.1: stats.norm.ppf((1 + confidence) / 2).
    [Theory]
    [InlineData(0.5, 0.6744897501960817)]
    [InlineData(0.95, 1.959963984540054)]
    [InlineData(0.99, 2.5758293035489004)]
    [InlineData(0.9999, 3.8905918864131204)]
    public void The_normal_quantile_agrees_with_scipy(double confidence, double z) =>
        Assert.Equal(z, ProportionInterval.NormalQuantile(confidence), 1e-11);

    [Fact]
    public void Impossible_counts_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.Wilson(3, 2, 0.95));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.Wilson(-1, 2, 0.95));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProportionInterval.Wilson(1, 2, 1));
    }
}
