using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Features;

/// <summary>Reads what the features of a manifest ask for, and gives each its place.</summary>
/// <remarks>
/// Manifests are checked where they are read, with line and column; what is refused here can only come from a manifest
/// that was built in code.
/// </remarks>
internal static class FeatureResolution
{
    private const int LongestWindow = 65536;

    private static readonly string[] Transforms = ["none", "log1p", "sqrt", "log", "log10"];
    private static readonly string[] Policies = ["constant", "hold", "mean", "drop"];
    private static readonly string[] Scales = ["none", "max", "peak", "mean", "standard"];

    /// <summary>Resolves all features.</summary>
    /// <exception cref="ArgumentException">The manifest is not a valid one; the message names the first fault.</exception>
    public static ResolvedFeatures Resolve(ModelManifest manifest)
    {
        PipelineSpec pipeline = manifest.Pipeline;
        Require(pipeline.RateHz > 0, $"pipeline.rate_hz: {pipeline.RateHz} is not above 0");
        Require(pipeline.WindowFrames is >= 1 and <= LongestWindow, $"pipeline.window_frames: {pipeline.WindowFrames} is outside 1 to {LongestWindow}");
        Require(
            pipeline.HopFrames >= 1 && pipeline.HopFrames <= pipeline.WindowFrames,
            $"pipeline.hop_frames: {pipeline.HopFrames} is outside 1 to the {pipeline.WindowFrames} frames of a window");
        Require(pipeline.Features.Count > 0, $"pipeline.features: there is none, and a model needs input");

        string[] channels = [.. manifest.Channels.Select(channel => channel.Name)];
        List<(int Channel, FeaturePlan Plan)> plans = [];
        List<string> names = [];
        IReadOnlyList<InputSlice> layout = InputSlice.LayoutOf(manifest);
        Dictionary<string, int> next = layout.ToDictionary(slice => slice.Tensor, slice => slice.Offset);
        for (int i = 0; i < pipeline.Features.Count; i++)
        {
            FeatureSpec spec = pipeline.Features[i];
            string path = $"pipeline.features[{i}]";
            int channel = Array.IndexOf(channels, spec.Channel);
            Require(channel >= 0 || spec.Statistic == "cross", $"{path}.channel: '{spec.Channel}' is not among the manifest's channels");
            string tensor = spec.Input ?? manifest.Model.Input;
            int stride = StrideOf(spec, manifest);
            FeaturePlan plan = Plan(spec, pipeline, path, names, next[tensor], stride);
            plans.Add((channel, plan));
            next[tensor] += stride > 1 ? 1 : plan.Elements;
            if (plan.ValueIndex >= 0)
            {
                names.Add(spec.Name);
            }
        }

        return new ResolvedFeatures(plans, names, layout);
    }

    // Frame by frame, the raw features of one tensor take turns.
    private static int StrideOf(FeatureSpec spec, ModelManifest manifest) =>
        manifest.Pipeline.RawLayout == "frames_first" && spec.Statistic == "raw"
            ? manifest.Pipeline.Features.Count(other => (other.Input ?? manifest.Model.Input) == (spec.Input ?? manifest.Model.Input))
            : 1;

