using EdgeRuntime.Statistics.Distributions;

namespace EdgeRuntime.Statistics.Tests.Distributions;

public sealed class PearsonCurveTests
{
    // scipy 1.10.1: d = stats.betaprime(a, b) of (4, 30), (9, 100) and (20, 60); d.stats('mvsk'), d.sf(3 * mean), d.isf(5e-4).
    [Theory]
    [InlineData(0.13793103448275862, 0.005605571598437237, 1.2622925110709595, 2.712768712768722, 0.005356775864546415, 0.5580075508159096)]
    [InlineData(0.09090909090909091, 0.001011975037949064, 0.7659916377775594, 0.9517826460480876, 7.270881909759996e-05, 0.23841991961404257)]
    [InlineData(0.3389830508474576, 0.007825733786367375, 0.6655424910488911, 0.7834277148568112, 1.4714329328313625e-06, 0.7381565951768281)]
    public void Through_the_moments_of_a_beta_prime_distribution_goes_that_distribution(
        double mean, double variance, double skewness, double excess, double tail, double quantile)
    {
        PearsonCurve curve = new(mean, variance, skewness, excess);

        Assert.Equal(1, curve.Survival(3 * mean) / tail, 1e-9);
        Assert.Equal(1, curve.UpperQuantile(5e-4) / quantile, 1e-9);
        Assert.Equal(1, curve.Survival(-1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    public void Without_heavier_tails_it_is_the_gamma_distribution_of_three_moments(double heavier)
    {
        // Nine degrees of freedom: 2 sqrt(2/9) and 12/9 belong to the chi-squared distribution.
        PearsonCurve curve = new(9, 18, Math.Sqrt(8.0 / 9), (12.0 / 9) + heavier);

        Assert.Equal(1, curve.Survival(27.877) / ChiSquared.Survival(27.877, 9), 1e-12);
        Assert.Equal(ChiSquared.UpperQuantile(0.001, 9), curve.UpperQuantile(0.001), 1e-9);
    }

    [Theory]
    [InlineData(0.6, 0.7)]
    [InlineData(1, 2.2)]
    [InlineData(0.1, 3)]
    [InlineData(0.5, 0.375)]
    [InlineData(-0.4, 0.5)]
    public void What_reaches_a_quantile_has_the_level_for_its_p_value(double skewness, double excess)
    {
        PearsonCurve curve = new(2, 0.25, skewness, excess);
        foreach (double level in (double[])[0.9, 0.05, 5e-4, 2e-5, 1e-9])
        {
            double quantile = curve.UpperQuantile(level);

            Assert.Equal(1, curve.Survival(quantile) / level, 1e-9);
            Assert.True(curve.Survival(quantile) <= level);
        }
    }

    [Theory]
    [InlineData(100, 100_000)]
    [InlineData(100, -3)]
    [InlineData(1e-9, 100_000)]
    [InlineData(-100, 0)]
    public void Whatever_moments_a_file_tells_there_is_a_quantile_and_an_end(double skewness, double excess)
    {
        PearsonCurve curve = new(2, 0.25, skewness, excess);
        foreach (double level in (double[])[0.5, 1e-3, 1e-30, double.Epsilon])
        {
            Assert.True(double.IsFinite(curve.UpperQuantile(level)));
            Assert.InRange(curve.Survival(1e9), 0, 1);
        }
    }

    [Fact]
    public void What_cannot_vary_is_certain()
    {
        PearsonCurve curve = new(3, 0, 0, 0);

        Assert.Equal((1, 0, 3), (curve.Survival(3), curve.Survival(3.1), curve.UpperQuantile(0.05)));
    }
}
