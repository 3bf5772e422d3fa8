namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// Wasserstein-1 distance of two sketches in standard deviations of the reference, with what chance makes of it by dealing the
/// pooled values again and again.
/// </summary>
/// <remarks>
/// The distance is the integral of <c>|F - G|</c> by the standard deviation of the reference, so a shift by one of those is 1. Its
/// distribution hangs on where the values lie, and with heavy tails on one value alone: no form with a few moments keeps the level, and a
/// permutation does at any sizes, at most. It is for tools: a device holds the distance against thresholds that were made so
/// (<see cref="CalibratedWasserstein"/>).
/// </remarks>
/// <param name="random">Deals the values; the same seed gives the same verdict.</param>
/// <param name="most">Most permutations, 19 or more; fewer for many values, at least 199. (default: 9,999)</param>
public sealed class WassersteinTest(Random random, int most = 9_999)
{
    private const long Steps = 50_000_000;
    private const int Fewest = 199;

    /// <summary>Compares two samples.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The level is not between 0 and 1.</exception>
    public ComparisonResult Compare(WeightedValues reference, WeightedValues current, ComparisonLimits limits)
    {
        if (!(limits.Level > 0 && limits.Level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(limits), limits.Level, "a level between 0 and 1 is needed");
        }

        (double[] values, long[] first, long[] second) = Merged(reference, current);
        double distance = reference.Total > 0 && current.Total > 0
            ? Distance(values, first, second, reference.Total, current.Total)
            : 0;
        double unit = reference.Deviation > 0 ? reference.Deviation : 1;
        ComparisonResult result = new()
        {
            Method = ComparisonMethod.Wasserstein,
            Statistic = distance / unit,
            Effect = distance / unit,
            Threshold = double.NaN,
            PValue = 1,
            ReferenceSize = reference.Total,
            CurrentSize = current.Total,
            Cells = values.Length,
            Limits = limits,
        };
        if (distance == 0)
        {
            return result;
        }

        double[] dealt = Dealt(values, first, second, reference.Total, current.Total);
        Array.Sort(dealt);

        // The observed deal is one of all; equal distances may differ by rounding.
        int larger = dealt.Count(each => each >= distance * (1 - 1e-12));
        int at = Math.Min((int)Math.Ceiling((dealt.Length + 1) * (1 - limits.Level)), dealt.Length) - 1;
        return result with { PValue = (larger + 1.0) / (dealt.Length + 1), Threshold = dealt[at] / unit };
    }

    /// <summary>The integral of <c>|F - G|</c>, in the unit of the values; NaN without values.</summary>
    public static double Distance(WeightedValues reference, WeightedValues current)
    {
        (double[] values, long[] first, long[] second) = Merged(reference, current);
        return reference.Total > 0 && current.Total > 0
            ? Distance(values, first, second, reference.Total, current.Total)
            : double.NaN;
    }

    /// <summary>The same of values and counts as they stand in a sketch.</summary>
    /// <param name="values">Strictly ascending.</param>
    /// <param name="counts">As many, each above 0.</param>
    internal static double Distance(WeightedValues reference, ReadOnlySpan<double> values, ReadOnlySpan<long> counts) =>
        Distance(reference, new WeightedValues(values, counts));

    private double[] Dealt(double[] values, long[] first, long[] second, long referenceSize, long currentSize)
    {
        int[] labels = new int[checked((int)(referenceSize + currentSize))];
        long[] totals = new long[values.Length];
        int filled = 0;
        for (int cell = 0; cell < values.Length; cell++)
        {
            totals[cell] = first[cell] + second[cell];
            labels.AsSpan(filled, (int)totals[cell]).Fill(cell);
            filled += (int)totals[cell];
        }

        int drawn = (int)Math.Min(referenceSize, currentSize);
        double[] distances = new double[(int)Math.Clamp(Steps / (drawn + values.Length), Math.Min(Fewest, most), most)];
        long[] few = new long[values.Length];
        long[] rest = new long[values.Length];
        for (int i = 0; i < distances.Length; i++)
        {
            Array.Clear(few);
            for (int j = 0; j < drawn; j++)
            {
                // What is shuffled further by the next round is shuffled all the same.
                int other = random.Next(j, labels.Length);
                (labels[j], labels[other]) = (labels[other], labels[j]);
                few[labels[j]]++;
            }

            for (int cell = 0; cell < rest.Length; cell++)
            {
                rest[cell] = totals[cell] - few[cell];
            }

            distances[i] = Distance(values, few, rest, drawn, labels.Length - drawn);
        }

        return distances;
    }

    /// <summary>The same of counts on the same values.</summary>
    internal static double Distance(ReadOnlySpan<double> values, long[] first, long[] second, double firstSize, double secondSize)
    {
        double sum = 0;
        long a = 0;
        long b = 0;
        for (int i = 0; i + 1 < values.Length; i++)
        {
            a += first[i];
            b += second[i];
            sum += (values[i + 1] - values[i]) * Math.Abs((a / firstSize) - (b / secondSize));
        }

        return sum;
    }

    private static (double[] Values, long[] First, long[] Second) Merged(WeightedValues first, WeightedValues second)
    {
        double[] values = new double[first.Values.Length + second.Values.Length];
        long[] a = new long[values.Length];
        long[] b = new long[values.Length];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < first.Values.Length || j < second.Values.Length)
        {
            double left = i < first.Values.Length ? first.Values[i] : double.PositiveInfinity;
            double right = j < second.Values.Length ? second.Values[j] : double.PositiveInfinity;
            values[count] = Math.Min(left, right);
            a[count] = left <= right ? first.Counts[i++] : 0;
            b[count] = right <= left ? second.Counts[j++] : 0;
            count++;
        }

        return (values[..count], a[..count], b[..count]);
    }
}
