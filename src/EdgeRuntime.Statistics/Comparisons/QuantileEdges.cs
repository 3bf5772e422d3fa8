using System.Globalization;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>The edges of a reference's bins: its quantiles, so that each bin holds as many of its values as the next.</summary>
public static class QuantileEdges
{
    // Beyond what was seen by this share of its range begins what was never seen. Without it every new record of a
    // healthy machine would fall into a bin that is empty in training, and so would a machine a little quieter than ours.
    private const double Margin = 0.2;

    /// <summary>Edges for a <see cref="BinCounter"/>: one below all values, the quantiles, one above all values.</summary>
    /// <param name="values">Finite; sorted in place.</param>
    /// <param name="bins">Bins between the smallest and the largest value, 1 or more; fewer where values repeat.</param>
    /// <returns>Strictly ascending, at least one, with six digits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no bins.</exception>
    public static double[] Of(double[] values, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        if (values.Length == 0)
        {
            // Nothing is known of it: two empty bins, so that any value at all is a change.
            return [0];
        }

        Array.Sort(values);
        double low = values[0];
        double high = values[^1];
        double margin = Margin * (high > low ? high - low : Math.Max(Math.Abs(high), 1e-6));
        List<double> edges = [Rounded(low - margin, high - low)];
        for (int i = 1; i < bins; i++)
        {
            // The value at the rank itself: what lies between two values seen was not seen.
            double edge = Rounded(values[(int)(values.Length * (long)i / bins)], high - low);
            if (edge > edges[^1] && edge > low)
            {
                edges.Add(edge);
            }
        }

        double last = Rounded(high + margin, high - low);
        while (edges.Count > 1 && edges[^1] >= last)
        {
            edges.RemoveAt(edges.Count - 1);
        }

        return [.. edges, last > edges[^1] ? last : Math.BitIncrement(edges[^1])];
    }

    // Six digits: the file is read by people, and no edge is known better. Where values lie close together far from nought, as
    // air pressure does, six digits of their range.
    private static double Rounded(double value, double range) => range > 0 && Math.Abs(value) > 10 * range
        ? Math.Round(value, Math.Clamp(5 - (int)Math.Floor(Math.Log10(range)), 0, 15))
        : double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