    private static FeaturePlan Plan(
        FeatureSpec spec, PipelineSpec pipeline, string path, List<string> names, int inputIndex, int stride)
    {
        Require(
            StatisticNames.TryParse(spec.Statistic, out StatisticKind kind),
            $"{path}.statistic: '{spec.Statistic}' is none of {string.Join(", ", StatisticNames.All)}");
        int transform = Array.IndexOf(Transforms, spec.Transform);
        Require(transform >= 0, $"{path}.transform: '{spec.Transform}' is none of {string.Join(", ", Transforms)}");
        Require(double.IsFinite(spec.Scale) && spec.Scale != 0, $"{path}.scale: {spec.Scale} cannot divide");
        Require(spec.Clip is null or > 0, $"{path}.clip: {spec.Clip} is not above 0");
        if (kind == StatisticKind.Quantile)
        {
            Require(spec.Quantile is >= 0 and <= 1, $"{path}.quantile: the statistic quantile needs one from 0 to 1");
        }

        int policy = Array.IndexOf(Policies, spec.MissingPolicy ?? Policies[0]);
        Require(policy >= 0, $"{path}.missing_policy: '{spec.MissingPolicy}' is none of {string.Join(", ", Policies)}");
        int scale = Array.IndexOf(Scales, spec.Normalize ?? Scales[0]);
        Require(scale >= 0, $"{path}.normalize: '{spec.Normalize}' is none of {string.Join(", ", Scales)}");
        bool crosses = kind == StatisticKind.Cross;
        Require(!crosses || (spec.Cross is { Count: >= 2 and <= 8 } && spec.HashBuckets > 1), $"{path}.cross: a cross needs 2 to 8 features and hash_buckets");
        int[] crossed = crosses ? [.. spec.Cross!.Select(name => names.IndexOf(name))] : [];
        Require(!crossed.Contains(-1), $"{path}.cross: names what is no feature of one value before this one");
        (int first, int end) = kind is StatisticKind.BandEnergy or StatisticKind.Spectrum ? Band(spec, pipeline, path) : (0, 0);
        return new FeaturePlan
        {
            Kind = kind,
            Quantile = spec.Quantile ?? 0,
            FirstLine = first,
            EndLine = end,
            Mel = kind == StatisticKind.Mel ? new MelSpectrum(spec, pipeline) : null,
            Normalize = (WindowScale)scale,
            Crossed = crossed,
            History = SampleHistory.Of(spec),
            Category = CategoryRule.Of(spec),
            IsOneHot = spec.CategoryCount() > 0 && spec.Encoding != "index",
            Scaling = new FeatureScaling(spec, (FeatureTransform)transform),
            Policy = (MissingPolicy)policy,
            Mean = spec.Mean ?? 0,
            ValueIndex = spec.IsSingle() ? names.Count : -1,
            InputIndex = inputIndex,
            Stride = stride,
            Elements = spec.Elements(pipeline),
        };
    }

    private static (int First, int End) Band(FeatureSpec spec, PipelineSpec pipeline, string path)
    {
        Require(
            pipeline.WindowFrames >= PowerSpectrum.ShortestWindow,
            $"{path}.statistic: {spec.Statistic} needs a window of at least {PowerSpectrum.ShortestWindow} frames");
        Require(spec.LowHz >= 0, $"{path}.low_hz: the statistic {spec.Statistic} needs one of at least 0");
        Require(
            spec.HighHz <= pipeline.RateHz / 2,
            $"{path}.high_hz: the statistic {spec.Statistic} needs one of at most {pipeline.RateHz / 2}, half the frames per second");
        int first = SpectralLines.AtOrAbove(spec.LowHz.GetValueOrDefault(), pipeline.WindowFrames, pipeline.RateHz);
        int end = SpectralLines.AtOrAbove(spec.HighHz.GetValueOrDefault(), pipeline.WindowFrames, pipeline.RateHz);
        Require(
            first < end,
            $"{path}.high_hz: no line of the spectrum lies from {spec.LowHz} to below {spec.HighHz} Hz");
        return (first, end);
    }

    private static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] in Objection objection)
    {
        if (!holds)
        {
            throw new ArgumentException(objection.ToString());
        }
    }

    /// <summary>A text that is written only where something does not hold: a manifest has dozens of things that do.</summary>
    [InterpolatedStringHandler]
    private readonly ref struct Objection
    {
        private readonly StringBuilder? _text;

        public Objection(int literalLength, int formattedCount, bool holds, out bool isWritten)
        {
            isWritten = !holds;
            _text = holds ? null : new StringBuilder(literalLength + (formattedCount * 16));
        }

        public void AppendLiteral(string text) => _text!.Append(text);

        public void AppendFormatted<T>(T value) => _text!.Append(CultureInfo.InvariantCulture, $"{value}");

        public override string ToString() => _text!.ToString();
    }
}

/// <summary>Features in the manifest's order, each with the number of its channel in the manifest.</summary>
/// <param name="Names">Names of those that are single values.</param>
/// <param name="Layout">Which part of the model's input is which tensor.</param>
internal sealed record ResolvedFeatures(
    IReadOnlyList<(int Channel, FeaturePlan Plan)> Plans, IReadOnlyList<string> Names, IReadOnlyList<InputSlice> Layout);
