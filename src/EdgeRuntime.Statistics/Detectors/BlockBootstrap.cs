namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// Makes streams that could have been, of one that was: blocks of random length, from random places, one after another. So a stream
/// keeps what of dependence there is within a block. Politis and Romano, "The Stationary Bootstrap", JASA 89, 1994.
/// </summary>
public sealed class BlockBootstrap
{
    private readonly double[] _values;
    private readonly double _end;
    private readonly Random _random;
    private int _at;

    /// <summary>Begins a stream.</summary>
    /// <param name="values">What was; at least 1. Not copied.</param>
    /// <param name="meanLength">Mean length of a block, 1 or more; 1 draws every value by itself.</param>
    /// <param name="random">Decides where blocks begin and end.</param>
    public BlockBootstrap(double[] values, double meanLength, Random random)
    {
        _values = values;
        _end = 1 / meanLength;
        _random = random;
        _at = random.Next(values.Length);
    }

    /// <summary>The next value of the stream, which has no end.</summary>
    public double Next()
    {
        _at = _random.NextDouble() < _end ? _random.Next(_values.Length)
            : _at + 1 == _values.Length ? 0 : _at + 1;
        return _values[_at];
    }

    /// <summary>
    /// A mean length that suits the dependence of values: Politis and White, "Automatic Block-Length Selection for the Dependent
    /// Bootstrap", Econometric Reviews 23, 2004, as corrected by Patton, Politis and White 2009; for the values and for their
    /// absolute deviations, which tell of calm and restless times, the longer of the two.
    /// </summary>
    /// <param name="values">In the order of time; at least 20.</param>
    public static double LengthFor(ReadOnlySpan<double> values)
    {
        double[] around = Centred(values);
        double[] restless = Centred([.. around.Select(Math.Abs)]);
        return Math.Max(LengthOf(around), LengthOf(restless));
    }

    private static double LengthOf(double[] centred)
    {
        int count = centred.Length;
        double most = Math.Ceiling(Math.Min(3 * Math.Sqrt(count), count / 3.0));
        int farthest = Math.Min(count - 1, (int)Math.Ceiling(Math.Sqrt(count)) + Run(count));
        double[] covariance = [.. Enumerable.Range(0, farthest + 1).Select(lag => Covariance(centred, lag))];
        if (covariance[0] <= 0)
        {
            return 1;
        }

        int lags = Math.Min(2 * LastSignificant(covariance, count), farthest);
        double spectrum = covariance[0];
        double slope = 0;
        for (int lag = 1; lag <= lags; lag++)
        {
            double weight = Math.Min(1, 2 * (1 - ((double)lag / lags)));
            spectrum += 2 * weight * covariance[lag];
            slope += 2 * weight * lag * covariance[lag];
        }

        double length = Math.Cbrt(slope * slope / (spectrum * spectrum) * count);
        return double.IsFinite(length) ? Math.Clamp(length, 1, most) : most;
    }

    // The lag after which a whole run of autocorrelations is what chance alone makes.
    private static int LastSignificant(double[] covariance, int count)
    {
        double bound = 2 * Math.Sqrt(Math.Log10(count) / count) * covariance[0];
        int run = 0;
        for (int lag = 1; lag < covariance.Length; lag++)
        {
            run = Math.Abs(covariance[lag]) < bound ? run + 1 : 0;
            if (run == Run(count))
            {
                return Math.Max(lag - run, 1);
            }
        }

        return covariance.Length - 1;
    }

    private static int Run(int count) => Math.Max(5, (int)Math.Ceiling(Math.Sqrt(Math.Log10(count))));

    private static double Covariance(double[] centred, int lag)
    {
        double sum = 0;
        for (int i = lag; i < centred.Length; i++)
        {
            sum += centred[i] * centred[i - lag];
        }

        return sum / centred.Length;
    }

    private static double[] Centred(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        double[] centred = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            centred[i] = values[i] - (sum / values.Length);
        }

        return centred;
    }
}
