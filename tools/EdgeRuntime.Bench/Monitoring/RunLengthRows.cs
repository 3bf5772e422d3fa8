using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// Rows about time: how long detectors run without a change before they alarm, beside what they were calibrated for, and how soon
/// they find changes at that rate of false alarms.
/// </summary>
internal static class RunLengthRows
{
    private const int References = 2000;
    private const int Runs = 500;
    private const int ReferenceSamples = 1000;
    private const int Healthy = 100;

    private static readonly (string Name, Func<double, double> Of, double Most)[] Changes =
    [
        ("+0.5 sd", value => value + 0.5, 35),
        ("+1 sd", value => value + 1, 15),
        ("+2 sd", value => value + 2, 9),
        ("-1 sd", value => value - 1, 15),
        ("doubled sd", value => 2 * value, 50),
    ];

    public static void Add(Figures figures)
    {
        figures.Add(Peer());
        CalibratedDetector[] sums = Calibrated("page_hinkley", 500, References);
        Achieved(figures, "page_hinkley", 500, sums);
        Delays(figures, "page_hinkley", sums);
        Achieved(figures, "page_hinkley", 5000, Calibrated("page_hinkley", 5000, References / 10));
        CalibratedDetector[] ranks = [.. Ranks(500)];
        Achieved(figures, "cvm", 500, ranks);
        Delays(figures, "cvm", ranks);
        Achieved(figures, "cvm", 5000, [.. Ranks(5000)]);
        SlowSensorRows.Add(figures);
    }

    private static CalibratedDetector[] Calibrated(string detector, double wanted, int references)
    {
        CalibratedDetector[] calibrated = new CalibratedDetector[references];
        Parallel.For(0, references, i => calibrated[i] = DetectorCalibration.Calibrate(
            detector, new NormalStream(1000 + i).Take(ReferenceSamples), new CalibrationOptions { ExpectedRunSamples = wanted }));
        return calibrated;
    }

    // Ranks know no distribution: one table of thresholds for all references of a size.
    private static IEnumerable<CalibratedDetector> Ranks(double wanted)
    {
        CramerVonMisesOptions options = new();
        double[] thresholds = CramerVonMisesCalibration.Thresholds(options, ReferenceSamples, wanted, seed: 1);
        for (int i = 0; i < References; i++)
        {
            yield return new CalibratedDetector
            {
                Detector = "cvm",
                Model = new AutoregressiveModel(0, [], 1, 1),
                Clip = 1e9,
                ReferenceSamples = ReferenceSamples,
                ExpectedRunSamples = wanted,
                Thresholds = thresholds,
                Points = CramerVonMisesOnline.PointsOf(new NormalStream(1000 + i).Take(ReferenceSamples), options.ReferencePoints),
            };
        }
    }

    private static void Achieved(Figures figures, string detector, double wanted, CalibratedDetector[] references)
    {
        double sum = 0;
        double squares = 0;
        for (int run = 0; run < References; run++)
        {
            NormalStream stream = new(500_000 + run);
            IDriftDetector made = references[run % references.Length].Create();
            double length = 0;
            do
            {
                length++;
            }
            while (made.Update(stream.Next()) != DriftSignal.Drift);

            sum += length;
            squares += length * length;
        }

        double mean = sum / References;
        double error = Math.Sqrt(((squares / References) - (mean * mean)) / References) / wanted;
        figures.Add(new Figure(
            $"detectors: {detector}, run time off the wanted {wanted}", Math.Abs((mean / wanted) - 1), "share",
            FormattableString.Invariant($"achieved {mean:F0} of {wanted}, ratio {mean / wanted:F3} +- {error:F3}, over {References} runs and {references.Length} fresh references of {ReferenceSamples} normal values, ")
                + (detector == "cvm" ? "one table of thresholds" : "each calibrated by its own blocks"),
            0.15));
    }

    private static void Delays(Figures figures, string detector, CalibratedDetector[] references)
    {
        foreach ((string name, Func<double, double> change, double most) in Changes)
        {
            List<double> delays = [];
            int early = 0;
            for (int run = 0; delays.Count < Runs; run++)
            {
                NormalStream stream = new(900_000 + run);
                IDriftDetector made = references[run % references.Length].Create();
                if (stream.Take(Healthy).Any(value => made.Update(value) == DriftSignal.Drift))
                {
                    early++;
                    continue;
                }

                int delay = 0;
                do
                {
                    delay++;
                }
                while (made.Update(change(stream.Next())) != DriftSignal.Drift);

                delays.Add(delay);
            }

            Spread spread = Spread.Of(delays);
            figures.Add(new Figure(
                $"detectors: {detector}, delay of {name} at a run time of 500", spread.Median, "samples",
                $"{spread}; the change after {Healthy} healthy values, {early} runs that alarmed before left out", most));
        }
    }

    // Alibi Detect's own test of its CVMDriftOnline: reference 200, wanted 50.
    private static Figure Peer()
    {
        const double Wanted = 50;
        double[] thresholds = CramerVonMisesCalibration.Thresholds(new CramerVonMisesOptions { Windows = [10, 20] }, 200, Wanted, seed: 1);
        double sum = 0;
        double delays = 0;
        for (int run = 0; run < References; run++)
        {
            NormalStream stream = new(700_000 + run);
            CramerVonMisesOnline detector = new(
                new CramerVonMisesOptions { Windows = [10, 20], Thresholds = thresholds }, stream.Take(200));
            do
            {
                sum++;
            }
            while (detector.Update(stream.Next()) != DriftSignal.Drift);

            do
            {
                delays++;
            }
            while (detector.Update(stream.Next() + 1) != DriftSignal.Drift);
        }

        double achieved = sum / References;
        return new Figure(
            "detectors: R31, times off the wanted run of 50", Math.Max(achieved / Wanted, Wanted / achieved), "x",
            FormattableString.Invariant($"windows of 10 and 20, {References} fresh references of 200: run {achieved:F1}, delay of +1 sd {delays / References:F1}; Alibi Detect asks for a run within 3x and a delay below half"),
            delays / References < Wanted / 2 ? 3 : 0);
    }
}
