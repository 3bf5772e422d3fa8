using System.Text.Json;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// Rows about real sensors: the recommended detector, as <c>edgectl detect FILE</c> runs it with nothing else said. Everything comes
/// from the reference by rule: the first 15 of 100 rows, at most 2000; a run time of 100,000 samples, about a year of five minutes.
/// </summary>
internal static class SensorRows
{
    /// <summary>The kind of detector that is recommended.</summary>
    public const string Recommended = "page_hinkley";

    private const int MostReference = 2000;
    private const string Machine = "machine_temperature_system_failure";

    public static void Add(MonitoringOptions options, Figures figures)
    {
        if (options.Material is not { } material || !Directory.Exists(Path.Combine(material, "nab")))
        {
            figures.Add(new Figure("sensors: labelled windows of the machine temperature found", null, "windows", "the test material is absent", Least: 3));
            return;
        }

        Nab(Path.Combine(material, "nab"), figures);
        OccupancyRows.Add(Path.Combine(material, "occupancy"), figures);
    }

    private static void Nab(string folder, Figures figures)
    {
        Labelled[] series = [.. Series(folder)];
        foreach (Labelled each in series.Where(each => each.Name.Contains("realKnownCause", StringComparison.Ordinal)))
        {
            bool isMachine = each.Name.Contains(Machine, StringComparison.Ordinal);
            DetectionScore score = each.Score(Recommended, out string how);
            string name = Path.GetFileNameWithoutExtension(each.Name);
            figures.Add(new Figure($"sensors: {name}, labelled windows found", score.Found, "windows", how, Least: isMachine ? 3 : null));
            figures.Add(new Figure($"sensors: {name}, alarms outside", score.FalseAlarms, "alarms", how, Most: isMachine ? 4 : null));
            foreach (string other in (string[])["cvm", "adwin"])
            {
                DetectionScore compared = each.Score(other, out string otherHow);
                figures.Add(new Figure(
                    $"sensors: {name}, alarms outside by {other}", compared.FalseAlarms, "alarms",
                    $"{compared.Found} of {compared.Changes} windows found; {otherHow}"));
            }
        }

        Labelled[] calm = [.. series.Where(each => each.Windows.Count == 0)];
        int alarms = 0;
        List<string> said = [];
        foreach (Labelled each in calm)
        {
            int count = each.Alarms(Recommended).Count;
            alarms += count;
            said.Add($"{Path.GetFileNameWithoutExtension(each.Name)} {count}");
        }

        figures.Add(new Figure("sensors: alarms on artificial series without anomaly", alarms, "alarms", string.Join(", ", said), Most: 0));
        Labelled[] artificial = [.. series.Where(each => each.Name.StartsWith("artificialWith", StringComparison.Ordinal))];
        DetectionScore[] scores = [.. artificial.Select(each => each.Score(Recommended, out _))];
        figures.Add(new Figure(
            "sensors: anomalies of artificial series found", scores.Sum(score => score.Found), "windows",
            $"of {scores.Length}, with {scores.Sum(score => score.FalseAlarms)} alarms outside; most are shapes of a day at the usual level, which no detector of drift is after: "
                + string.Join(", ", artificial.Zip(scores, (each, score) => $"{Path.GetFileNameWithoutExtension(each.Name)} {score.Found}"))));
    }

    /// <summary>Where a detector that was calibrated on a reference alarms in what comes after it, from 0.</summary>
    public static List<int> Alarms(string detector, double[] reference, double[] stream)
    {
        IDriftDetector made = DetectorCalibration.Calibrate(detector, reference, new CalibrationOptions()).Create();
        List<int> alarms = [];
        for (int i = 0; i < stream.Length; i++)
        {
            if (made.Update(stream[i]) == DriftSignal.Drift)
            {
                alarms.Add(i);
            }
        }

        return alarms;
    }

    private static IEnumerable<Labelled> Series(string folder)
    {
        using JsonDocument labels = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "windows.json")));
        foreach (JsonProperty labelled in labels.RootElement.EnumerateObject())
        {
            string path = Path.Combine(folder, labelled.Name);
            path = File.Exists(path) ? path : Path.Combine(folder, Path.GetFileName(labelled.Name));
            (double[] times, double[][] values) = FaultSeries.Columns(path, 0, [1]);
            List<(long, long)> windows = [];
            foreach (JsonElement window in labelled.Value.EnumerateArray())
            {
                double from = FaultSeries.UnixMs(window[0].GetString()!);
                double to = FaultSeries.UnixMs(window[1].GetString()!);
                windows.Add((Array.FindIndex(times, time => time >= from), Array.FindLastIndex(times, time => time <= to)));
            }

            yield return new Labelled(labelled.Name, values[0], windows);
        }
    }

    /// <summary>A series with the rows, first and last, that people labelled.</summary>
    private sealed record Labelled(string Name, double[] Values, IReadOnlyList<(long Start, long End)> Windows)
    {
        public List<int> Alarms(string detector)
        {
            int rows = Math.Min((int)(0.15 * Values.Length), MostReference);
            return [.. SensorRows.Alarms(detector, Values[..rows], Values[rows..]).Select(at => at + rows)];
        }

        public DetectionScore Score(string detector, out string how)
        {
            List<int> alarms = Alarms(detector);
            DetectionScore score = DetectionScore.Of([.. alarms.Select(at => (long)at)], Windows, late: 0);
            how = $"{detector} on whitened values, run time 100000; {Windows.Count} windows, alarms at "
                + $"{string.Join(' ', alarms.Take(20))}{(alarms.Count > 20 ? $" and {alarms.Count - 20} more" : "")}";
            return score;
        }
    }
}
