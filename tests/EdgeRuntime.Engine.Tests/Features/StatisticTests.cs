using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;

namespace EdgeRuntime.Engine.Tests.Features;

/// <summary>
/// Expected values: numpy 1.24.2 and scipy 1.10.1 on <c>i=np.arange(n); x=((i*7919+13)%101)/10-5</c> at 50 Hz, by the
/// expression named at each.
/// </summary>
public sealed class StatisticTests
{
    [Theory]
    [InlineData("last", 64, 2.0999999999999996)] // x[-1]
    [InlineData("last", 60, -4.2)]
    [InlineData("mean", 64, -0.010937499999999989)] // np.mean(x)
    [InlineData("mean", 60, -0.07833333333333335)]
    [InlineData("std", 64, 2.9165003207772413)] // np.std(x)
    [InlineData("std", 60, 2.9427929855080794)]
    [InlineData("min", 17, -5)] // x.min()
    [InlineData("max", 17, 4.800000000000001)] // x.max()
    [InlineData("range", 17, 9.8)] // np.ptp(x)
    [InlineData("rms", 64, 2.9165208296873173)] // np.sqrt(np.mean(x**2))
    [InlineData("delta", 64, 5.8)] // x[-1]-x[0]
    [InlineData("delta", 60, -0.5)]
    [InlineData("slope", 64, 0.19059065934066036)] // np.polyfit(np.arange(n)/50,x,1)[0]
    [InlineData("slope", 17, -1.7034313725490209)]
    [InlineData("crest", 64, 1.714371435000536)] // np.abs(x).max()/np.sqrt(np.mean(x**2))
    [InlineData("crest", 60, 1.6984645460931596)]
    [InlineData("kurtosis", 64, -1.1943540821903218)] // stats.kurtosis(x)
    [InlineData("kurtosis", 17, -1.1414825788168674)]
    [InlineData("skewness", 60, 0.027279313939712595)] // stats.skew(x)
    [InlineData("skewness", 17, 0.030020431482592008)]
    [InlineData("median", 64, -0.04999999999999982)] // np.median(x)
    [InlineData("median", 17, 0.40000000000000036)]
    [InlineData("zero_crossings", 64, 51)] // s=np.sign(x); s=s[s!=0]; np.count_nonzero(s[1:]!=s[:-1])
    [InlineData("zero_crossings", 60, 48)]
    public void A_statistic_agrees_with_numpy(string statistic, int frames, double expected) =>
        Assert.Equal(expected, Of(frames, Some.Feature(statistic)), 1e-12);

    [Theory]
    [InlineData(64, 3.940000000000001)] // np.quantile(x,.9)
    [InlineData(60, 3.830000000000001)]
    [InlineData(17, 3.72)]
    public void A_quantile_agrees_with_numpy(int frames, double expected) =>
        Assert.Equal(expected, Of(frames, Some.Feature("quantile") with { Quantile = 0.9 }), 1e-12);

    [Theory]
    [InlineData(0, -5)]
    [InlineData(1, 5)]
    public void The_outermost_quantiles_are_minimum_and_maximum(double q, double expected) =>
        Assert.Equal(expected, Of(64, Some.Feature("quantile") with { Quantile = q }));

    // f,P=signal.periodogram(x,50,'hann',detrend='constant'); (P*50/n)[(f>=5)&(f<12.5)].sum()
    [Theory]
    [InlineData(64, 2.182736426425282)]
    [InlineData(60, 2.205636870928706)]
    [InlineData(17, 1.9275331585209894)]
    public void A_bands_energy_agrees_with_scipys_periodogram(int frames, double expected) =>
        Assert.Equal(expected, Of(frames, Band(5, 12.5)), 1e-12);

    // As above with (f<25).
    [Theory]
    [InlineData(64, 8.443226746766744)]
    [InlineData(60, 8.425223378296648)]
    [InlineData(17, 8.853428983304443)]
    public void Touching_bands_add_up_to_their_union(int frames, double expected)
    {
        FeaturePipeline pipeline = Some.Pipeline(
            frames, frames, Band(0, 5) with { Name = "a" }, Band(5, 12.5) with { Name = "b" }, Band(12.5, 25) with { Name = "c" });

        Fill(pipeline, frames);

        Assert.Equal(expected, pipeline.Values[0] + pipeline.Values[1] + pipeline.Values[2], 1e-12);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(1000)]
    public void A_sine_of_amplitude_two_has_energy_two_in_its_band_and_none_elsewhere(int frames)
    {
        FeaturePipeline pipeline = Some.Pipeline(frames, frames, Band(4, 8), Band(9, 25) with { Name = "other" });

        // A whole number of periods; the window spreads it over three lines, all within the band.
        int periods = frames * 6 / 50;
        for (int i = 0; i < frames; i++)
        {
            pipeline.Push([3 + (2 * Math.Sin(2 * Math.PI * periods * i / frames)), 0]);
        }

        Assert.Equal(2, pipeline.Values[0], 1e-10);
        Assert.Equal(0, pipeline.Values[1], 1e-10);
    }

