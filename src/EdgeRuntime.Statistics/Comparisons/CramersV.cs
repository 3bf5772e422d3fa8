namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>Cramer's V: how much of the largest possible chi-squared a table of two samples reaches, 0 to 1.</summary>
public static class CramersV
{
    /// <summary>V of a table with two rows, corrected for the bias that small samples have (W. Bergsma, 2013).</summary>
    /// <param name="chiSquared">Pearson's statistic of the table.</param>
    /// <param name="size">Values in both samples; at least 2.</param>
    /// <param name="cells">Columns; below 2 the answer is 0.</param>
    public static double Corrected(double chiSquared, double size, int cells)
    {
        if (cells < 2)
        {
            return 0;
        }

        double expected = (cells - 1) / (size - 1);
        double square = Math.Max((chiSquared / size) - expected, 0);
        double columns = cells - ((cells - 1.0) * (cells - 1) / (size - 1));
        double rows = 2 - (1 / (size - 1));
        double span = Math.Min(columns - 1, rows - 1);
        return span > 0 ? Math.Min(Math.Sqrt(square / span), 1) : 0;
    }

    /// <summary>V of the shares alone, as of two samples of one size: a window beside a long reference does not make it small.</summary>
    /// <remarks>
    /// <c>V^2 = sum (p - q)^2 / (2 (p + q))</c>, less what chance adds to it, <c>(cells - 1) (1/N + 1/M) / 4</c>. The plain V has
    /// <c>4 N M / (N + M)^2</c> of it, and would call nothing an effect when a hundred values meet ten thousand.
    /// </remarks>
    internal static double OfShares(in Pooled pooled, double referenceSize, double currentSize)
    {
        double square = 0;
        for (int cell = 0; cell < pooled.Cells; cell++)
        {
            double p = (double)pooled.Current[cell] / pooled.CurrentSize;
            double q = (double)(pooled.Totals[cell] - pooled.Current[cell]) / pooled.ReferenceSize;
            square += (p - q) * (p - q) / (2 * (p + q));
        }

        double chance = (pooled.Cells - 1) * ((1 / referenceSize) + (1 / currentSize)) / 4;
        return Math.Sqrt(Math.Clamp(square - chance, 0, 1));
    }
}
