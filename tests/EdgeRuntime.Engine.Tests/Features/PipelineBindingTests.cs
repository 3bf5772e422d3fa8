using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Features;

public sealed class PipelineBindingTests
{
    [Fact]
    public void Everything_that_keeps_a_package_from_a_sensor_is_listed_at_once_with_its_path()
    {
        ModelManifest manifest = Some.Manifest(64, 64, Some.Feature("mean")) with
        {
            Channels = [new("x", "g"), new("yy", "Cel"), new("w", "1")],
        };

        bool bound = PipelineBinding.TryBind(
            manifest,
            Some.Sensor,
            60,
            new Dictionary<string, string> { ["w"] = "why", ["X"] = "y" },
            out FeaturePipeline? pipeline,
            out IReadOnlyList<string> mistakes);

        Assert.False(bound);
        Assert.Null(pipeline);
        Assert.Equal(
            [
                "pipeline.rate_hz: the windows are made for 50 frames per second and the sensor gives 60; they may differ by 10 % at most; the driver aligned brings a sensor to another rate",
                "mapping.X: the package has no channel 'X'; did you mean 'x'?",
                "channels[0].unit: 'x' is wanted in g and the sensor gives 'x' in m/s2",
                "channels[1].name: the sensor has no channel 'yy'; did you mean 'y'?",
                "channels[2].name: the sensor has no channel 'why', which 'w' is mapped to",
            ],
            mistakes);
    }

    public static TheoryData<string, int, int, FeatureSpec[]> Invalid => new()
    {
        { "pipeline.window_frames: 0 is outside 1 to 65536", 0, 1, [Some.Feature("mean")] },
        { "pipeline.window_frames: 65537 is outside 1 to 65536", 65537, 1, [Some.Feature("mean")] },
        { "pipeline.hop_frames: 5 is outside 1 to the 4 frames of a window", 4, 5, [Some.Feature("mean")] },
        { "pipeline.features: there is none, and a model needs input", 4, 4, [] },
        { "pipeline.features[1].channel: 'z' is not among the manifest's channels", 4, 4, [Some.Feature("last"), Some.Feature("last", "z")] },
        { "pipeline.features[0].transform: 'ln' is none of none, log1p, sqrt, log, log10", 4, 4, [Some.Feature("last") with { Transform = "ln" }] },
        { "pipeline.features[0].scale: 0 cannot divide", 4, 4, [Some.Feature("last") with { Scale = 0 }] },
        { "pipeline.features[0].clip: -1 is not above 0", 4, 4, [Some.Feature("last") with { Clip = -1 }] },
        { "pipeline.features[0].quantile: the statistic quantile needs one from 0 to 1", 4, 4, [Some.Feature("quantile")] },
        { "pipeline.features[0].statistic: band_energy needs a window of at least 4 frames", 3, 3, [Band(1, 20)] },
        { "pipeline.features[0].low_hz: the statistic band_energy needs one of at least 0", 64, 64, [Band(null, 20)] },
        { "pipeline.features[0].high_hz: the statistic band_energy needs one of at most 25, half the frames per second", 64, 64, [Band(1, 26)] },
        { "pipeline.features[0].high_hz: no line of the spectrum lies from 1 to below 1.5 Hz", 64, 64, [Band(1, 1.5)] },
    };

    [Theory]
    [MemberData(nameof(Invalid), DisableDiscoveryEnumeration = true)]
    public void A_manifest_that_was_built_wrong_in_code_is_refused_by_its_first_fault(
        string sentence, int windowFrames, int hopFrames, FeatureSpec[] features)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => PipelineBinding.TryBind(
            Some.Manifest(windowFrames, hopFrames, features), Some.Sensor, 50, null, out _, out _));

        Assert.Equal(sentence, refusal.Message);
    }

    [Theory]
    [InlineData(45, true)]
    [InlineData(55, true)]
    [InlineData(44.9, false)]
    [InlineData(55.1, false)]
    [InlineData(double.NaN, false)]
    public void A_rate_within_a_tenth_binds(double rateHz, bool expected)
    {
        ModelManifest manifest = Some.Manifest(4, 4, Some.Feature("mean"));

        Assert.Equal(expected, PipelineBinding.TryBind(manifest, Some.Sensor, rateHz, null, out _, out _));
    }

    [Fact]
    public void A_mapped_channel_is_read_from_where_the_sensor_has_it()
    {
        ModelManifest manifest = Some.Manifest(1, 1, Some.Feature("last"), Some.Feature("last", "y"));
        Channel[] sensor = [new("noise", "1"), new("case_temperature", "Cel"), new("x", "m/s2")];

        bool bound = PipelineBinding.TryBind(
            manifest, sensor, 50, new Dictionary<string, string> { ["y"] = "case_temperature" },
            out FeaturePipeline? pipeline, out IReadOnlyList<string> mistakes);

        Assert.True(bound, string.Join('\n', mistakes));
        pipeline!.Push([-1, 36.6, 9.8]);
        Assert.Equal([9.8, 36.6], pipeline.Values);
    }

    private static FeatureSpec Band(double? low, double? high) =>
        Some.Feature("band_energy") with { LowHz = low, HighHz = high };
}
