using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads the features of one manifest, in their order.</summary>
/// <param name="windowIsRight">False when rate or window are mistakes themselves; bands cannot be judged then.</param>
/// <param name="byTime">True when windows are cut by time and hold no fixed number of frames.</param>
internal sealed class FeatureReader(
    double rateHz, int windowFrames, bool windowIsRight, bool byTime, IReadOnlyList<ManifestChannel> channels)
{
    // Below this no line of the spectrum lies between the mean and half the rate.
    private const int ShortestSpectrum = 4;
    private const int MostSamples = 65536;
    private const int MostCategories = 4096;

    private static readonly string[] Statistics =
    [
        "last", "mean", "std", "min", "max", "range", "rms", "delta", "slope", "crest", "kurtosis", "skewness",
        "median", "quantile", "band_energy", "zero_crossings", "raw", "sum", "count", "mode", "distinct", "cross",
        "spectrum", "log_mel", "mfcc",
    ];

    private static readonly string[] OfBands = ["band_energy", "spectrum", "log_mel", "mfcc"];
    private static readonly string[] OfMel = ["log_mel", "mfcc"];
    private static readonly string[] OfCategories = ["last", "mode", "distinct", "count", "cross"];
    private static readonly string[] Ways = ["bucketize", "categories", "hash_buckets"];
    private static readonly string[] OfOneValue = [.. Ways, "rolling", "lag", "difference"];
    private static readonly string[] OfNumbers =
        ["bucketize", "categories", "transform", "rolling", "lag", "difference", "clip_low", "clip_high"];

    private static readonly string[] OfFixedWindows = ["raw", "band_energy", "spectrum", "log_mel", "mfcc"];

    private readonly string[] _channels = [.. channels.Select(channel => channel.Name)];
    private readonly Dictionary<string, bool> _categories = [];

    /// <summary>Reads one.</summary>
    public FeatureSpec Read(JsonObjectReader feature)
    {
        string statistic = feature.RequiredChoice("statistic", Statistics);
        FeatureSpec spec = new()
        {
            Name = feature.RequiredString("name", PackageNames.Signal),
            Channel = ReadChannel(feature, statistic),
            Statistic = statistic,
            Quantile = feature.Double("quantile", 0, 1),
            LowHz = feature.Double("low_hz", 0, double.MaxValue),
            HighHz = feature.Double("high_hz", 0, double.MaxValue),
            Mel = feature.Object("mel", ReadMel),
            Normalize = feature.OptionalChoice("normalize", ["max", "peak", "mean", "standard"]),
            Cross = feature.Has("cross") ? feature.Strings("cross", 2, 8, Crossed) : null,
            Transform = feature.Choice("transform", "none", ["none", "log1p", "sqrt", "log", "log10"]),
            Rolling = feature.Object("rolling", ReadRolling),
            Lag = feature.Int("lag", 1, MostSamples),
            Difference = feature.Int("difference", 1, MostSamples),
            ClipLow = feature.Double("clip_low"),
            ClipHigh = feature.Double("clip_high"),
            Bucketize = feature.Has("bucketize") ? feature.Doubles("bucketize", 1, MostCategories) : null,
            Categories = feature.Has("categories") ? feature.Strings("categories", 1, MostCategories) : null,
            HashBuckets = feature.Int("hash_buckets", 2, MostSamples),
            Encoding = feature.OptionalChoice("encoding", ["one_hot", "index"]),
            Center = feature.Double("center", 0, double.MinValue, double.MaxValue),
            Scale = feature.Double("scale", 1, double.MinValue, double.MaxValue),
            Clip = feature.Double("clip", JsonObjectReader.AboveZero),
            Missing = feature.Double("missing", 0, float.MinValue, float.MaxValue),
            MissingPolicy = feature.OptionalChoice("missing_policy", ["constant", "hold", "mean", "drop"]),
            Mean = feature.Double("mean"),
            Input = feature.String("input", text => PackageNames.Line(text, 256)),
        };

        if (spec.Scale == 0)
        {
            feature.Mistake("scale", "0 cannot divide");
        }

        if (!feature.IsWrong("statistic"))
        {
            CheckStatistic(feature, spec);
            CheckValue(feature, spec);
        }

        _categories[spec.Name] = spec.CategoryCount() > 0;
        return spec;
    }

    private string? ReadChannel(JsonObjectReader feature, string statistic)
    {
        if (statistic == "cross" && !feature.IsWrong("statistic"))
        {
            if (feature.Has("channel"))
            {
                feature.Mistake("channel", "a cross is of features, not of a channel");
            }

            return null;
        }

        return feature.RequiredString("channel", name => _channels.Contains(name)
            ? null
            : $"\"{JsonValue.Shortened(name)}\" is not among the manifest's channels{Spelling.Hint(name, _channels)}");
    }

    private string? Crossed(string name) => !_categories.TryGetValue(name, out bool isCategory)
        ? $"\"{JsonValue.Shortened(name)}\" is no feature before this one{Spelling.Hint(name, _categories.Keys)}"
        : isCategory ? null : $"\"{name}\" is no category; give it bucketize, categories or hash_buckets";

    private void CheckStatistic(JsonObjectReader feature, FeatureSpec spec)
    {
        NeedOnlyFor(feature, "quantile", spec.Statistic, ["quantile"]);
        NeedOnlyFor(feature, "low_hz", spec.Statistic, OfBands);
        NeedOnlyFor(feature, "high_hz", spec.Statistic, OfBands);
        NeedOnlyFor(feature, "mel", spec.Statistic, OfMel);
        NeedOnlyFor(feature, "cross", spec.Statistic, ["cross"]);
        if (spec.Normalize is not null && spec.IsSingle())
        {
            feature.Mistake("normalize", "is only for the statistics raw, spectrum, log_mel, mfcc");
        }

        if (byTime && OfFixedWindows.Contains(spec.Statistic))
        {
            feature.Mistake("statistic", $"{spec.Statistic} needs windows of one length; those of this pipeline are cut by time");
        }
        else if (OfBands.Contains(spec.Statistic) && windowIsRight)
        {
            CheckBand(feature, spec);
        }

        ManifestChannel? channel = channels.FirstOrDefault(channel => channel.Name == spec.Channel);
        if (channel?.IsCategory() == true && !OfCategories.Contains(spec.Statistic))
        {
            feature.Mistake("statistic", $"{spec.Statistic} cannot be computed of '{channel.Name}', which is a category");
        }
        else if (channel?.IsCategory() == true && spec.Statistic is "last" or "mode" && spec.CategoryCount() == 0)
        {
            feature.Mistake("statistic", $"'{spec.Channel}' is a category; give the feature categories or hash_buckets");
        }
    }

    private void CheckBand(JsonObjectReader feature, FeatureSpec spec)
    {
        if (windowFrames < ShortestSpectrum)
        {
            feature.Mistake("statistic", $"{spec.Statistic} needs a window of at least {ShortestSpectrum} frames");
            return;
        }

        if (spec.HighHz > rateHz / 2)
        {
            feature.Mistake("high_hz", $"{spec.HighHz} is above {rateHz / 2}, half the frames per second");
        }
        else if (spec.LowHz >= spec.HighHz)
        {
            feature.Mistake("high_hz", $"{spec.HighHz} is not above low_hz, {spec.LowHz}");
        }
        else if (spec is { LowHz: double low, HighHz: double high, Mel: null }
            && SpectralLines.Count(low, high, windowFrames, rateHz) == 0)
        {
            feature.Mistake(
                "high_hz",
                $"no line of the spectrum lies from {low} to below {high} Hz; "
                    + $"with {windowFrames} frames a window they are {rateHz / windowFrames:G4} Hz apart");
        }

        if (spec.Mel is { } mel && mel.FrameLength > windowFrames)
        {
            feature.Mistake("mel", $"frame_length {mel.FrameLength} is longer than the window of {windowFrames} frames");
        }
    }

    private static void CheckValue(JsonObjectReader feature, FeatureSpec spec)
    {
        foreach (string name in OfOneValue.Where(name => !spec.IsSingle() && feature.Has(name)))
        {
            feature.Mistake(name, $"is only for a feature of one value; {spec.Statistic} has several");
        }

        string[] ways = [.. Ways.Where(feature.Has)];
        if (ways.Length > 1)
        {
            feature.Mistake(ways[1], $"a feature becomes a category in one way, and {ways[0]} stands beside it");
        }

        if (spec.Statistic == "cross")
        {
            foreach (string name in OfNumbers.Where(name => feature.Has(name) && !(name == "transform" && spec.Transform == "none")))
            {
                feature.Mistake(name, "is not for a cross, which is a category by itself");
            }

            if (spec.HashBuckets is null)
            {
                feature.Mistake("hash_buckets", "is missing; a cross needs it");
            }
        }

        if (spec.Encoding is not null && spec.CategoryCount() == 0)
        {
            feature.Mistake("encoding", "is only for a category: give bucketize, categories or hash_buckets");
        }

        CheckOrder(feature, spec);
        if (spec.MissingPolicy == "mean" && spec.Mean is null)
        {
            feature.Mistake("mean", "is missing; the missing_policy mean needs it");
        }
        else if (spec.Mean is not null && spec.MissingPolicy != "mean")
        {
            feature.Mistake("mean", "is only for the missing_policy mean");
        }

        if (spec.MissingPolicy is "mean" && spec.CategoryCount() > 0)
        {
            feature.Mistake("missing_policy", "categories have no mean");
        }

        bool isPlain = spec.IsSingle() || (spec.Statistic == "raw" && spec.Normalize is null);
        if (spec.MissingPolicy is "hold" or "mean" && !isPlain)
        {
            feature.Mistake("missing_policy", $"{spec.MissingPolicy} is only for a feature of one value and for raw without normalize");
        }
    }

    private static void CheckOrder(JsonObjectReader feature, FeatureSpec spec)
    {
        if (spec.ClipLow >= spec.ClipHigh)
        {
            feature.Mistake("clip_high", $"{spec.ClipHigh} is not above clip_low, {spec.ClipLow}");
        }

        for (int i = 1; i < spec.Bucketize?.Count && !feature.IsWrong("bucketize"); i++)
        {
            if (!(spec.Bucketize[i] > spec.Bucketize[i - 1]))
            {
                feature.Mistake("bucketize", i, null, $"{spec.Bucketize[i]} is not above the edge before it, {spec.Bucketize[i - 1]}");
            }
        }

        // By their codes, not by their letters: "1" and "1.0" are the same category.
        HashSet<double> seen = [];
        for (int i = 0; i < spec.Categories?.Count && !feature.IsWrong("categories"); i++)
        {
            if (!seen.Add(CategoryCode.Of(spec.Categories[i])))
            {
                feature.Mistake("categories", i, null, $"\"{JsonValue.Shortened(spec.Categories[i])}\" stands here twice");
            }
        }
    }

    private static RollingSpec ReadRolling(JsonObjectReader rolling) => new()
    {
        Samples = rolling.RequiredInt("samples", 2, MostSamples),
        Statistic = rolling.RequiredChoice("statistic", ["mean", "std", "min", "max", "sum", "median", "z_score"]),
    };

    private static MelSpec ReadMel(JsonObjectReader mel)
    {
        MelSpec spec = new()
        {
            Bands = mel.RequiredInt("bands", 1, 512),
            FrameLength = mel.RequiredInt("frame_length", ShortestSpectrum, MostSamples),
            FrameStep = mel.RequiredInt("frame_step", 1, MostSamples),
            FftLength = mel.Int("fft_length", ShortestSpectrum, MostSamples),
            Power = mel.Int("power", 1, 2),
            Filters = mel.OptionalChoice("filters", ["tensorflow", "librosa", "torchaudio"]),
            LogOffset = mel.Double("log_offset", JsonObjectReader.AboveZero),
            Coefficients = mel.Int("coefficients", 1, 512),
        };
        if (spec.FftLength is int points && (!System.Numerics.BitOperations.IsPow2(points) || points < spec.FrameLength))
        {
            mel.Mistake("fft_length", $"{points} is no power of two of at least frame_length, {spec.FrameLength}");
        }

        if (spec.Coefficients > spec.Bands)
        {
            mel.Mistake("coefficients", $"{spec.Coefficients} is above the {spec.Bands} bands");
        }

        return spec;
    }

    private static void NeedOnlyFor(JsonObjectReader feature, string name, string statistic, ReadOnlySpan<string> only)
    {
        if (only.Contains(statistic) && !feature.Has(name))
        {
            feature.Mistake(name, $"is missing; the statistic {statistic} needs it");
        }
        else if (!only.Contains(statistic) && feature.Has(name))
        {
            string which = only.Length == 1 ? "statistic" : "statistics";
            feature.Mistake(name, $"is only for the {which} {string.Join(", ", only.ToArray())}");
        }
    }
}
