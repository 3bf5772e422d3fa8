using System.Globalization;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Monitoring;

/// <summary>Finds a sample again in frames that were kept, through the pipeline that it came out of; the same for devices and for tools.</summary>
public static class ClipSample
{
    // Kernels of another processor round otherwise, those of a quantized model by a step or two.
    private const double Tolerance = 0.02;

    /// <summary>Finds one.</summary>
    /// <param name="n">Its number, as in its prediction; 0 for the one that set the clip off.</param>
    /// <param name="objection">Why it cannot be found, as a sentence.</param>
    public static ExplainedSample? Find(CapturedClip clip, ModelManifest manifest, long n, out string objection)
    {
        long number = n == 0 ? clip.TriggerN : n;
        if (clip.Answers.FirstOrDefault(answer => answer.N == number) is not CapturedAnswer answer)
        {
            objection = clip.Answers.Count == 0 ? "the clip holds no answer"
                : number == 0 ? $"no sample set the clip off; name one of {clip.Answers[0].N} to {clip.Answers[^1].N}"
                : $"the clip holds no sample {number}; it holds {clip.Answers[0].N} to {clip.Answers[^1].N}";
            return null;
        }

        if (Filtered(clip, manifest) is string filtered)
        {
            objection = $"sample {number} cannot be explained: {filtered}";
            return null;
        }

        if (!PipelineBinding.TryBind(manifest, SiteOf(clip), out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
        {
            objection = string.Join("; ", mistakes);
            return null;
        }

        ExplainedSample? sample = Find(clip, manifest, pipeline, answer);
        objection = sample is null ? $"the clip holds too few frames from before sample {number} (monitoring.capture.before)" : "";
        return sample;
    }

    /// <summary>
    /// Why an explanation is none of what was answered: features may remember more than the clip holds, and then the sample is another.
    /// Null where it is.
    /// </summary>
    public static string? Contradiction(CapturedClip clip, ExplanationReport report)
    {
        CapturedAnswer answer = clip.Answers.First(each => each.N == report.N);
        bool isSame = Math.Abs(report.Whole - answer.Score) <= Tolerance * Math.Max(1, Math.Abs(answer.Score)) && (report.Label ?? "") == answer.Label;
        return isSame ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"the clip's frames give {report.Label} {report.Whole:G4} for sample {report.N}, and the answer was {answer.Label} {answer.Score:G4}: its features remember more than the clip holds");
    }

    /// <summary>What fed the model, as far as the clip tells.</summary>
    public static ModelSite SiteOf(CapturedClip clip) => new()
    {
        Name = clip.Model,
        Channels = [.. clip.Channels.Select(channel => new Channel(channel.Name, channel.Unit))],
        Image = clip.Picture is { } picture
            ? new ImageFormat(picture.Width, picture.Height, picture.Colours switch { "rgb" => PixelFormat.Rgb24, "bgr" => PixelFormat.Bgr24, _ => PixelFormat.Gray8 })
            : null,
        RateHz = clip.RateHz,
    };

    private static string? Filtered(CapturedClip clip, ModelManifest manifest)
    {
        if (clip.Picture is { Filter: { Length: > 0 } whole })
        {
            return $"its pictures were kept after the filter {whole}";
        }

        HashSet<string> read = [.. manifest.Pipeline.Features.Select(feature => feature.Channel ?? "")];
        CapturedChannel? filtered = clip.Channels.FirstOrDefault(channel => channel.Filter.Length > 0 && read.Contains(channel.Name));
        return filtered is null ? null : $"its channel {filtered.Name} was kept after the filter {filtered.Filter}";
    }

    private static ExplainedSample? Find(CapturedClip clip, ModelManifest manifest, IPipeline pipeline, CapturedAnswer answer)
    {
        int at = -1;
        for (int i = 0; i < clip.Frames.Count; i++)
        {
            at = clip.Frames[i].UnixMs == answer.UnixMs ? i : at;
        }

        // Windows of so many frames begin where the device's did: the one of this sample ends with its frame.
        int first = manifest.Pipeline.Window is null ? (at + 1 - manifest.Pipeline.WindowFrames) % manifest.Pipeline.HopFrames : 0;
        if (at < 0 || first < 0)
        {
            return null;
        }

        Frame frame = new(clip.Channels.Count, (int)(clip.Picture?.Bytes ?? 0));
        bool isNew = false;
        for (int i = first; i <= at; i++)
        {
            clip.Frames[i].Values.Span.CopyTo(frame.Values);
            clip.Frames[i].Pixels.Span.CopyTo(frame.Pixels);
            frame.Time = new FrameTime(0, clip.Frames[i].UnixMs);
            isNew = pipeline.Push(frame);
        }

        return isNew && !pipeline.MustDrop
            ? new ExplainedSample(clip.Digest, answer.N, answer.UnixMs, pipeline.Input.ToArray(), pipeline.Values.ToArray())
            : null;
    }
}
