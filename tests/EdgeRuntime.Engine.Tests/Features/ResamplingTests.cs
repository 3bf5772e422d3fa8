using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Features;

public sealed class ResamplingTests
{
    // As an aligned sensor lays its frames out: every channel in every way, and its age.
    private static readonly Channel[] Aligned =
    [
        .. from channel in Some.Sensor
           from way in (ResampleWay[])[ResampleWay.Hold, ResampleWay.Nearest, ResampleWay.Linear, ResampleWay.Mean, ResampleWay.Age]
           select new Channel(channel.Name, way == ResampleWay.Age ? "ms" : channel.Unit) { Way = way },
    ];

    [Theory]
    [InlineData(null, 1)]
    [InlineData("hold", 1)]
    [InlineData("nearest", 2)]
    [InlineData("linear", 3)]
    [InlineData("mean", 4)]
    public void A_channel_is_taken_in_the_way_its_manifest_names(string? way, double expected)
    {
        FeaturePipeline pipeline = Bind(new ManifestChannel("x", "m/s2") { Resample = way });

        pipeline.Push([1, 2, 3, 4, 500, 9, 9, 9, 9, 0]);

        Assert.Equal(expected, pipeline.Values[0]);
    }

    [Theory]
    [InlineData(499, true)]
    [InlineData(500, false)]
    [InlineData(double.NaN, false)]
    public void A_value_that_reached_its_bound_of_age_is_missing(double ageMs, bool there)
    {
        FeaturePipeline pipeline = Bind(new ManifestChannel("x", "m/s2") { MaxAgeMs = 500 });

        pipeline.Push([1, 2, 3, 4, ageMs, 9, 9, 9, 9, 0]);

        Assert.Equal(there, !double.IsNaN(pipeline.Values[0]));
    }

    private static FeaturePipeline Bind(ManifestChannel channel)
    {
        ModelManifest manifest = Some.Manifest(1, 1, Some.Feature("last")) with { Channels = [channel] };
        bool bound = PipelineBinding.TryBind(manifest, Aligned, 50, null, out FeaturePipeline? pipeline, out var mistakes);
        Assert.True(bound, string.Join('\n', mistakes));
        return pipeline!;
    }
}
