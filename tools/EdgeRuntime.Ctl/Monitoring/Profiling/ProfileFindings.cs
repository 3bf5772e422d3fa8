using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>What of a reference somebody should look at before it becomes a yardstick, one sentence each, the gravest first.</summary>
internal static class ProfileFindings
{
    private const int FewRows = 1000;
    private const double ManyMissing = 0.01;
    private const double ManyOutliers = 0.001;
    private const double SameColumn = 0.995;
    private const double Wandering = 1;
    private const double Sluggish = 0.98;

    /// <summary>The sentences.</summary>
    public static IEnumerable<string> Of(TableProfile profile) =>
    [
        .. Rows(profile), .. Clock(profile.Table),
        .. profile.Columns.SelectMany(Values), .. profile.Columns.SelectMany(column => Stays(column, profile.Table)),
        .. profile.Columns.SelectMany(Halves), .. Twins(profile), .. Tails(profile),
    ];

    private static IEnumerable<string> Rows(TableProfile profile)
    {
        if (profile.Table.Rows < FewRows)
        {
            yield return Invariant($"There are {profile.Table.Rows} rows only: what is rare was hardly seen, and thresholds are rough.");
        }

        ColumnProfile[] slow = [.. profile.Columns.Where(column => column.Summary?.Autocorrelation > Sluggish)];
        if (slow.Length > 0)
        {
            string names = Listed([.. slow.Select(column => column.Column.Name)]);
            double least = slow.Max(column => column.Summary!.Autocorrelation!.Value);
            double worth = Math.Max(1, profile.Table.Rows * (1 - least) / (1 + least));
            yield return Invariant($"Neighbouring rows of {names} hardly differ: {profile.Table.Rows} rows say no more than some {worth:0} independent ones would.");
        }
    }

    private static IEnumerable<string> Clock(ProfiledTable table)
    {
        TimingReference? timing = table.UnixMs.Length == 0 ? null : ChannelCalibration.Timing(table.UnixMs, table.Recordings);
        int back = 0;
        int gaps = 0;
        double longest = 0;
        foreach (Range recording in table.Recordings)
        {
            ReadOnlySpan<double> times = table.UnixMs.Length == 0 ? [] : table.UnixMs.AsSpan(recording);
            for (int i = 1; i < times.Length; i++)
            {
                double step = times[i] - times[i - 1];
                back += step <= 0 ? 1 : 0;
                bool isGap = timing is not null && step > 3 * timing.IntervalMs;
                gaps += isGap ? 1 : 0;
                longest = isGap ? Math.Max(longest, step) : longest;
            }
        }

        if (back > 0)
        {
            yield return Invariant($"The clock was set back, or stood still, {Times(back)}.");
        }

        if (gaps > 0)
        {
            yield return Invariant($"Frames are missing {Times(gaps)}; the longest gap lasts {longest / timing!.IntervalMs:0} of them.");
        }
    }

    private static IEnumerable<string> Values(ColumnProfile column)
    {
        string name = column.Column.Name;
        int rows = column.Column.Values.Length;
        if (column.Missing == rows)
        {
            yield return $"{name} has no value at all.";
            yield break;
        }

        if (column.Distinct == 1)
        {
            yield return $"{name} has one value only: any other will look like a change.";
        }

        if (column.Infinite > 0)
        {
            yield return Invariant($"{name} is infinite in {column.Infinite} rows.");
        }

        if (column.Missing > ManyMissing * rows)
        {
            double worst = column.MissingOverTime.Max();
            string where = worst > 0.9 ? ", nearly all of a stretch of time" : "";
            yield return Invariant($"{name} has no value in {(double)column.Missing / rows:0.0%} of the rows{where}.");
        }

        if (column.Column.IsCategory && column.Distinct > ChannelReference.MostCategories)
        {
            yield return Invariant($"{name} has {column.Distinct} categories: new ones are nothing unusual, and will not be told.");
        }
    }

    private static IEnumerable<string> Stays(ColumnProfile column, ProfiledTable table)
    {
        ChannelReference? reference = column.Column.IsCategory || column.Distinct < 2 ? null
            : ChannelCalibration.Numbers(column.Column.Name, column.Column.Values, table.Recordings);
        if (reference is not null && column.LongestStay >= Math.Max(60, 2 * reference.StayFrames))
        {
            yield return Invariant($"{column.Column.Name} keeps one value for {column.LongestStay} rows, where {reference.StayFrames:0} are usual at most: was it stuck?");
        }
    }

    private static IEnumerable<string> Halves(ColumnProfile column)
    {
        double[] values = column.Column.Values;
        double[] first = [.. values.Take(values.Length / 2).Where(double.IsFinite)];
        double[] second = [.. values.Skip(values.Length / 2).Where(double.IsFinite)];
        if (column.Summary is { Sd: > 0 } summary && first.Length > 30 && second.Length > 30)
        {
            double moved = (second.Average() - first.Average()) / summary.Sd;
            if (Math.Abs(moved) > Wandering)
            {
                string way = moved > 0 ? "above" : "below";
                yield return Invariant($"The later half of {column.Column.Name} lies {Math.Abs(moved):0.0} standard deviations {way} the earlier one: it drifts within the reference.");
            }
        }
    }

    private static IEnumerable<string> Twins(TableProfile profile)
    {
        for (int i = 0; i < profile.Correlated.Count; i++)
        {
            for (int j = i + 1; j < profile.Correlated.Count; j++)
            {
                if (Math.Abs(profile.Correlations[i, j]) >= SameColumn)
                {
                    yield return $"{profile.Correlated[i]} and {profile.Correlated[j]} go along with each other all the way: one of them adds nothing.";
                }
            }
        }
    }

    private static IEnumerable<string> Tails(TableProfile profile)
    {
        ColumnProfile[] tailed = [.. profile.Columns.Where(column => column.Summary?.Outliers > ManyOutliers * (column.Column.Values.Length - column.Missing))];
        if (tailed.Length > 0)
        {
            string[] each = [.. tailed.Select(column => Invariant($"{column.Column.Name} ({column.Summary!.Outliers} rows, {Furthest(column.Summary):G5} the furthest)"))];
            yield return $"Far from most values lie some of {Listed(each)}.";
        }
    }

    private static double Furthest(FeatureSummary summary)
    {
        double low = summary.Percentiles[0];
        double high = summary.Percentiles[^1];
        double median = summary.Percentiles[5];
        return high - median > median - low ? high : low;
    }

    private static string Times(int count) => count == 1 ? "once" : Invariant($"{count} times");

    private static string Listed(string[] names) =>
        names.Length <= 5 ? string.Join(", ", names) : Invariant($"{string.Join(", ", names.Take(5))} and {names.Length - 5} more");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
