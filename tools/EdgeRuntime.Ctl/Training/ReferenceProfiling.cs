using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Monitoring.Profiling;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;

namespace EdgeRuntime.Ctl.Training;

/// <summary>Makes the yardstick for drift from training windows.</summary>
/// <param name="bins">Quantile bins between the smallest and the largest value seen; 2 to 62.</param>
internal sealed class ReferenceProfiling(FeatureTable table, int bins)
{
    // Effective samples a device needs for a verdict; it rests on one to two times as many (EdgeRuntime.Engine).
    private const double SmallestSample = 30;
    private const double LeastEffect = 0.25;
    private const double Safety = 1.25;

    // Of so many features each is compared with all others.
    private const int MostCorrelated = 64;

    private readonly double _share = EffectiveShare(table);

    /// <summary>Windows that a verdict of a device looks back on, at most.</summary>
    public int Horizon => (int)Math.Ceiling(2 * SmallestSample / _share);

    /// <summary>Makes the profile.</summary>
    /// <param name="names">Names of the table's features.</param>
    /// <param name="windowSamples">Neighbouring windows that a healthy device judges together.</param>
    /// <param name="monitoring">How the manifest wants them to be watched; null for the defaults.</param>
    public ReferenceProfile Profile(IReadOnlyList<string> names, int windowSamples, MonitoringSpec? monitoring)
    {
        double[][] columns = [.. names.Select((_, column) => table.Rows.Select(row => row[column]).ToArray())];
        string[] compared = [.. names.Take(MostCorrelated)];
        double[,] correlations = RankCorrelation.Of([.. columns.Take(MostCorrelated)]);
        ReferenceFeature[] features = [.. names.Select((name, column) => Feature(name, columns[column], windowSamples, monitoring))];
        for (int i = 0; i < compared.Length; i++)
        {
            if (features[i].Summary is { } summary)
            {
                features[i] = features[i] with { Summary = summary with { Correlations = FeatureSummaries.Strongest(compared, correlations, i) } };
            }
        }

        return new ReferenceProfile
        {
            Rows = table.Rows.Count,
            EffectiveRows = Rounded(Math.Clamp(table.Rows.Count * _share, 1, table.Rows.Count)),
            EffectiveShare = Rounded(_share),
            Features = features,
        };
    }

    private ReferenceFeature Feature(string name, double[] values, int windowSamples, MonitoringSpec? monitoring) => Bins(name, values, windowSamples) with
    {
        Online = monitoring?.Online is { } online && online.Watches(name) ? OnlineCalibration.Calibrate(online, values, table.Runs) : null,
        Wasserstein = monitoring?.Drift.Test == "wasserstein" ? DistanceCalibration.Calibrate(values, Stretches(values.Length, windowSamples)) : null,
    };

    /// <summary>Bins of one quantity, with the smallest effect that no stretch of the training itself reaches.</summary>
    public ReferenceFeature Bins(string name, double[] values, int windowSamples)
    {
        double[] edges = QuantileEdges.Of([.. values.Where(double.IsFinite)], bins);
        BinCounter all = Counted(edges, values);
        double worst = 0;
        foreach (Range stretch in Stretches(values.Length, windowSamples))
        {
            double scale = Math.Max(1, windowSamples / (double)stretch.GetOffsetAndLength(values.Length).Length);
            worst = Math.Max(worst, Index(all, Counted(edges, values.AsSpan(stretch)), scale));
        }

        return new ReferenceFeature
        {
            Name = name,
            Edges = edges,
            Counts = all.Counts.ToArray(),
            Missing = all.Missing,
            MinEffect = Rounded(Math.Max(LeastEffect, Safety * worst)),
            Chance = Chance(all),
            Summary = FeatureSummaries.Of(values),
        };
    }

    // Neighbouring windows that a healthy device judges together. And a machine may stay in one of its states for as long as a verdict looks
    // back, though it never did in training.
    private IEnumerable<Range> Stretches(int rows, int windowSamples)
    {
        foreach (Range recording in table.Recordings)
        {
            (int start, int length) = recording.GetOffsetAndLength(rows);
            int step = Math.Max(1, windowSamples / 4);
            for (int at = start; at + windowSamples <= start + length; at += step)
            {
                yield return at..(at + windowSamples);
            }
        }

        foreach (Range run in table.Runs)
        {
            yield return run;
        }
    }

    private static ChanceReference[] Chance(BinCounter reference) =>
    [
        .. StabilityChance.Of([.. reference.Counts, reference.Missing], StabilityChance.Sizes).Select(of => new ChanceReference
        {
            Samples = (long)of.Size,
            Mean = Rounded(of.Mean),
            Variance = Rounded(of.Variance),
            Skewness = Rounded(of.Skewness),
            Kurtosis = Rounded(of.Excess),
        }),
    ];

    private static double Index(BinCounter reference, BinCounter block, double scale)
    {
        long[] counts = block.Counts.ToArray();
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = (long)Math.Round(counts[i] * scale);
        }

        long missing = (long)Math.Round(block.Missing * scale);
        return PopulationStability.Index(
            new BinnedSample(reference.Counts, reference.Missing, 1), new BinnedSample(counts, missing, 1));
    }

    private static BinCounter Counted(double[] edges, ReadOnlySpan<double> values)
    {
        BinCounter counter = new(edges);
        foreach (double value in values)
        {
            counter.Record(value);
        }

        return counter;
    }

    // Share of windows worth one independent observation each while the machine stays in one state, from the
    // correlation of neighbours: (1 - r) / (1 + r) is exact for a first-order process. That of the quicker features, their
    // upper quartile: it says how soon a verdict is possible, and what a slow feature does by itself meanwhile is in the
    // smallest effect that it is calibrated on. By the median, a temperature beside two loads would hold up every verdict.
    private static double EffectiveShare(FeatureTable table)
    {
        List<double> shares = [];
        int features = table.Rows[0].Length;
        for (int column = 0; column < features; column++)
        {
            double products = 0;
            double squares = 0;
            foreach (Range run in table.Runs)
            {
                (int start, int length) = run.GetOffsetAndLength(table.Rows.Count);
                double[] values = [.. table.Rows.Skip(start).Take(length).Select(row => row[column])];
                if (length < 8 || !values.All(double.IsFinite))
                {
                    continue;
                }

                double mean = values.Average();
                for (int i = 0; i < length; i++)
                {
                    squares += (values[i] - mean) * (values[i] - mean);
                    products += i > 0 ? (values[i] - mean) * (values[i - 1] - mean) : 0;
                }
            }

            if (squares > 0)
            {
                double correlation = Math.Clamp(products / squares, 0, 0.995);
                shares.Add((1 - correlation) / (1 + correlation));
            }
        }

        shares.Sort();
        return shares.Count == 0 ? 0.1 : shares[shares.Count * 3 / 4];
    }

    // Six digits: the file is read by people, and no edge is known better.
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