    [Fact]
    public void An_edge_on_a_spectral_line_takes_the_line_into_the_upper_band_only()
    {
        // Lines are 50/100 = 0.5 Hz apart, so the bands hold one line each: 4 Hz and 4.5 Hz.
        FeaturePipeline pipeline = Some.Pipeline(100, 100, Band(4, 4.5), Band(4.5, 5) with { Name = "upper" });

        for (int i = 0; i < 100; i++)
        {
            pipeline.Push([Math.Sin(2 * Math.PI * 9 * i / 100), 0]);
        }

        // A Hann window leaves two thirds of a sine's energy, 1/2, in its own line and a sixth in each neighbour.
        Assert.Equal(1.0 / 12, pipeline.Values[0], 1e-12);
        Assert.Equal(1.0 / 3, pipeline.Values[1], 1e-12);
    }

    // m=np.isfinite(x); y=x[m]; t=np.arange(64)/50, with x[[0,5,6,10,63]]=np.nan.
    [Theory]
    [InlineData("last", -2)] // y[-1]
    [InlineData("mean", 0.11355932203389832)] // y.mean()
    [InlineData("std", 2.922354380946436)] // y.std()
    [InlineData("delta", -2.4000000000000004)] // y[-1]-y[0]
    [InlineData("slope", -0.6872083338841679)] // np.polyfit(t[m],y,1)[0]
    [InlineData("median", 0)] // np.median(y)
    [InlineData("kurtosis", -1.1585220452610594)] // stats.kurtosis(y)
    [InlineData("band_energy", 2.192662301586122)] // signal.periodogram(np.where(m,x-y.mean(),0),50,'hann',detrend=False), summed as above
    public void Missing_values_are_left_out(string statistic, double expected)
    {
        FeatureSpec spec = statistic == "band_energy" ? Band(5, 12.5) : Some.Feature(statistic);
        FeaturePipeline pipeline = Some.Pipeline(64, 64, spec);

        for (int i = 0; i < 64; i++)
        {
            pipeline.Push([i is 0 or 5 or 6 or 10 or 63 ? double.NaN : Some.Signal(i), 0]);
        }

        Assert.Equal(expected, pipeline.Values[0], 1e-12);
    }

    [Theory]
    [InlineData("std")]
    [InlineData("range")]
    [InlineData("delta")]
    [InlineData("slope")]
    [InlineData("kurtosis")]
    [InlineData("skewness")]
    [InlineData("band_energy")]
    [InlineData("zero_crossings")]
    public void A_constant_signal_shows_no_change_at_all_not_even_from_rounding(string statistic)
    {
        FeatureSpec spec = statistic == "band_energy" ? Band(0, 25) : Some.Feature(statistic);
        FeaturePipeline pipeline = Some.Pipeline(7, 7, spec);

        // The sum of seven times 0.1 is not 0.7 in double precision.
        for (int i = 0; i < 7; i++)
        {
            pipeline.Push([0.1, 0]);
        }

        Assert.Equal(0, pipeline.Values[0]);
    }

    [Fact]
    public void A_signal_of_zeros_has_no_crest()
    {
        FeaturePipeline pipeline = Some.Pipeline(4, 4, Some.Feature("crest"));

        for (int i = 0; i < 4; i++)
        {
            pipeline.Push([0, 0]);
        }

        Assert.Equal(0, pipeline.Values[0]);
    }

    [Fact]
    public void Zeros_between_equal_signs_are_no_crossing_and_between_opposite_ones_a_single_one()
    {
        FeaturePipeline pipeline = Some.Pipeline(7, 7, Some.Feature("zero_crossings"));

        foreach (double value in (double[])[0, 1, 0, 2, 0, 0, -1])
        {
            pipeline.Push([value, 0]);
        }

        Assert.Equal(1, pipeline.Values[0]);
    }

    private static FeatureSpec Band(double low, double high) =>
        Some.Feature("band_energy") with { LowHz = low, HighHz = high };

    private static double Of(int frames, FeatureSpec spec)
    {
        FeaturePipeline pipeline = Some.Pipeline(frames, frames, spec);
        Fill(pipeline, frames);
        return pipeline.Values[0];
    }

    private static void Fill(FeaturePipeline pipeline, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            Assert.Equal(i == frames - 1, pipeline.Push([Some.Signal(i), 0]));
        }
    }
}
