namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// Makes the thresholds of a <see cref="CalibratedWasserstein"/>, offline: deals values of the reference into a window and the rest,
/// again and again, and takes how far they are apart.
/// </summary>
/// <remarks>The same reference and seed make the same thresholds.</remarks>
public static class WassersteinCalibration
{
    private const int Deals = 10_000;

    private static readonly int[] Sizes = [20, 80, 320, 1_280];

    /// <summary>Makes them.</summary>
    /// <param name="reference">At least 40 values; at most 100 million.</param>
    /// <param name="random">Deals the values.</param>
    /// <returns>Sizes of windows, at most half the reference, and for each the thresholds of <see cref="CalibratedWasserstein.Tails"/>, row by row.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too few values, or too many.</exception>
    public static (IReadOnlyList<double> Sizes, IReadOnlyList<double> Thresholds) Calibrate(WeightedValues reference, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reference.Total, 2 * Sizes[0], nameof(reference));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reference.Total, 100_000_000, nameof(reference));
        int[] sizes = [.. Sizes.Where(size => 2 * size <= reference.Total)];
        int[] cells = new int[(int)reference.Total];
        int filled = 0;
        for (int cell = 0; cell < reference.Values.Length; cell++)
        {
            cells.AsSpan(filled, (int)reference.Counts[cell]).Fill(cell);
            filled += (int)reference.Counts[cell];
        }

        List<double> thresholds = [];
        foreach (int size in sizes)
        {
            double[] distances = Dealt(reference, cells, size, random);
            Array.Sort(distances);
            thresholds.AddRange(CalibratedWasserstein.Tails.Select(tail => distances[(int)Math.Ceiling(Deals * (1 - tail)) - 1]));
        }

        return ([.. sizes.Select(size => (double)size)], thresholds);
    }

    private static double[] Dealt(WeightedValues reference, int[] cells, int size, Random random)
    {
        double scale = CalibratedWasserstein.Scale(cells.Length - size, size) / CalibratedWasserstein.Unit(reference);
        double[] distances = new double[Deals];
        long[] few = new long[reference.Values.Length];
        long[] rest = new long[few.Length];
        for (int deal = 0; deal < Deals; deal++)
        {
            Array.Clear(few);
            for (int j = 0; j < size; j++)
            {
                // What is shuffled further by the next round is shuffled all the same.
                int other = random.Next(j, cells.Length);
                (cells[j], cells[other]) = (cells[other], cells[j]);
                few[cells[j]]++;
            }

            for (int cell = 0; cell < rest.Length; cell++)
            {
                rest[cell] = reference.Counts[cell] - few[cell];
            }

            distances[deal] = scale * WassersteinTest.Distance(reference.Values, few, rest, size, cells.Length - size);
        }

        return distances;
    }
}
