namespace EdgeRuntime.Statistics.Tests;

public sealed class ChiSquaredTests
{
    // NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.4, upper critical values.
    [Theory]
    [InlineData(1, 0.10, 2.706)]
    [InlineData(1, 0.05, 3.841)]
    [InlineData(1, 0.001, 10.828)]
    [InlineData(9, 0.10, 14.684)]
    [InlineData(9, 0.01, 21.666)]
    [InlineData(9, 0.001, 27.877)]
    [InlineData(31, 0.05, 44.985)]
    [InlineData(31, 0.001, 61.098)]
    [InlineData(100, 0.025, 129.561)]
    [InlineData(100, 0.001, 149.449)]
    public void Critical_values_agree_with_the_published_table(int degrees, double level, double value) =>
        Assert.Equal(value, ChiSquared.UpperQuantile(level, degrees), 0.0005);

    // scipy 1.10.1: stats.chi2.isf(level, degrees).
    [Theory]
    [InlineData(1, 1e-6, 23.928126976934827)]
    [InlineData(1, 1e-12, 50.844127911818155)]
    [InlineData(2, 0.001, 13.815510557964274)]
    [InlineData(5, 1e-6, 35.888186879672865)]
    [InlineData(9, 0.05, 16.91897760462045)]
    [InlineData(9, 1e-12, 76.0059251419943)]
    [InlineData(31, 1e-6, 83.64251584700447)]
    [InlineData(100, 1e-12, 233.8105679592079)]
    public void Critical_values_agree_with_scipy_far_into_the_tail(int degrees, double level, double value) =>
        Assert.Equal(value, ChiSquared.UpperQuantile(level, degrees), value * 1e-12);

    // scipy 1.10.1: stats.chi2.cdf(x, degrees), stats.chi2.sf(x, degrees).
    [Theory]
    [InlineData(0.5, 1, 0.5204998778130466, 0.47950012218695337)]
    [InlineData(3.2, 4, 0.47506905321389586, 0.5249309467861041)]
    [InlineData(25, 9, 0.9970288195140824, 0.002971180485917624)]
    [InlineData(120, 31, 0.9999999999979206, 2.0794905460365754e-12)]
    [InlineData(0.01, 10, 2.593339189839545e-14, 0.999999999999974)]
    [InlineData(1000, 100, 1, 2.3060767380354624e-148)]
    public void Both_tails_agree_with_scipy_to_twelve_digits(double x, int degrees, double cdf, double survival)
    {
        Assert.Equal(cdf, ChiSquared.Cdf(x, degrees), cdf * 1e-12);
        Assert.Equal(survival, ChiSquared.Survival(x, degrees), survival * 1e-11);
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.3)]
    [InlineData(0.95)]
    [InlineData(0.9999)]
    public void The_quantile_undoes_the_distribution(double p)
    {
        for (int degrees = 1; degrees <= 64; degrees++)
        {
            Assert.Equal(p, ChiSquared.Cdf(ChiSquared.Quantile(p, degrees), degrees), 1e-12);
        }
    }

    [Fact]
    public void The_ends_are_exact()
    {
        Assert.Equal(0, ChiSquared.Cdf(0, 3));
        Assert.Equal(1, ChiSquared.Survival(-1, 3));
        Assert.Equal(1, ChiSquared.Cdf(double.PositiveInfinity, 3));
        Assert.Equal(0, ChiSquared.Quantile(0, 3));
        Assert.Equal(0, ChiSquared.UpperQuantile(1, 3));
        Assert.True(double.IsNaN(ChiSquared.Cdf(double.NaN, 3)));
    }

    [Fact]
    public void What_is_not_a_probability_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquared.Quantile(1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquared.Quantile(double.NaN, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquared.UpperQuantile(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => ChiSquared.Cdf(1, 0));
    }
}
