using EdgeRuntime.Statistics.Detectors;

namespace EdgeRuntime.Bench.Monitoring;

/// <summary>
/// Rows about slow sensors with short references: how many false alarms come early. Of such a reference neither level nor slowness is
/// known well, so that the streams of some run far shorter than the average.
/// </summary>
internal static class SlowSensorRows
{
    private const double Wanted = 2_000;
    private const int References = 400;
    private const double LongestInMeans = 5;

    public static void Add(Figures figures)
    {
        foreach ((double slowness, int samples) in (IEnumerable<(double, int)>)[(0.95, 500), (0.95, 2_000), (0.99, 500), (0.99, 2_000)])
        {
            double[] lengths = new double[References];
            Parallel.For(0, References, i => lengths[i] = RunLength(slowness, samples, seed: 3_000 + i));
            double early = lengths.Count(length => length <= 0.05 * Wanted) / (double)References;
            double later = lengths.Count(length => length <= 0.2 * Wanted) / (double)References;
            double error = Math.Sqrt(early * (1 - early) / References);
            figures.Add(new Figure(
                FormattableString.Invariant($"detectors: page_hinkley, alarms in a twentieth of the wanted run, AR {slowness}, {samples} samples"), 100 * early, "%",
                FormattableString.Invariant($"one standard error is {100 * error:F1} %; {100 * later:F1} % in a fifth of it; exponential run times have 4.9 and 18.1 %. Run time {lengths.Average() / Wanted:F2} of the wanted {Wanted}, over {References} fresh references of a first-order autoregression, worth {samples * (1 - slowness) / (1 + slowness):F0} independent samples each, and the stream that follows")));
        }
    }

    private static double RunLength(double slowness, int samples, int seed)
    {
        NormalStream steps = new(seed);
        double last = steps.Next() / Math.Sqrt(1 - (slowness * slowness));
        double Next() => last = (slowness * last) + steps.Next();
        double[] reference = [.. Enumerable.Range(0, samples).Select(_ => Next())];
        IDriftDetector detector = DetectorCalibration.Calibrate(
            "page_hinkley", reference, new CalibrationOptions { ExpectedRunSamples = Wanted }).Create();
        for (int length = 1; length <= LongestInMeans * Wanted; length++)
        {
            if (detector.Update(Next()) == DriftSignal.Drift)
            {
                return length;
            }
        }

        // What is still going after five mean times goes on for another, since it remembers nothing.
        return (LongestInMeans + 1) * Wanted;
    }
}
