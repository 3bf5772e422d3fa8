using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Statistics.Tests.Counters;

public sealed class MomentsTests
{
    // numpy 1.24 and scipy 1.10: mean, var(ddof=1), skew, kurtosis of these, and the sums of products for the correlations.
    private static readonly double[] Some = [2, 4, 4, 4, 5, 5, 7, 9, -1, 13.5];

    [Fact]
    public void Moments_are_those_of_scipy()
    {
        Moments moments = Moments.Of(Some);

        Assert.Equal(5.25, moments.Mean, 1e-14);
        Assert.Equal(15.51388888888889, moments.Variance, 1e-13);
        Assert.Equal(0.6425752699346394, moments.Skewness, 1e-14);
        Assert.Equal(0.3261694220274438, moments.Kurtosis, 1e-14);
        Assert.Equal((-1, 13.5), (moments.Min, moments.Max));
    }

    /// <summary>
    /// NIST's constructed series (StRD, univariate): one value, then two others in turn, 1,001 in all. Doubles carry 9.4 and 8.2 digits of
    /// the deviations of the last two.
    /// </summary>
    [Theory]
    [InlineData(1.2, 1.1, 1.3, 1.2, 0.1, 10)]
    [InlineData(1000000.2, 1000000.1, 1000000.3, 1000000.2, 0.1, 9.4)]
    [InlineData(10000000.2, 10000000.1, 10000000.3, 10000000.2, 0.1, 8.2)]
    public void Certified_values_of_nearly_constant_series_are_met(
        double first, double low, double high, double mean, double deviation, double digits)
    {
        double[] series = [first, .. Enumerable.Range(0, 1_000).Select(i => i % 2 == 0 ? low : high)];

        Moments moments = Moments.Of(series);

        Assert.True(Digits(moments.Mean, mean) >= 10, $"mean: {Digits(moments.Mean, mean)} digits");
        Assert.True(
            Digits(moments.StandardDeviation, deviation) >= digits, $"deviation: {Digits(moments.StandardDeviation, deviation)} digits");
        Assert.True(Digits(Moments.Autocorrelation(series), -0.999) >= 10, $"correlation: {Moments.Autocorrelation(series)}");
    }

    [Fact]
    public void Parts_that_are_added_have_the_moments_of_the_whole()
    {
        Random random = new(4);
        double[] values = [.. Enumerable.Range(0, 5_000).Select(_ => 1e6 + Math.Exp(2 * random.NextDouble()))];
        Moments sum = new();

        foreach (double[] part in values.Chunk(700))
        {
            sum.Add(Moments.Of(part));
        }

        Moments whole = Moments.Of(values);
        Assert.Equal(whole.Count, sum.Count);
        Assert.Equal(whole.Mean, sum.Mean, 1e-8);
        Assert.Equal(1, sum.Variance / whole.Variance, 1e-9);
        Assert.Equal(whole.Skewness, sum.Skewness, 1e-7);
        Assert.Equal(whole.Kurtosis, sum.Kurtosis, 1e-7);
    }

    [Fact]
    public void Autocorrelation_is_that_of_the_products_about_the_mean()
    {
        Assert.Equal(-0.43912264995523725, Moments.Autocorrelation(Some), 1e-14);
        Assert.Equal(0.12578334825425247, Moments.Autocorrelation(Some, 3), 1e-14);
        Assert.Equal(double.NaN, Moments.Autocorrelation([1, 1, 1]));
        Assert.Equal(double.NaN, Moments.Autocorrelation(Some, Some.Length));
    }

    private static double Digits(double value, double certified) =>
        value == certified ? 15 : Math.Min(15, -Math.Log10(Math.Abs(value - certified) / Math.Abs(certified)));
}
