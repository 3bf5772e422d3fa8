using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Features;

/// <summary>Binds a package's pipeline to the sensor that will feed it, or says everything that keeps them apart.</summary>
public static class PipelineBinding
{
    // A clock may be off and a sensor may round its rate; beyond this the windows would mean something else.
    private const double RateTolerance = 0.1;

    private const int LongestWindow = 65536;

    /// <summary>Binds a pipeline.</summary>
    /// <remarks>
    /// Frequencies and slopes are on the manifest's rate, not on the sensor's, so that a band holds the same spectral
    /// lines on every device; where the rates differ, by at most a tenth, so do the physical frequencies.
    /// </remarks>
    /// <param name="manifest">The package's manifest. What it gets wrong by itself is listed too, as far as it prevents binding.</param>
    /// <param name="channels">The sensor's channels, in the order of its frames.</param>
    /// <param name="rateHz">The sensor's frames per second.</param>
    /// <param name="mapping">Manifest channel to sensor channel, for those that are not named alike; null for none.</param>
    /// <param name="pipeline">The pipeline, or null.</param>
    /// <param name="mistakes">Every mistake, as a sentence behind the path of what it concerns; empty when bound.</param>
    /// <returns>True when bound.</returns>
    public static bool TryBind(
        PackageManifest manifest,
        IReadOnlyList<Channel> channels,
        double rateHz,
        IReadOnlyDictionary<string, string>? mapping,
        [NotNullWhen(true)] out FeaturePipeline? pipeline,
        out IReadOnlyList<string> mistakes)
    {
        List<string> found = [];
        CheckRate(manifest.Pipeline, rateHz, found);
        CheckMapping(manifest, mapping, found);
        BoundChannel[] sources = BindChannels(manifest, channels, mapping, found);
        bool windowIsRight = CheckWindow(manifest.Pipeline, found);
        pipeline = null;
        mistakes = found;
        FeatureList features = Resolve(manifest, windowIsRight, found);
        if (found.Count > 0)
        {
            return false;
        }

        pipeline = new FeaturePipeline(Assemble(manifest, channels.Count, sources, features));
        return true;
    }

    private static void CheckRate(PipelineSpec spec, double rateHz, List<string> mistakes)
    {
        // Written as 'not within' so that a rate that is no number is a mistake too.
        if (!(Math.Abs(rateHz - spec.RateHz) <= RateTolerance * spec.RateHz) || !(spec.RateHz > 0))
        {
            mistakes.Add($"pipeline.rate_hz: the windows are made for {spec.RateHz} frames per second and the sensor "
                + $"gives {rateHz}; they may differ by {RateTolerance:P0} at most");
        }
    }

    private static void CheckMapping(
        PackageManifest manifest, IReadOnlyDictionary<string, string>? mapping, List<string> mistakes)
    {
        List<string> names = [.. manifest.Channels.Select(channel => channel.Name)];
        foreach (string mapped in mapping?.Keys ?? [])
        {
            if (!names.Contains(mapped))
            {
                mistakes.Add($"mapping.{mapped}: the package has no channel '{mapped}'{Spelling.Hint(mapped, names)}");
            }
        }
    }

    private static BoundChannel[] BindChannels(
        PackageManifest manifest,
        IReadOnlyList<Channel> channels,
        IReadOnlyDictionary<string, string>? mapping,
        List<string> mistakes)
    {
        List<string> sensorNames = [.. channels.Select(channel => channel.Name)];
        BoundChannel[] bound = new BoundChannel[manifest.Channels.Count];
        for (int i = 0; i < bound.Length; i++)
        {
            ManifestChannel wanted = manifest.Channels[i];
            string name = mapping is not null && mapping.TryGetValue(wanted.Name, out string? mapped) ? mapped : wanted.Name;
            int source = sensorNames.IndexOf(name);
            bound[i] = new BoundChannel(source, wanted.Low ?? double.MinValue, wanted.High ?? double.MaxValue);
            if (source < 0)
            {
                string how = name == wanted.Name ? $"'{name}'" : $"'{name}', which '{wanted.Name}' is mapped to";
                mistakes.Add($"channels[{i}].name: the sensor has no channel {how}{Spelling.Hint(name, sensorNames)}");
            }
            else if (channels[source].Unit != wanted.Unit)
            {
                mistakes.Add($"channels[{i}].unit: '{wanted.Name}' is wanted in '{wanted.Unit}' and the sensor gives "
                    + $"'{name}' in '{channels[source].Unit}'");
            }
        }

        return bound;
    }

