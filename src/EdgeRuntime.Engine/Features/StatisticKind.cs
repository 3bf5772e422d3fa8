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
}

/// <summary>The names of statistics in a manifest.</summary>
internal static class StatisticNames
{
    // In the order of the enum.
    private static readonly string[] Names =
    [
        "last", "mean", "std", "min", "max", "range", "rms", "delta", "slope", "crest", "kurtosis", "skewness",
        "median", "quantile", "band_energy", "zero_crossings", "raw",
    ];

    /// <summary>Every name a manifest may use.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>Reads a name; false when there is no such statistic.</summary>
    public static bool TryParse(string name, out StatisticKind kind)
    {
        int index = Array.IndexOf(Names, name);
        kind = (StatisticKind)Math.Max(index, 0);
        return index >= 0;
    }
}
