using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Features;

/// <summary>Binds a package's pipeline to the sensor that will feed it, or says everything that keeps them apart.</summary>
public static class PipelineBinding
{
    // A clock may be off and a sensor may round its rate; beyond this the windows would mean something else.
    private const double RateTolerance = 0.1;

    /// <summary>Binds a pipeline to what feeds a model, be it scalar or pictures.</summary>
    /// <param name="manifest">Of a package that was read and checked.</param>
    /// <param name="pipeline">The pipeline, or null.</param>
    /// <param name="mistakes">Every mistake, as a sentence behind the path of what it concerns; empty when bound.</param>
    /// <returns>True when bound.</returns>
    /// <exception cref="ArgumentException">The manifest is not a valid one in itself; the message names the fault.</exception>
    public static bool TryBind(
        ModelManifest manifest,
        ModelSite site,
        [NotNullWhen(true)] out IPipeline? pipeline,
        out IReadOnlyList<string> mistakes)
    {
        if (manifest.Pipeline.Image is { } image)
        {
            string? mistake = site.Image is null
                ? "pipeline.image: the package reads pictures and the sensor gives channels"
                : ImageMapping.Mistake(image, site.Image);
            pipeline = mistake is null ? new ImagePipeline(image, site.Image!, manifest.Model.Input) : null;
            mistakes = mistake is null ? [] : [mistake];
            return pipeline is not null;
        }

        if (site.Image is not null)
        {
            pipeline = null;
            mistakes = [$"channels: the package reads channels and the sensor gives pictures, {site.Image}"];
            return false;
        }

        bool bound = TryBind(
            manifest, site.Channels, site.RateHz, site.Mapping, out FeaturePipeline? features, out mistakes);
        pipeline = features;
        return bound;
    }

    /// <summary>Binds a pipeline of scalar channels.</summary>
    /// <remarks>
    /// Frequencies and slopes are on the manifest's rate, not on the sensor's, so that a band holds the same spectral
    /// lines on every device; where the rates differ, by at most a tenth, so do the physical frequencies.
    /// </remarks>
    /// <param name="manifest">Of a package that was read and checked.</param>
    /// <param name="channels">The sensor's channels, in the order of its frames.</param>
    /// <param name="rateHz">The sensor's frames per second.</param>
    /// <param name="mapping">Manifest channel to sensor channel, for those that are not named alike; null for none.</param>
    /// <param name="pipeline">The pipeline, or null.</param>
    /// <param name="mistakes">Every mistake, as a sentence behind the path of what it concerns; empty when bound.</param>
    /// <returns>True when bound.</returns>
    /// <exception cref="ArgumentException">The manifest is not a valid one in itself; the message names the fault.</exception>
    public static bool TryBind(
        ModelManifest manifest,
        IReadOnlyList<Channel> channels,
        double rateHz,
        IReadOnlyDictionary<string, string>? mapping,
        [NotNullWhen(true)] out FeaturePipeline? pipeline,
        out IReadOnlyList<string> mistakes)
    {
        List<string> found = [];
        CheckRate(manifest.Pipeline, rateHz, manifest.Requires?.RateTolerance ?? RateTolerance, found);
        CheckMapping(manifest, mapping, found);
        BoundChannel[] sources = BindChannels(manifest, channels, mapping, found);
        mistakes = found;
        pipeline = found.Count > 0
            ? null
            : new FeaturePipeline(Assemble(manifest, channels.Count, sources, FeatureResolution.Resolve(manifest)));
        return pipeline is not null;
    }

    /// <summary>Where each channel of a manifest stands in the frames of a sensor that fits it, in the manifest's order.</summary>
    internal static int[] SourcesOf(ModelManifest manifest, ModelSite site) =>
        [.. BindChannels(manifest, site.Channels, site.Mapping, []).Select(channel => channel.Source)];