    private static bool CheckWindow(PipelineSpec spec, List<string> mistakes)
    {
        int before = mistakes.Count;
        if (spec.WindowFrames is < 1 or > LongestWindow)
        {
            mistakes.Add($"pipeline.window_frames: {spec.WindowFrames} is outside 1 to {LongestWindow}");
        }

        if (spec.HopFrames < 1 || spec.HopFrames > spec.WindowFrames)
        {
            mistakes.Add($"pipeline.hop_frames: {spec.HopFrames} is outside 1 to the {spec.WindowFrames} frames of a window");
        }

        return mistakes.Count == before;
    }

    private static FeatureList Resolve(PackageManifest manifest, bool windowIsRight, List<string> mistakes)
    {
        FeatureList list = new();
        HashSet<string> seen = [];
        List<string> channelNames = [.. manifest.Channels.Select(channel => channel.Name)];
        for (int i = 0; i < manifest.Pipeline.Features.Count; i++)
        {
            FeatureSpec spec = manifest.Pipeline.Features[i];
            string path = $"pipeline.features[{i}]";
            if (!seen.Add(spec.Name))
            {
                mistakes.Add($"{path}.name: '{spec.Name}' is the name of another feature already");
            }

            int channel = channelNames.IndexOf(spec.Channel);
            if (channel < 0)
            {
                mistakes.Add($"{path}.channel: the package has no channel '{spec.Channel}'"
                    + Spelling.Hint(spec.Channel, channelNames));
            }

            if (FeatureResolution.Resolve(spec, manifest.Pipeline, windowIsRight, path, mistakes) is { } feature)
            {
                list.Add(spec.Name, channel, feature, manifest.Pipeline.WindowFrames);
            }
        }

        if (manifest.Pipeline.Features.Count == 0)
        {
            mistakes.Add("pipeline.features: there is none, and a model needs input");
        }

        return list;
    }

    // Only the channels that features use are kept, with their features together, so that a channel's window is loaded
    // and sorted once however the manifest orders them.
    private static PipelineParts Assemble(
        PackageManifest manifest, int frameLength, BoundChannel[] sources, FeatureList features)
    {
        int[] used = [.. features.Plans.Select(plan => plan.Channel).Distinct().Order()];
        bool hasBands = features.Plans.Any(plan => plan.Plan.Kind == StatisticKind.BandEnergy);
        return new PipelineParts
        {
            Channels = [.. used.Select(channel => sources[channel])],
            Plans =
            [
                .. used.Select(channel => features.Plans.Where(plan => plan.Channel == channel)
                    .Select(plan => plan.Plan).ToArray()),
            ],
            Names = features.Names,
            InputLength = features.InputLength,
            RateHz = manifest.Pipeline.RateHz,
            WindowFrames = manifest.Pipeline.WindowFrames,
            HopFrames = manifest.Pipeline.HopFrames,
            FrameLength = frameLength,
            Spectrum = hasBands ? new PowerSpectrum(manifest.Pipeline.WindowFrames) : null,
        };
    }

    // Features in the manifest's order, each given its place among the values and in the input.
    private sealed class FeatureList
    {
        public List<(int Channel, FeaturePlan Plan)> Plans { get; } = [];

        public List<string> Names { get; } = [];

        public int InputLength { get; private set; }

        public void Add(string name, int channel, ResolvedFeature feature, int windowFrames)
        {
            bool isRaw = feature.Kind == StatisticKind.Raw;
            Plans.Add((channel, new FeaturePlan
            {
                Kind = feature.Kind,
                Quantile = feature.Quantile,
                FirstLine = feature.FirstLine,
                EndLine = feature.EndLine,
                Scaling = feature.Scaling,
                ValueIndex = isRaw ? -1 : Names.Count,
                InputIndex = InputLength,
            }));
            InputLength += isRaw ? windowFrames : 1;
            if (!isRaw)
            {
                Names.Add(name);
            }
        }
    }
}
