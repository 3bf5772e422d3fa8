using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Features;

/// <summary>Manifests and pipelines that are right in everything a test does not change.</summary>
internal static class Some
{
    public static FeatureSpec Feature(string statistic, string channel = "x") =>
        new() { Name = $"{channel}_{statistic}", Channel = channel, Statistic = statistic };

    public static ModelManifest Manifest(int windowFrames, int hopFrames, params FeatureSpec[] features) => new()
    {
        Schema = 1,
        Name = "some",
        Version = "1.0.0",
        ReleaseCounter = 1,
        Description = "Some model.",
        Channels = [new("x", "m/s2"), new("y", "Cel", Low: -40, High: 125)],
        Pipeline = new() { RateHz = 50, WindowFrames = windowFrames, HopFrames = hopFrames, Features = features },
        Model = new() { File = "model.onnx", Input = "features", Output = "logits" },
        Output = new() { Kind = "classification", Labels = ["idle", "busy"] },
        Decision = new() { Threshold = 0.5 },
        Soak = new() { Samples = 100, MaxP99Ms = 5 },
        Files = [],
    };

    public static IReadOnlyList<Channel> Sensor { get; } = [new("x", "m/s2"), new("y", "Cel")];

    public static FeaturePipeline Pipeline(int windowFrames, int hopFrames, params FeatureSpec[] features) =>
        Pipeline(Manifest(windowFrames, hopFrames, features));

    public static FeaturePipeline Pipeline(ModelManifest manifest)
    {
        bool bound = PipelineBinding.TryBind(
            manifest, Sensor, 50, null, out FeaturePipeline? pipeline, out var mistakes);
        Assert.True(bound, string.Join('\n', mistakes));
        return pipeline!;
    }

    /// <summary>The signal of the reference values: numpy <c>((i*7919+13)%101)/10-5</c>.</summary>
    public static double Signal(int i) => (((i * 7919) + 13) % 101 / 10.0) - 5;
}
