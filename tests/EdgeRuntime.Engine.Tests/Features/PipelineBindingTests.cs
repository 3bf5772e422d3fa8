using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Features;

public sealed class PipelineBindingTests
{
    [Fact]
    public void Every_mistake_is_listed_at_once_with_its_path()
    {
        PackageManifest manifest = Some.Manifest(
            64,
            65,
            Some.Feature("mean"),
            Some.Feature("mean"),
            Some.Feature("kurtosys"),
            Some.Feature("last", "z"),
            Some.Feature("quantile"),
            Some.Feature("quantile") with { Name = "q", Quantile = 1.5 },
            Some.Feature("band_energy") with { LowHz = -1, HighHz = 26 },
            Some.Feature("band_energy") with { Name = "b" },
            Some.Feature("std") with { Transform = "log", Scale = 0, Clip = 0, Center = double.NaN, Missing = 1e99 })
            with
        { Channels = [new("x", "g"), new("yy", "Cel"), new("w", "1")] };

        IReadOnlyList<string> mistakes = Refused(manifest, rateHz: 60, new Dictionary<string, string>
        {
            ["w"] = "why",
            ["X"] = "y",
        });

        Assert.Equal(
            [
                "pipeline.rate_hz: the windows are made for 50 frames per second and the sensor gives 60; they may differ by 10 % at most",
                "mapping.X: the package has no channel 'X'; did you mean 'x'?",
                "channels[0].unit: 'x' is wanted in 'g' and the sensor gives 'x' in 'm/s2'",
                "channels[1].name: the sensor has no channel 'yy'; did you mean 'y'?",
                "channels[2].name: the sensor has no channel 'why', which 'w' is mapped to",
                "pipeline.hop_frames: 65 is outside 1 to the 64 frames of a window",
                "pipeline.features[1].name: 'x_mean' is the name of another feature already",
                "pipeline.features[2].statistic: 'kurtosys' is none of last, mean, std, min, max, range, rms, delta, slope, crest, kurtosis, skewness, median, quantile, band_energy, zero_crossings, raw; did you mean 'kurtosis'?",
                "pipeline.features[3].channel: the package has no channel 'z'; did you mean 'x'?",
                "pipeline.features[4].quantile: missing; statistic 'quantile' needs one from 0 to 1",
                "pipeline.features[5].quantile: 1.5 is outside 0 to 1",
                "pipeline.features[6].low_hz: -1 is below 0",
                "pipeline.features[6].high_hz: 26 is above 25, half the frames per second",
                "pipeline.features[7].low_hz: missing; statistic 'band_energy' needs one",
                "pipeline.features[7].high_hz: missing; statistic 'band_energy' needs one",
                "pipeline.features[8].transform: 'log' is none of none, log1p, sqrt",
                "pipeline.features[8].center: NaN is not finite",
                "pipeline.features[8].scale: 0 cannot divide; a finite number other than 0 is needed",
                "pipeline.features[8].clip: 0 is not greater than 0",
                "pipeline.features[8].missing: 1E+99 is not a finite 32-bit number",
            ],
            mistakes);
    }

    [Fact]
    public void A_band_between_two_spectral_lines_is_refused()
    {
        PackageManifest manifest = Some.Manifest(64, 64, Some.Feature("band_energy") with { LowHz = 1.0, HighHz = 1.5 });

        string mistake = Assert.Single(Refused(manifest));

        Assert.Equal(
            "pipeline.features[0].high_hz: no spectral line lies from 1 to below 1.5 Hz; lines are 0.7812 Hz apart in a window of 64 frames",
            mistake);
    }

    [Theory]
    [InlineData(0, "pipeline.window_frames: 0 is outside 1 to 65536")]
    [InlineData(65537, "pipeline.window_frames: 65537 is outside 1 to 65536")]
    public void A_window_of_no_frames_or_too_many_is_refused(int frames, string sentence) =>
        Assert.Contains(sentence, Refused(Some.Manifest(frames, 1, Some.Feature("mean"))));

    [Fact]
    public void A_spectrum_of_three_frames_is_refused() =>
        Assert.Equal(
            "pipeline.features[0].statistic: 'band_energy' needs a window of at least 4 frames",
            Assert.Single(Refused(Some.Manifest(3, 1, Some.Feature("band_energy") with { LowHz = 1, HighHz = 20 }))));

    [Fact]
    public void A_pipeline_without_features_is_refused() =>
        Assert.Equal("pipeline.features: there is none, and a model needs input", Assert.Single(Refused(Some.Manifest(3, 1))));

    [Theory]
    [InlineData(45, true)]
    [InlineData(55, true)]
    [InlineData(44.9, false)]
    [InlineData(55.1, false)]
    [InlineData(double.NaN, false)]
    public void A_rate_within_a_tenth_binds(double rateHz, bool expected)
    {
        PackageManifest manifest = Some.Manifest(4, 4, Some.Feature("mean"));

        Assert.Equal(expected, PipelineBinding.TryBind(manifest, Some.Sensor, rateHz, null, out _, out _));
    }

    [Fact]
    public void A_mapped_channel_is_read_from_where_the_sensor_has_it()
    {
        PackageManifest manifest = Some.Manifest(1, 1, Some.Feature("last"), Some.Feature("last", "y"));
        Channel[] sensor = [new("noise", "1"), new("case_temperature", "Cel"), new("x", "m/s2")];

        bool bound = PipelineBinding.TryBind(
            manifest, sensor, 50, new Dictionary<string, string> { ["y"] = "case_temperature" },
            out FeaturePipeline? pipeline, out IReadOnlyList<string> mistakes);

        Assert.True(bound, string.Join('\n', mistakes));
        pipeline!.Push([-1, 36.6, 9.8]);
        Assert.Equal([9.8, 36.6], pipeline.Values);
    }

    private static IReadOnlyList<string> Refused(
        PackageManifest manifest, double rateHz = 50, Dictionary<string, string>? mapping = null)
    {
        bool bound = PipelineBinding.TryBind(
            manifest, Some.Sensor, rateHz, mapping, out FeaturePipeline? pipeline, out IReadOnlyList<string> mistakes);

        Assert.False(bound);
        Assert.Null(pipeline);
        return mistakes;
    }
}
