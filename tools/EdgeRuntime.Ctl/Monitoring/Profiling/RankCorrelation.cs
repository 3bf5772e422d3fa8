namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>Spearman's rank correlation: whether two columns go up and down together, however bent the way.</summary>
internal static class RankCorrelation
{
    private const int MostRows = 20_000;

    /// <summary>All pairs of columns.</summary>
    /// <param name="columns">Of one length; NaN where a value is missing. Of very many rows, evenly spread ones are taken.</param>
    /// <returns>Shape [columns, columns], symmetric; NaN where one of the two does not vary.</returns>
    public static double[,] Of(IReadOnlyList<double[]> columns)
    {
        double[][] ranks = [.. columns.Select(column => Ranks(Thinned(column)))];
        double[,] matrix = new double[columns.Count, columns.Count];
        for (int i = 0; i < columns.Count; i++)
        {
            for (int j = i; j < columns.Count; j++)
            {
                matrix[i, j] = matrix[j, i] = Correlation(ranks[i], ranks[j]);
            }
        }

        return matrix;
    }

    private static double[] Thinned(double[] column)
    {
        int step = Math.Max(1, (column.Length + MostRows - 1) / MostRows);
        return step == 1 ? column : [.. column.Where((_, i) => i % step == 0)];
    }

    // Equal values share the mean of their ranks.
    private static double[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).Where(i => double.IsFinite(values[i])).OrderBy(i => values[i])];
        double[] ranks = new double[values.Length];
        Array.Fill(ranks, double.NaN);
        for (int start = 0; start < order.Length;)
        {
            int end = start;
            while (end < order.Length && values[order[end]] == values[order[start]])
            {
                end++;
            }

            for (int i = start; i < end; i++)
            {
                ranks[order[i]] = (start + end - 1) / 2.0;
            }

            start = end;
        }

        return ranks;
    }

    private static double Correlation(double[] left, double[] right)
    {
        double n = 0, x = 0, y = 0;
        for (int i = 0; i < left.Length; i++)
        {
            if (!double.IsNaN(left[i]) && !double.IsNaN(right[i]))
            {
                n++;
                x += left[i];
                y += right[i];
            }
        }

        double xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < left.Length; i++)
        {
            if (!double.IsNaN(left[i]) && !double.IsNaN(right[i]))
            {
                double dx = left[i] - (x / n);
                double dy = right[i] - (y / n);
                xx += dx * dx;
                yy += dy * dy;
                xy += dx * dy;
            }
        }

        return xx > 0 && yy > 0 ? Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1) : double.NaN;
    }
}