    private static void CheckRate(PipelineSpec spec, double rateHz, double tolerance, List<string> mistakes)
    {
        // Written as 'not within' so that a rate that is no number is a mistake too.
        if (!(Math.Abs(rateHz - spec.RateHz) <= tolerance * spec.RateHz))
        {
            mistakes.Add($"pipeline.rate_hz: the windows are made for {spec.RateHz} frames per second and the sensor "
                + $"gives {rateHz}; they may differ by {tolerance:P0} at most; the driver aligned brings a sensor to another rate");
        }
    }

    private static void CheckMapping(
        ModelManifest manifest, IReadOnlyDictionary<string, string>? mapping, List<string> mistakes)
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
        ModelManifest manifest,
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
            int source = Find(channels, name, WayOf(wanted));
            bound[i] = new BoundChannel(source, wanted.Low ?? double.MinValue, wanted.High ?? double.MaxValue)
            {
                AgeSource = wanted.MaxAgeMs is null ? -1 : Find(channels, name, ResampleWay.Age),
                MaxAgeMs = wanted.MaxAgeMs ?? 0,
            };
            if (source < 0)
            {
                string how = name == wanted.Name ? $"'{name}'" : $"'{name}', which '{wanted.Name}' is mapped to";
                mistakes.Add($"channels[{i}].name: the sensor has no channel {how}{Spelling.Hint(name, sensorNames)}");
            }
            else if (channels[source].Unit != wanted.Unit)
            {
                mistakes.Add($"channels[{i}].unit: '{wanted.Name}' is wanted in {wanted.Unit} and the sensor gives "
                    + $"'{name}' in {channels[source].Unit}");
            }
        }

        return bound;
    }

    private static ResampleWay WayOf(ManifestChannel wanted) => wanted.Resample switch
    {
        "nearest" => ResampleWay.Nearest,
        "linear" => ResampleWay.Linear,
        "mean" => ResampleWay.Mean,
        _ => ResampleWay.Hold,
    };

    // A sensor whose own frames these are has each channel once, and was not resampled in any way.
    private static int Find(IReadOnlyList<Channel> channels, string name, ResampleWay way)
    {
        for (int i = 0; i < channels.Count; i++)
        {
            bool own = channels[i].Way == ResampleWay.None && way != ResampleWay.Age;
            if (channels[i].Name == name && (own || channels[i].Way == way))
            {
                return i;
            }
        }

        return -1;
    }

    // Only the channels that features use are kept, with their features together, so that a channel's window is loaded
    // and sorted once however the manifest orders them.
    private static PipelineParts Assemble(
        ModelManifest manifest, int frameLength, BoundChannel[] sources, ResolvedFeatures features)
    {
        int[] used = [.. features.Plans.Select(plan => plan.Channel).Where(channel => channel >= 0).Distinct().Order()];
        bool hasBands = features.Plans.Any(plan => plan.Plan.Kind is StatisticKind.BandEnergy or StatisticKind.Spectrum);
        PipelineSpec pipeline = manifest.Pipeline;
        return new PipelineParts
        {
            Channels = [.. used.Select(channel => sources[channel])],
            Plans =
            [
                .. used.Select(channel => features.Plans.Where(plan => plan.Channel == channel)
                    .Select(plan => plan.Plan).ToArray()),
            ],
            Crosses = [.. features.Plans.Where(plan => plan.Channel < 0).Select(plan => plan.Plan)],
            Layout = features.Layout,
            Names = features.Names,
            InputLength = features.Layout.Sum(slice => slice.Length),
            TimeWindows = pipeline.Window is null ? null : new TimeWindows(pipeline.Window, pipeline.WindowFrames),
            RateHz = manifest.Pipeline.RateHz,
            MaxGapMs = pipeline.MaxGapMs ?? double.PositiveInfinity,
            WindowFrames = manifest.Pipeline.WindowFrames,
            HopFrames = manifest.Pipeline.HopFrames,
            FrameLength = frameLength,
            Spectrum = hasBands ? new PowerSpectrum(manifest.Pipeline.WindowFrames) : null,
        };
    }
}
