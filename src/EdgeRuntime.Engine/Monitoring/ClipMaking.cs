using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Makes clips of a sensor's frames: the manifest's channels alone, each after its privacy filter.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class ClipMaking
{
    private readonly LoadedModel _package;
    private readonly ModelSite _site;
    private readonly BootId _boot;
    private readonly double _ticksPerSecond;
    private readonly int[] _sources;
    private readonly PrivacyFilter[] _filters;
    private readonly PrivacyFilter _picture;

    public ClipMaking(LoadedModel package, ModelSite site, BootId boot, byte[]? key, Random random, double ticksPerSecond)
    {
        _package = package;
        _site = site;
        _boot = boot;
        _ticksPerSecond = ticksPerSecond;
        IReadOnlyList<PrivacySpec> privacy = SensitiveFields.Filters(package.Manifest);
        PrivacyFilter Of(string channel) => new(privacy.FirstOrDefault(filter => filter.Channel == channel), key, random);
        _sources = site.Image is null ? PipelineBinding.SourcesOf(package.Manifest, site) : [];
        _filters = [.. package.Manifest.Channels.Select(channel => Of(channel.Name))];
        _picture = Of(PrivacySpec.Image);
    }

    /// <summary>Makes one.</summary>
    /// <param name="trigger">When the frame was taken that set it off.</param>
    /// <param name="asTheyAre">Leaves the filters out, for what stays in memory.</param>
    public CapturedClip Make(
        CaptureReason reason, FrameTime trigger, long n, IReadOnlyList<Frame> frames, IReadOnlyList<CapturedAnswer> answers, bool asTheyAre = false) => new()
    {
        Model = _package.Manifest.Name,
        Version = _package.Manifest.Version,
        Digest = _package.Digest,
        Boot = _boot,
        Reason = reason,
        TriggerUnixMs = trigger.UnixMs,
        TriggerN = n,
        RateHz = _site.RateHz,
        Channels = _site.Image is null
            ? [.. _package.Manifest.Channels.Zip(_filters, (channel, filter) => new CapturedChannel(channel.Name, channel.Unit, asTheyAre ? "" : filter.Name))]
            : [],
        Picture = _site.Image is { } image
            ? new CapturedPicture(image.Width, image.Height, image.Pixels switch { PixelFormat.Rgb24 => "rgb", PixelFormat.Bgr24 => "bgr", _ => "gray" }, asTheyAre ? "" : _picture.Name)
            : null,
        Frames = [.. frames.Select(frame => Kept(frame, trigger.Timestamp, asTheyAre))],
        Answers = answers,
    };

    private CapturedFrame Kept(Frame frame, long trigger, bool asTheyAre)
    {
        double seconds = (frame.Time.Timestamp - trigger) / _ticksPerSecond;
        if (_site.Image is { } image)
        {
            return new CapturedFrame(frame.Time.UnixMs, seconds, default, asTheyAre ? frame.Pixels.ToArray() : _picture.Of(frame.Pixels, image.Width, image.Height, image.Colours));
        }

        double[] values = new double[_sources.Length];
        for (int i = 0; i < values.Length; i++)
        {
            double value = frame.Values[_sources[i]];
            values[i] = asTheyAre ? value : _filters[i].Of(value);
        }

        return new CapturedFrame(frame.Time.UnixMs, seconds, values, default);
    }
}
