namespace EdgeRuntime.Ctl.Monitoring.Profiling;

/// <summary>How values go along with those some rows before them.</summary>
internal static class Autocorrelation
{
    /// <summary>
    /// Correlations at lags 1 to <paramref name="lags"/>: <c>sum (x_t - m)(x_(t-k) - m) / sum (x_t - m)^2</c>, pairs with a missing value
    /// left out and made up for by the share of pairs there are.
    /// </summary>
    /// <param name="values">In the order of time; NaN where there is none.</param>
    /// <returns>As many as there are lags, fewer of a short series; empty where nothing varies.</returns>
    public static double[] Of(ReadOnlySpan<double> values, int lags)
    {
        double sum = 0;
        int count = 0;
        foreach (double value in values)
        {
            sum += double.IsFinite(value) ? value : 0;
            count += double.IsFinite(value) ? 1 : 0;
        }

        double mean = sum / Math.Max(1, count);
        double[] deviations = new double[values.Length];
        double squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            deviations[i] = double.IsFinite(values[i]) ? values[i] - mean : double.NaN;
            squares += double.IsFinite(values[i]) ? deviations[i] * deviations[i] : 0;
        }

        if (!(squares > 0))
        {
            return [];
        }

        double[] correlations = new double[Math.Clamp(lags, 0, values.Length - 2)];
        for (int lag = 1; lag <= correlations.Length; lag++)
        {
            double products = 0;
            int pairs = 0;
            for (int i = lag; i < deviations.Length; i++)
            {
                double product = deviations[i] * deviations[i - lag];
                if (!double.IsNaN(product))
                {
                    products += product;
                    pairs++;
                }
            }

            // Where nothing is missing there are n - k pairs, and the estimate is the usual one.
            double expected = (values.Length - lag) * (count / (double)values.Length);
            correlations[lag - 1] = pairs == 0 ? 0 : Math.Clamp(products / squares * (expected / pairs), -1, 1);
        }

        return correlations;
    }
}
