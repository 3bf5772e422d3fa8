using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads the features of one manifest.</summary>
/// <param name="windowIsRight">False when rate or window are mistakes themselves; bands cannot be judged then.</param>
internal sealed class FeatureReader(
    double rateHz, int windowFrames, bool windowIsRight, IReadOnlyList<ManifestChannel> channels)
{
    // Below this no line of the spectrum lies between the mean and half the rate.
    private const int ShortestSpectrum = 4;

    private static readonly string[] Statistics =
    [
        "last", "mean", "std", "min", "max", "range", "rms", "delta", "slope", "crest", "kurtosis", "skewness",
        "median", "quantile", "band_energy", "zero_crossings", "raw",
    ];

    private readonly string[] _channels = [.. channels.Select(channel => channel.Name)];

    /// <summary>Reads one.</summary>
    public FeatureSpec Read(JsonObjectReader feature)
    {
        FeatureSpec spec = new()
        {
            Name = feature.RequiredString("name", PackageNames.Signal),
            Channel = feature.RequiredString("channel", Channel),
            Statistic = feature.RequiredChoice("statistic", Statistics),
            Quantile = feature.Double("quantile", 0, 1),
            LowHz = feature.Double("low_hz", 0, double.MaxValue),
            HighHz = feature.Double("high_hz", 0, double.MaxValue),
            Transform = feature.Choice("transform", "none", ["none", "log1p", "sqrt"]),
            Center = feature.Double("center", 0, double.MinValue, double.MaxValue),
            Scale = feature.Double("scale", 1, double.MinValue, double.MaxValue),
            Clip = feature.Double("clip", JsonObjectReader.AboveZero),
            Missing = feature.Double("missing", 0, float.MinValue, float.MaxValue),
        };

        if (spec.Scale == 0)
        {
            feature.Mistake("scale", "0 cannot divide");
        }

        if (feature.IsWrong("statistic"))
        {
            return spec;
        }

        NeedOnlyFor(feature, "quantile", spec.Statistic, "quantile");
        NeedOnlyFor(feature, "low_hz", spec.Statistic, "band_energy");
        NeedOnlyFor(feature, "high_hz", spec.Statistic, "band_energy");
        if (spec.Statistic == "band_energy" && windowIsRight)
        {
            CheckBand(feature, spec);
        }

        return spec;
    }

    private string? Channel(string name) => _channels.Contains(name)
        ? null
        : $"\"{JsonValue.Shortened(name)}\" is not among the manifest's channels{Spelling.Hint(name, _channels)}";

    private static void NeedOnlyFor(JsonObjectReader feature, string name, string statistic, string only)
    {
        if (statistic == only && !feature.Has(name))
        {
            feature.Mistake(name, $"is missing; the statistic {only} needs it");
        }
        else if (statistic != only && feature.Has(name))
        {
            feature.Mistake(name, $"is only for the statistic {only}");
        }
    }

    private void CheckBand(JsonObjectReader feature, FeatureSpec spec)
    {
        if (windowFrames < ShortestSpectrum)
        {
            feature.Mistake("statistic", $"band_energy needs a window of at least {ShortestSpectrum} frames");
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
        else if (spec is { LowHz: double low, HighHz: double high } && Line(low) >= Line(high))
        {
            feature.Mistake(
                "high_hz",
                $"no line of the spectrum lies from {low} to below {high} Hz; "
                    + $"with {windowFrames} frames a window they are {rateHz / windowFrames:G4} Hz apart");
        }
    }

    // The first line at or above a frequency. The small step down forgives the rounding of an edge put on a line.
    private double Line(double hz) => Math.Ceiling((hz * windowFrames / rateHz) - 1e-9);
}
