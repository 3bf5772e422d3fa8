using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>Rows about drift detectors: do they alarm where the libraries that devised the test streams do, and what do they cost.</summary>
internal static class DetectorRows
{
    // The goal is 400 ns with counters and moments, which have 60 of it.
    private const double MostNanoseconds = 340;
    private const double MostBytes = 1400;

    public static void Add(MonitoringOptions options, Figures figures)
    {
        figures.Add(Indices(options));
        figures.Add(Scores());
        Cost(figures);
    }

    private static Figure Indices(MonitoringOptions options)
    {
        const string Name = "detectors: streams on which alarm indices differ";
        if (options.Fixtures is not { } fixtures)
        {
            return new Figure(Name, null, "streams", "the reference values are absent", 0);
        }

        using JsonDocument fixture = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(fixtures, "detectors.json")));
        List<string> wrong = [];
        Dictionary<string, int> compared = [];
        void Compare(string id, string detector, IEnumerable<KeyValuePair<string, string>> parameters, double[] stream, int[] expected)
        {
            compared[id] = compared.GetValueOrDefault(id) + 1;
            List<string> mistakes = [];
            DetectorKind kind = DetectorKinds.Find(detector)!;
            List<int> found = Alarms(kind.Create(DetectorSettings.Read(kind, parameters, mistakes), []), stream);
            if (mistakes.Count > 0 || !found.SequenceEqual(expected))
            {
                wrong.Add($"{id} {detector} [{string.Join(' ', found)}] for [{string.Join(' ', expected)}]");
            }
        }

        foreach (JsonElement each in fixture.RootElement.GetProperty("cases").EnumerateArray())
        {
            Compare(
                each.GetProperty("id").GetString()!,
                each.GetProperty("detector").GetString()!,
                each.GetProperty("parameters").EnumerateObject().Select(one => KeyValuePair.Create(one.Name, one.Value.GetString()!)),
                Numbers(fixture.RootElement.GetProperty("streams").GetProperty(each.GetProperty("stream").GetString()!)),
                Whole(each.GetProperty("alarms")));
        }

        if (options.Material is { } material)
        {
            string folder = Path.Combine(material, "drift_streams");
            using JsonDocument asserted = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
            foreach ((string name, string detector, string parameter) in (IEnumerable<(string, string, string)>)
            [
                ("PageHinkley", "page_hinkley", "two_sided=no"), ("DDM", "ddm", ""), ("EDDM", "eddm", ""), ("HDDM_A", "hddm_a", ""),
                ("HDDM_A_second", "hddm_a", "decreases=restart"), ("HDDM_W", "hddm_w", ""), ("HDDM_W_second", "hddm_w", ""),
            ])
            {
                JsonElement wanted = asserted.RootElement.GetProperty(name);
                string[] given = parameter.Split('=');
                Compare(
                    "scikit-multiflow", detector, given.Length == 2 ? [KeyValuePair.Create(given[0], given[1])] : [],
                    Stream(folder, wanted.GetProperty("stream").GetString()!), Whole(wanted.GetProperty("expected_indices")));
            }

            Compare("R3", "adwin", [], Stream(folder, "drift_stream"), [1023, 1055]);
        }

        string how = string.Join(", ", compared.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key}: {each.Value}"));
        string left = "left out: KSWIN of R7 and R8 draws with Python's generator, BOCD of R8 keeps ever more; ADWIN of R8 as corrected";
        return new Figure(Name, wrong.Count, "streams", $"{how}; {left}{(wrong.Count > 0 ? "; " : "")}{string.Join("; ", wrong)}", 0);
    }

    private static Figure Scores()
    {
        (string What, double Found, double Expected)[] values =
        [
            ("precision", Score([110, 900], 100).Precision, 0.5),
            ("recall", Score([110, 130], 100, 500).Recall, 2.0 / 3),
            ("episode recall", Score([110, 130], 100, 500).EpisodeRecall, 0.5),
            ("delay", Score([110, 530], 100, 500, 900).DetectionDelay, 20),
            ("false alarm rate", Score([110, 900], 100).FalseAlarmRate(1000, 1000), 1),
            ("time between false alarms", Score([200, 300, 500]).TimeBetweenFalseAlarms, 150),
            ("mean time ratio", Score([110, 400, 700], 100, 900).MeanTimeRatio, 15),
        ];
        string[] wrong = [.. values.Where(each => Math.Abs(each.Found - each.Expected) > 1e-12).Select(each => each.What)];
        return new Figure(
            "detectors: R30 scores that differ from river's", wrong.Length, "values",
            $"{string.Join(", ", values.Select(each => each.What))} of river's own examples{(wrong.Length > 0 ? "; wrong: " : "")}{string.Join(", ", wrong)}", 0);
    }

    private static void Cost(Figures figures)
    {
        const int Rounds = 9;
        NormalStream stream = new(seed: 5);
        double[] values = stream.Take(200_000);
        foreach (string name in (string[])["page_hinkley", "cvm", "adwin"])
        {
            CalibratedDetector calibrated = DetectorCalibration.Calibrate(
                name, values.AsSpan(0, 1000), new CalibrationOptions { ExpectedRunSamples = 1000 });
            calibrated = calibrated with { Model = calibrated.Model with { Coefficients = [0.4, 0.2, 0.1, 0.05] } };
            double bytes = Kept(calibrated.Create);
            IDriftDetector detector = calibrated.Create();
            Run(detector, values);
            double[] rounds = new double[Rounds];
            long garbage = long.MaxValue;
            for (int round = 0; round < Rounds; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                long start = Stopwatch.GetTimestamp();
                Run(detector, values);
                rounds[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / values.Length;
                garbage = Math.Min(garbage, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            bool isRecommended = name == "page_hinkley";
            figures.Add(new Figure(
                $"detectors: {name} with whitening, per sample", Spread.Of(rounds).Median, "ns",
                $"{Spread.Of(rounds)} of {values.Length} values, four coefficients; {garbage} bytes allocated; the goal is what 400 ns leave beside 60 of counters",
                MostNanoseconds));
            figures.Add(new Figure(
                $"detectors: {name} with whitening, memory per feature", bytes, "bytes",
                $"managed bytes that stay, over 500 of them; its state to store has {detector.StateSize}{(isRecommended ? "; recommended" : "")}",
                isRecommended ? MostBytes : null));
        }
    }

    private static double Kept(Func<IDriftDetector> create)
    {
        IDriftDetector[] detectors = new IDriftDetector[500];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < detectors.Length; i++)
        {
            detectors[i] = create();
        }

        double kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(detectors);
        return kept / detectors.Length;
    }

    private static void Run(IDriftDetector detector, double[] values)
    {
        foreach (double value in values)
        {
            detector.Update(value);
        }
    }

    private static List<int> Alarms(IDriftDetector detector, double[] stream)
    {
        List<int> alarms = [];
        for (int i = 0; i < stream.Length; i++)
        {
            if (detector.Update(stream[i]) == DriftSignal.Drift)
            {
                alarms.Add(i);
            }
        }

        return alarms;
    }

    private static DetectionScore Score(long[] alarms, params long[] changes) =>
        DetectionScore.Of(alarms, [.. changes.Select(at => (at, at))], late: 50);

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(each => each.GetDouble())];

    private static int[] Whole(JsonElement array) => [.. array.EnumerateArray().Select(each => each.GetInt32())];

    private static double[] Stream(string folder, string name) =>
        [.. File.ReadLines(Path.Combine(folder, $"{name}.csv")).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
}
