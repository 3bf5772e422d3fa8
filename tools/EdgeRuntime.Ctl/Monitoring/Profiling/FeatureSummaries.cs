using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>Says of columns of numbers how they are distributed.</summary>
internal static class FeatureSummaries
{
    private const int MostCorrelations = 8;
    private const double LeastCorrelation = 0.3;
    private const double OuterFence = 3;

    /// <summary>Of one column.</summary>
    /// <param name="values">In the order of time; NaN where there is none.</param>
    /// <returns>Null where there is no value.</returns>
    public static FeatureSummary? Of(double[] values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        if (sorted.Length == 0)
        {
            return null;
        }

        Moments moments = Moments.Of(sorted);
        double[] percentiles = [.. FeatureSummary.Ranks.Select(rank => Quantile(sorted, rank / 100))];
        double lower = Quantile(sorted, 0.25);
        double upper = Quantile(sorted, 0.75);
        double fence = OuterFence * (upper - lower);
        double[] neighbours = Autocorrelation.Of(values, 1);
        return new FeatureSummary
        {
            Mean = Rounded(moments.Mean),
            Sd = sorted.Length > 1 ? Rounded(moments.StandardDeviation) : 0,
            Skewness = FiniteOf(moments.Skewness),
            Kurtosis = FiniteOf(moments.Kurtosis),
            Percentiles = [.. percentiles.Select(Rounded)],
            Outliers = fence > 0 ? sorted.LongCount(value => value < lower - fence || value > upper + fence) : 0,
            Autocorrelation = neighbours.Length > 0 ? Rounded(neighbours[0]) : null,
            Season = Seasonality.Of(values),
        };
    }

    /// <summary>The columns that go along most with one of them.</summary>
    /// <param name="names">Of all.</param>
    /// <param name="matrix">Of <see cref="RankCorrelation"/>.</param>
    /// <param name="column">Which one.</param>
    public static IReadOnlyList<CorrelationReference> Strongest(IReadOnlyList<string> names, double[,] matrix, int column) =>
    [
        .. Enumerable.Range(0, names.Count)
            .Where(other => other != column && Math.Abs(matrix[column, other]) >= LeastCorrelation)
            .OrderByDescending(other => Math.Abs(matrix[column, other])).ThenBy(other => other).Take(MostCorrelations)
            .Select(other => new CorrelationReference(names[other], Math.Round(matrix[column, other], 4))),
    ];

    /// <summary>The value below which a share of sorted values lies, on the line between the two nearest.</summary>
    /// <param name="sorted">At least one.</param>
    /// <param name="share">0 to 1.</param>
    public static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        double fraction = place - below;
        return fraction == 0 ? sorted[below] : sorted[below] + (fraction * (sorted[below + 1] - sorted[below]));
    }

    private static double FiniteOf(double value) => double.IsFinite(value) ? Rounded(value) : 0;

    // Six digits: the file is read by people.
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
