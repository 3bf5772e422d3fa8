using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>All that is said of one column.</summary>
internal sealed record ColumnProfile
{
    private const int Lags = 60;
    private const int MostLags = 400;
    private const double Seasons = 1.25;
    private const int Stretches = 100;
    private const int MostBins = 40;
    private const int MostCategories = 12;

    /// <summary>The column.</summary>
    public required ProfiledColumn Column { get; init; }

    /// <summary>Rows without a value.</summary>
    public required int Missing { get; init; }

    /// <summary>Rows with an infinite one; they count as missing too.</summary>
    public required int Infinite { get; init; }

    /// <summary>Different values.</summary>
    public required int Distinct { get; init; }

    /// <summary>The longest stretch of rows with one value.</summary>
    public required int LongestStay { get; init; }

    /// <summary>Figures; null of categories, and where there is no value.</summary>
    public FeatureSummary? Summary { get; init; }

    /// <summary>Edges of the histogram, evenly spread over 0.1 to 99.9 percent of the values; one more than there are counts.</summary>
    public IReadOnlyList<double> Edges { get; init; } = [];

    /// <summary>Values by bin; those outside the edges stand in the outer bins.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [];

    /// <summary>Correlation at lags 1, 2, and so on.</summary>
    public IReadOnlyList<double> Correlogram { get; init; } = [];

    /// <summary>Share of rows without a value, stretch of time by stretch of time; 0 to 1.</summary>
    public required IReadOnlyList<double> MissingOverTime { get; init; }

    /// <summary>Smallest value, mean and largest, stretch of time by stretch of time; NaN of one without a value. Empty of categories.</summary>
    public IReadOnlyList<(double Smallest, double Mean, double Largest)> Course { get; init; } = [];

    /// <summary>The most frequent categories, each with its rows.</summary>
    public IReadOnlyList<(string Name, int Rows)> Categories { get; init; } = [];

    /// <summary>Looks at one column.</summary>
    public static ColumnProfile Of(ProfiledColumn column)
    {
        double[] sorted = [.. column.Values.Where(double.IsFinite).Order()];
        FeatureSummary? summary = column.IsCategory ? null : FeatureSummaries.Of(column.Values);
        int lags = Math.Max(Lags, (int)Math.Min(MostLags, Seasons * (summary?.Season?.Rows ?? 0)));
        (double[] edges, int[] counts) = summary is null ? ([], []) : Histogram(sorted);
        return new ColumnProfile
        {
            Column = column,
            Missing = column.Values.Length - sorted.Length,
            Infinite = column.Values.Count(double.IsInfinity),
            Distinct = DistinctOf(sorted),
            LongestStay = LongestStayOf(column.Values),
            Summary = summary,
            Edges = edges,
            Counts = counts,
            Correlogram = column.IsCategory ? [] : Autocorrelation.Of(column.Values, Math.Min(lags, column.Values.Length / 4)),
            MissingOverTime = [.. StretchesOf(column.Values).Select(stretch => stretch.Count(value => !double.IsFinite(value)) / (double)stretch.Count)],
            Course = summary is null ? [] : [.. StretchesOf(column.Values).Select(CourseOf)],
            Categories = column.Categories is { } names ? CategoriesOf(sorted, names) : [],
        };
    }

    private static (double[] Edges, int[] Counts) Histogram(double[] sorted)
    {
        double low = FeatureSummaries.Quantile(sorted, 0.001);
        double high = FeatureSummaries.Quantile(sorted, 0.999);
        int bins = high > low ? Math.Clamp(Math.Min((int)(2 * Math.Cbrt(sorted.Length)), DistinctOf(sorted)), 1, MostBins) : 1;
        double width = high > low ? (high - low) / bins : Math.Max(Math.Abs(low), 1) / 10;
        double first = high > low ? low : low - (width / 2);
        int[] counts = new int[bins];
        foreach (double value in sorted)
        {
            counts[(int)Math.Clamp((value - first) / width, 0, bins - 1)]++;
        }

        return ([.. Enumerable.Range(0, bins + 1).Select(i => first + (i * width))], counts);
    }

    private static int DistinctOf(double[] sorted)
    {
        int distinct = sorted.Length > 0 ? 1 : 0;
        for (int i = 1; i < sorted.Length; i++)
        {
            distinct += sorted[i] != sorted[i - 1] ? 1 : 0;
        }

        return distinct;
    }

    private static int LongestStayOf(double[] values)
    {
        int longest = 0;
        int stay = 0;
        double last = double.NaN;
        foreach (double value in values)
        {
            stay = double.IsNaN(value) ? 0 : value == last ? stay + 1 : 1;
            longest = Math.Max(longest, stay);
            last = value;
        }

        return longest;
    }

    private static IEnumerable<ArraySegment<double>> StretchesOf(double[] values)
    {
        int stretches = Math.Min(Stretches, values.Length);
        for (int i = 0; i < stretches; i++)
        {
            int from = (int)((long)values.Length * i / stretches);
            int to = (int)((long)values.Length * (i + 1) / stretches);
            yield return new ArraySegment<double>(values, from, to - from);
        }
    }

    private static (double Smallest, double Mean, double Largest) CourseOf(ArraySegment<double> stretch)
    {
        double[] finite = [.. stretch.Where(double.IsFinite)];
        return finite.Length == 0 ? (double.NaN, double.NaN, double.NaN) : (finite.Min(), finite.Average(), finite.Max());
    }

    private static (string Name, int Rows)[] CategoriesOf(double[] codes, IReadOnlyDictionary<double, string> names) =>
    [
        .. codes.GroupBy(code => code).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Take(MostCategories)
            .Select(group => (names.TryGetValue(group.Key, out string? name) ? name : group.Key.ToString("R", System.Globalization.CultureInfo.InvariantCulture), group.Count())),
    ];
}
