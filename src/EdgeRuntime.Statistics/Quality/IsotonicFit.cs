namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// Fits a calibration to scores whose truth is known: isotonic regression on <see cref="ScoreBins"/>, by pooling adjacent
/// violators (Ayer et al. 1955).
/// </summary>
public static class IsotonicFit
{
    /// <summary>Fits a table.</summary>
    /// <param name="scores">What the model said, 0 to 1; in any order.</param>
    /// <param name="wasTrue">The same shape.</param>
    /// <returns>The identity when there is no score.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static CalibrationTable Fit(ReadOnlySpan<double> scores, ReadOnlySpan<bool> wasTrue)
    {
        if (scores.Length != wasTrue.Length)
        {
            throw new ArgumentException($"there are {scores.Length} scores and {wasTrue.Length} truths");
        }

        Span<double> sums = stackalloc double[ScoreBins.Count];
        Span<double> weights = stackalloc double[ScoreBins.Count];
        Span<double> positives = stackalloc double[ScoreBins.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            int bin = ScoreBins.BinOf(scores[i]);
            sums[bin] += scores[i];
            weights[bin]++;
            positives[bin] += wasTrue[i] ? 1 : 0;
        }

        List<double> knots = [];
        List<double> shares = [];
        List<double> counts = [];
        for (int bin = 0; bin < ScoreBins.Count; bin++)
        {
            if (weights[bin] > 0)
            {
                knots.Add(Math.Clamp(sums[bin] / weights[bin], 0, 1));
                shares.Add(positives[bin] / weights[bin]);
                counts.Add(weights[bin]);
            }
        }

        return knots.Count == 0 ? CalibrationTable.Identity : new CalibrationTable(knots, Pool(shares, counts));
    }

    /// <summary>The never-falling values closest to <paramref name="values"/> by weighted squares.</summary>
    /// <param name="weights">The same shape, above 0.</param>
    public static double[] Pool(IReadOnlyList<double> values, IReadOnlyList<double> weights)
    {
        // Blocks on a stack: a block that falls below the one before becomes one with it.
        List<(double Sum, double Weight, int Members)> blocks = [];
        for (int i = 0; i < values.Count; i++)
        {
            (double Sum, double Weight, int Members) block = (values[i] * weights[i], weights[i], 1);
            while (blocks.Count > 0 && blocks[^1].Sum * block.Weight >= block.Sum * blocks[^1].Weight)
            {
                block = (blocks[^1].Sum + block.Sum, blocks[^1].Weight + block.Weight, blocks[^1].Members + block.Members);
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(block);
        }

        return [.. blocks.SelectMany(block => Enumerable.Repeat(block.Sum / block.Weight, block.Members))];
    }

    /// <summary>Fits a table where it makes scores more truthful than they are, else the identity.</summary>
    /// <remarks>
    /// As NannyML does, with two folds in place of ten: each half is judged by the table of the other, and the expected
    /// calibration error over both must be lower than without. Every other score is in the same half.
    /// </remarks>
    public static CalibrationTable FitIfBetter(ReadOnlySpan<double> scores, ReadOnlySpan<bool> wasTrue)
    {
        ReliabilityBins raw = new();
        ReliabilityBins calibrated = new();
        for (int half = 0; half < 2; half++)
        {
            CalibrationTable table = Fit(Every(scores, 1 - half), Every(wasTrue, 1 - half));
            for (int i = half; i < scores.Length; i += 2)
            {
                raw.Record(scores[i], wasTrue[i]);
                calibrated.Record(table.Of(scores[i]), wasTrue[i]);
            }
        }

        return calibrated.ExpectedError < raw.ExpectedError ? Fit(scores, wasTrue) : CalibrationTable.Identity;
    }

    private static T[] Every<T>(ReadOnlySpan<T> items, int from)
    {
        List<T> half = new((items.Length / 2) + 1);
        for (int i = from; i < items.Length; i += 2)
        {
            half.Add(items[i]);
        }

        return [.. half];
    }
}
