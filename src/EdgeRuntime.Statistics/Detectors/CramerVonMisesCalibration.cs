namespace EdgeRuntime.Statistics.Detectors;

/// <summary>Works out, offline, the thresholds of <see cref="CramerVonMisesOnline"/> for a wanted mean run time without a change.</summary>
public static class CramerVonMisesCalibration
{
    private const int Streams = 1_000;
    private const int EarlyStreams = 4_000;
    private const long Budget = 20_000_000;

    // The shape of the first thresholds is measured where alarms are common enough to be counted.
    private const double MostEarlyRun = 100;

    /// <summary>
    /// Thresholds for independent values. They depend on the size of the reference alone, not on its values, and count the chance of
    /// the reference too: every simulated stream has a fresh one.
    /// </summary>
    /// <param name="options">Windows and points; its thresholds are not looked at.</param>
    /// <param name="referenceSamples">Values in the reference, of which the points are made; 20 or more.</param>
    /// <param name="wanted">Mean number of values until an alarm; 50 or more.</param>
    /// <param name="seed">The same seed gives the same thresholds.</param>
    public static double[] Thresholds(CramerVonMisesOptions options, int referenceSamples, double wanted, int seed) =>
        Thresholds(options, wanted, stream =>
        {
            Random random = new(Seed(seed, stream));
            return (Draw(random.NextDouble, referenceSamples), random.NextDouble);
        });

    /// <summary>Thresholds for the residuals of a reference.</summary>
    /// <param name="options">As above.</param>
    /// <param name="wanted">As above.</param>
    /// <param name="begin">Makes a stream and its reference, by number.</param>
    internal static double[] Thresholds(CramerVonMisesOptions options, double wanted, Func<int, SimulatedStream> begin) =>
        Thresholds(options, wanted, stream =>
        {
            SimulatedStream simulated = begin(stream);
            return (simulated.Reference, simulated.Next);
        });

    private static double[] Thresholds(
        CramerVonMisesOptions options, double wanted, Func<int, (double[] Reference, Func<double> Next)> begin)
    {
        Func<double> Statistic(int stream)
        {
            (double[] reference, Func<double> next) = begin(stream);
            CramerVonMisesOnline detector = new(options, reference);
            return () => detector.Next(next());
        }

        double[] early = Early(options, Math.Min(wanted, MostEarlyRun), Statistic);
        double last = early[^1];
        double threshold = RunLengths.Threshold(
            stream =>
            {
                Func<double> statistic = Statistic(stream);
                int t = 0;
                return () => statistic() - (t < early.Length ? early[t++] - last : 0);
            },
            Streams,
            wanted,
            Budget);
        return [.. early.Select(each => each - last + threshold)];
    }

    // Each threshold is passed by one in so many of the streams that have passed none before.
    private static double[] Early(CramerVonMisesOptions options, double wanted, Func<int, Func<double>> begin)
    {
        int count = (2 * options.Windows[^1]) - 1;
        Func<double>[] streams = [.. Enumerable.Range(Streams, EarlyStreams).Select(begin)];
        double[] thresholds = new double[count];
        for (int t = 0; t < count; t++)
        {
            double[] statistics = [.. streams.Select(next => next())];
            double[] sorted = [.. statistics.Order()];
            thresholds[t] = sorted[(int)Math.Min(sorted.Length * (1 - (1 / wanted)), sorted.Length - 1)];
            streams = [.. streams.Where((_, i) => statistics[i] <= thresholds[t])];
        }

        // No window is full at first, and no statistic is there to compare.
        double first = thresholds.First(double.IsFinite);
        return [.. thresholds.Select(each => double.IsFinite(each) ? each : first)];
    }

    private static double[] Draw(Func<double> next, int count)
    {
        double[] drawn = new double[count];
        for (int i = 0; i < count; i++)
        {
            drawn[i] = next();
        }

        return drawn;
    }

    private static int Seed(int seed, int stream) => unchecked((seed * 1_000_003) + stream);
}
