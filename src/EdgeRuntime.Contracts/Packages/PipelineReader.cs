using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads the <c>channels</c> and the <c>pipeline</c> of a manifest.</summary>
internal static class PipelineReader
{
    private const int MaxChannels = 1024;
    private const int MaxFeatures = 4096;
    private const int LongestWindow = 65536;
    private const int MaxElements = 64 * 1024 * 1024;
    private const double MaxRateHz = 10_000_000;
    private const double LongestMs = 86_400_000;

    /// <summary>Reads the channels, of which a pipeline of pictures has none.</summary>
    public static IReadOnlyList<ManifestChannel> ReadChannels(JsonObjectReader root)
    {
        IReadOnlyList<ManifestChannel> channels = IsOfPictures(root.Value("pipeline"))
            ? root.Objects("channels", ReadChannel, 0)
            : root.RequiredObjects("channels", ReadChannel, 1, MaxChannels);
        ManifestReader.NoteRepeated(root, "channels", "name", channels, channel => channel.Name);
        return channels;
    }

    /// <summary>Reads the pipeline.</summary>
    public static PipelineSpec Read(JsonObjectReader pipeline, IReadOnlyList<ManifestChannel> channels)
    {
        double rate = pipeline.RequiredDouble("rate_hz", JsonObjectReader.AboveZero, MaxRateHz);
        if (pipeline.Has("image"))
        {
            return new PipelineSpec
            {
                RateHz = rate,
                WindowFrames = pipeline.Int("window_frames", 1, 1, 1),
                HopFrames = pipeline.Int("hop_frames", 1, 1, 1),
                Image = pipeline.Object("image", ImageReader.Read),
                Features = pipeline.Objects("features", new FeatureReader(rate, 1, false, false, channels).Read, 0),
            };
        }

        int window = pipeline.RequiredInt("window_frames", 1, LongestWindow);
        bool windowIsRight = !pipeline.IsWrong("window_frames");
        WindowSpec? byTime = pipeline.Object("window", ReadWindow);
        bool isByTime = pipeline.Has("window");
        FeatureReader features = new(rate, window, windowIsRight && !pipeline.IsWrong("rate_hz"), isByTime, channels);
        PipelineSpec spec = new()
        {
            RateHz = rate,
            WindowFrames = window,
            HopFrames = isByTime
                ? pipeline.Int("hop_frames", 1, 1, 1)
                : pipeline.RequiredInt("hop_frames", 1, windowIsRight ? window : LongestWindow),
            Window = byTime,
            MaxGapMs = pipeline.Double("max_gap_ms", 1, LongestMs),
            RawLayout = pipeline.OptionalChoice("raw_layout", ["channels_first", "frames_first"]),
            Features = pipeline.RequiredObjects("features", features.Read, 1, MaxFeatures),
        };
        NoteIf(pipeline, "max_gap_ms", isByTime && spec.MaxGapMs is not null, "is only for windows by count; give the window a gap_ms");
        if (spec.RawLayout == "frames_first" && MixedTensor(spec.Features) is { } mixed)
        {
            pipeline.Mistake("raw_layout", $"frames_first needs a tensor of raw features alone, and '{mixed.Name}' is {mixed.Statistic}; give one of them another input");
        }

        ManifestReader.NoteRepeated(pipeline, "features", "name", spec.Features, feature => feature.Name);
        if (!pipeline.IsWrong("features") && windowIsRight && spec.InputLength() > MaxElements)
        {
            pipeline.Mistake("features", $"they make more than the {MaxElements} elements that a model's input may have");
        }

        return spec;
    }

    private static bool IsOfPictures(JsonValue? pipeline) =>
        pipeline is { Kind: JsonKind.Object } && pipeline.Find("image")?.Value is { Kind: not JsonKind.Null };

    // The first feature that shares a tensor with raw ones and is none.
    private static FeatureSpec? MixedTensor(IReadOnlyList<FeatureSpec> features) => features
        .GroupBy(feature => feature.Input)
        .Where(tensor => tensor.Any(feature => feature.Statistic == "raw"))
        .SelectMany(tensor => tensor)
        .FirstOrDefault(feature => feature.Statistic != "raw");

    private static ManifestChannel ReadChannel(JsonObjectReader channel)
    {
        ManifestChannel read = new(
            channel.RequiredString("name", PackageNames.Signal),
            channel.RequiredString("unit", PackageNames.Unit),
            channel.Double("low"),
            channel.Double("high"))
        {
            Type = channel.OptionalChoice("type", ["number", "category"]),
            Resample = channel.OptionalChoice("resample", ["hold", "nearest", "linear", "mean"]),
            Health = channel.Object("health", ChannelHealthSpec.Read),
            MaxAgeMs = channel.Double("max_age_ms", JsonObjectReader.AboveZero, LongestMs),
        };
        if (read.Low >= read.High)
        {
            channel.Mistake("high", $"{read.High} is not above low, {read.Low}");
        }

        if (read.IsCategory())
        {
            NoteIf(channel, "low", read.Low is not null, "a category has no bounds");
            NoteIf(channel, "high", read.High is not null, "a category has no bounds");
            NoteIf(channel, "resample", read.Resample is "linear" or "mean", $"'{read.Resample}' is no way to resample a category; use hold or nearest");
        }

        return read;
    }

    private static WindowSpec ReadWindow(JsonObjectReader window)
    {
        WindowSpec spec = new()
        {
            Kind = window.RequiredChoice("kind", ["tumbling", "sliding", "session"]),
            LengthMs = window.Double("length_ms", 1, LongestMs),
            HopMs = window.Double("hop_ms", 1, LongestMs),
            GapMs = window.Double("gap_ms", 1, LongestMs),
            MinFrames = window.Int("min_frames", 1, LongestWindow),
        };
        if (window.IsWrong("kind"))
        {
            return spec;
        }

        NoteIf(window, "length_ms", spec.Kind != "session" && spec.LengthMs is null, $"is missing; a {spec.Kind} window needs it");
        NoteIf(window, "hop_ms", spec.Kind == "sliding" && spec.HopMs is null, "is missing; a sliding window needs it");
        NoteIf(window, "hop_ms", spec.Kind != "sliding" && spec.HopMs is not null, "is only for sliding windows");
        NoteIf(window, "hop_ms", spec.Kind == "sliding" && spec.HopMs > spec.LengthMs, $"{spec.HopMs} is above length_ms, {spec.LengthMs}; frames between two windows would be lost");
        NoteIf(window, "gap_ms", spec.Kind == "session" && spec.GapMs is null, "is missing; a session needs it");
        NoteIf(window, "gap_ms", spec.Kind != "session" && spec.GapMs is not null, "is only for sessions");
        return spec;
    }

    private static void NoteIf(JsonObjectReader reader, string name, bool wrong, string sentence)
    {
        if (wrong && !reader.IsWrong(name))
        {
            reader.Mistake(name, sentence);
        }
    }
}
