namespace EdgeRuntime.Engine.Features;

/// <summary>The statistics of a manifest's features; <see cref="ChannelWindow"/> says what each is.</summary>
internal enum StatisticKind
{
    Last,
    Mean,
    Std,
    Min,
    Max,
    Range,
    Rms,
    Delta,
    Slope,
    Crest,
    Kurtosis,
    Skewness,
    Median,
    Quantile,
    BandEnergy,
    ZeroCrossings,
    Raw,
    Sum,
    Count,
    Mode,
    Distinct,
    Cross,
    Spectrum,
    Mel,
}

/// <summary>The names of statistics in a manifest.</summary>
internal static class StatisticNames
{
    // In the order of the enum.
    private static readonly string[] Names =
    [
        "last", "mean", "std", "min", "max", "range", "rms", "delta", "slope", "crest", "kurtosis", "skewness",
        "median", "quantile", "band_energy", "zero_crossings", "raw", "sum", "count", "mode", "distinct", "cross", "spectrum",
        "log_mel", "mfcc",
    ];

    /// <summary>Every name a manifest may use.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>Reads a name; false when there is no such statistic.</summary>
    public static bool TryParse(string name, out StatisticKind kind)
    {
        int index = Array.IndexOf(Names, name);

        // The two of mel spectra are computed alike, up to their last step.
        kind = (StatisticKind)Math.Clamp(index, 0, (int)StatisticKind.Mel);
        return index >= 0;
    }
}
