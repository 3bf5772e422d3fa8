using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>How one feature or prediction was distributed in the reference, in figures for people and for comparisons.</summary>
public sealed record FeatureSummary
{
    /// <summary>Percent below which each of <see cref="Percentiles"/> lies, in their order.</summary>
    public static readonly IReadOnlyList<double> Ranks = [0, 0.1, 1, 5, 25, 50, 75, 95, 99, 99.9, 100];

    /// <summary>Mean of the values there are.</summary>
    public required double Mean { get; init; }

    /// <summary>Their standard deviation, divided by n - 1; 0 or more.</summary>
    public required double Sd { get; init; }

    /// <summary>Third standardized moment; 0 of a symmetric distribution.</summary>
    public double Skewness { get; init; }

    /// <summary>Fourth standardized moment less 3; 0 of a normal distribution.</summary>
    public double Kurtosis { get; init; }

    /// <summary>Values at 0, 0.1, 1, 5, 25, 50, 75, 95, 99, 99.9 and 100 percent of the sorted values; ascending.</summary>
    public required IReadOnlyList<double> Percentiles { get; init; }

    /// <summary>Values further than three interquartile ranges outside the quartiles (J. W. Tukey's outer fences).</summary>
    public long Outliers { get; init; }

    /// <summary>Correlation of neighbouring rows, -1 to 1; null where nothing varies.</summary>
    public double? Autocorrelation { get; init; }

    /// <summary>The season, where there is one.</summary>
    public SeasonReference? Season { get; init; }

    /// <summary>Features that go along with this one, the strongest first; at most 8.</summary>
    public IReadOnlyList<CorrelationReference> Correlations { get; init; } = [];

    /// <summary>Reads <c>summary</c> of a feature.</summary>
    internal static FeatureSummary Read(JsonObjectReader summary)
    {
        FeatureSummary read = new()
        {
            Mean = summary.RequiredDouble("mean"),
            Sd = summary.RequiredDouble("sd", 0),
            Skewness = summary.Double("skewness", 0, double.MinValue, double.MaxValue),
            Kurtosis = summary.Double("kurtosis", 0, double.MinValue, double.MaxValue),
            Percentiles = summary.Doubles("percentiles", Ranks.Count, Ranks.Count),
            Outliers = summary.Long("outliers", 0, 0, long.MaxValue),
            Autocorrelation = summary.Double("autocorrelation", -1, 1),
            Season = summary.Object("season", SeasonReference.Read),
            Correlations = summary.Objects("correlations", CorrelationReference.Read, 8),
        };
        for (int i = 1; i < read.Percentiles.Count; i++)
        {
            if (!(read.Percentiles[i] >= read.Percentiles[i - 1]))
            {
                summary.Mistake("percentiles", i, null, $"{read.Percentiles[i]} lies below the percentile before, {read.Percentiles[i - 1]}");
            }
        }

        return read;
    }
}

/// <summary>A pattern that repeats.</summary>
/// <param name="Rows">Its length in rows; at least 2.</param>
/// <param name="Strength">Share of the variance that the phase alone explains, 0 to 1.</param>
public sealed record SeasonReference(double Rows, double Strength)
{
    /// <summary>Reads <c>season</c>.</summary>
    internal static SeasonReference Read(JsonObjectReader season) =>
        new(season.RequiredDouble("rows", 2, 1e9), season.RequiredDouble("strength", 0, 1));
}

/// <summary>Rank correlation (C. Spearman) with another feature.</summary>
/// <param name="Name">The other feature.</param>
/// <param name="R">-1 to 1.</param>
public sealed record CorrelationReference(string Name, double R)
{
    /// <summary>Reads one entry of <c>correlations</c>.</summary>
    internal static CorrelationReference Read(JsonObjectReader correlation) =>
        new(correlation.RequiredString("name", PackageNames.Signal), correlation.RequiredDouble("r", -1, 1));
}
