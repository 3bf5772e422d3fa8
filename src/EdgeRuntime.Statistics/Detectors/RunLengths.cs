namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// Finds the threshold that a statistic passes after a wanted number of values, on average, while nothing changes; and not much
/// oftener at first than such an average says.
/// </summary>
public static class RunLengths
{
    // Of run lengths, which are close to exponential, fewer than 1 in 100 are longer than five times their mean.
    private const double LongestInMeans = 5;

    // Where references differ much, a few good ones make the mean long and the bad ones alarm at once. So the share that has alarmed
    // by these fractions of the mean may exceed the one of exponential run lengths by no more than chance explains.
    private const double EarlyTolerance = 1.3;

    private static readonly double[] Early = [0.05, 0.2];

    /// <summary>Simulates streams without a change, and solves for the threshold.</summary>
    /// <param name="begin">Makes the statistic of one simulated stream: each call of it gives the value after the next sample.</param>
    /// <param name="streams">How many are simulated; the threshold's run time is uncertain by <c>1 / sqrt(streams)</c>.</param>
    /// <param name="wanted">The mean run time wanted, in samples; 10 or more.</param>
    /// <param name="budget">
    /// Samples that may be simulated. Where the wanted time needs more, the threshold is extrapolated, linear in the logarithm of the
    /// time, from what can be simulated: a statistic's tail is close to exponential.
    /// </param>
    public static double Threshold(Func<int, Func<double>> begin, int streams, double wanted, long budget)
    {
        double feasible = Math.Max(budget / LongestInMeans / streams, 100);
        double longest = Math.Min(wanted, feasible);
        List<Record>[] records = [.. Enumerable.Range(0, streams).Select(stream => Records(begin(stream), longest * LongestInMeans))];
        double threshold = Solve(records, longest);
        if (wanted <= feasible)
        {
            return threshold;
        }

        double shorter = Solve(records, longest / 10);
        return threshold + ((threshold - shorter) * Math.Log10(wanted / longest));
    }

    /// <summary>Mean number of values until a statistic passes a threshold, over streams, each followed to its end.</summary>
    /// <param name="begin">As of <see cref="Threshold"/>.</param>
    public static double Mean(Func<int, Func<double>> begin, int streams, double threshold)
    {
        double sum = 0;
        for (int stream = 0; stream < streams; stream++)
        {
            Func<double> next = begin(stream);
            do
            {
                sum++;
            }
            while (next() <= threshold);
        }

        return sum / streams;
    }

    // Only where a statistic is higher than ever before can it pass a threshold for the first time.
    private static List<Record> Records(Func<double> next, double length)
    {
        List<Record> records = [];
        double highest = double.NegativeInfinity;
        for (long t = 1; t <= length; t++)
        {
            double value = next();
            if (value > highest)
            {
                highest = value;
                records.Add(new Record(t, value));
            }
        }

        return records;
    }

    private static double Solve(List<Record>[] records, double wanted) =>
        Math.Max(SolveMean(records, wanted), Early.Max(fraction => SolveEarly(records, wanted, fraction)));

    private static double SolveEarly(List<Record>[] records, double wanted, double fraction)
    {
        double[] highest = [.. records.Select(each => HighestUntil(each, wanted * fraction)).Order()];
        double share = EarlyTolerance * (1 - Math.Exp(-fraction));
        return highest[(int)((1 - share) * highest.Length)];
    }

    private static double HighestUntil(List<Record> records, double time)
    {
        double highest = double.NegativeInfinity;
        foreach (Record record in records)
        {
            highest = record.At <= time ? record.Value : highest;
        }

        return highest;
    }

    private static double SolveMean(List<Record>[] records, double wanted)
    {
        double low = 0;
        double high = records.Max(each => each.Count == 0 ? 0 : each[^1].Value);
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (MeanUntil(records, middle, wanted) < wanted)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return high;
    }

    private static double MeanUntil(List<Record>[] records, double threshold, double wanted)
    {
        double sum = 0;
        double longest = wanted * LongestInMeans;
        foreach (List<Record> each in records)
        {
            long passed = long.MaxValue;
            foreach (Record record in each)
            {
                if (record.Value > threshold)
                {
                    passed = record.At;
                    break;
                }
            }

            // What is still going after five mean times goes on for another, since it remembers nothing.
            sum += passed <= longest ? passed : longest + wanted;
        }

        return sum / records.Length;
    }

    private readonly record struct Record(long At, double Value);
}
