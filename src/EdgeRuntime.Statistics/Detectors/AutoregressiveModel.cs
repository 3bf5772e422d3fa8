namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// How a value follows from those before it while nothing changes: <c>x_t - mean = sum phi_i (x_(t-i) - mean) + residual</c>. What
/// is left after it, the residuals, are what detectors can judge: most sensors change too slowly for values to be independent.
/// </summary>
/// <param name="Mean">Mean of the reference.</param>
/// <param name="Coefficients">phi, for the newest value first; empty for independent values.</param>
/// <param name="Deviation">Standard deviation of the residuals, above 0.</param>
/// <param name="Gain">
/// By how many standard deviations the mean of the residuals moves when the level moves by one of the reference's: 1 for
/// independent values, far less for slow ones. 0.02 to 2.
/// </param>
public sealed record AutoregressiveModel(double Mean, IReadOnlyList<double> Coefficients, double Deviation, double Gain)
{
    /// <summary>The highest order that is tried.</summary>
    public const int MostOrder = 12;

    // A reference that never moves has no scale of its own. One part in a billion makes any later move a large one.
    private const double LeastRelativeDeviation = 1e-9;
    private const double LeastGain = 0.02;
    private const double MostGain = 2;

    /// <summary>
    /// Fits a model: coefficients by Burg's method, which stays stable near a unit root; the order that makes Schwarz's criterion
    /// <c>n ln(s2) + p ln(n)</c> smallest, at most a tenth of the values.
    /// </summary>
    /// <param name="reference">In the order of time; NaN and the infinities are left out.</param>
    /// <exception cref="ArgumentException">There are fewer than 20 finite values.</exception>
    public static AutoregressiveModel Fit(ReadOnlySpan<double> reference)
    {
        double[] values = Finite(reference);
        return values.Length >= 20
            ? Fit(values, Math.Min(MostOrder, values.Length / 10), isOrderFixed: false)
            : throw new ArgumentException($"a reference of {values.Length} finite values is too short; 20 are needed", nameof(reference));
    }

    /// <summary>Fits a model of a given order.</summary>
    /// <param name="values">Finite, in the order of time; more than the order.</param>
    internal static AutoregressiveModel Fit(double[] values, int order) => Fit(values, order, isOrderFixed: true);

    private static AutoregressiveModel Fit(double[] values, int mostOrder, bool isOrderFixed)
    {
        double mean = MeanOf(values);
        double[] forward = [.. values.Select(value => value - mean)];
        double variance = MeanSquare(forward);
        double floor = LeastRelativeDeviation * Math.Max(Math.Abs(mean), 1);
        if (variance <= floor * floor)
        {
            return new AutoregressiveModel(mean, new double[isOrderFixed ? mostOrder : 0], floor, 1);
        }

        double[] coefficients = Burg(forward, variance, mostOrder, isOrderFixed);
        double deviation = Math.Max(ResidualDeviation(values, mean, coefficients), floor);
        double gain = (1 - coefficients.Sum()) * Math.Sqrt(variance) / deviation;
        return new AutoregressiveModel(mean, coefficients, deviation, Math.Clamp(gain, LeastGain, MostGain));
    }

    /// <summary>The standardised residuals of values; the first as many as there are coefficients are left out.</summary>
    /// <param name="values">In the order of time; NaN and the infinities are left out.</param>
    /// <param name="clip">Residuals are kept within so many deviations on both sides.</param>
    public double[] Residuals(ReadOnlySpan<double> values, double clip)
    {
        Whitener whitener = new(this, clip);
        List<double> residuals = new(values.Length);
        foreach (double value in values)
        {
            double residual = whitener.Next(value);
            if (double.IsFinite(residual))
            {
                residuals.Add(residual);
            }
        }

        return [.. residuals];
    }

    private static double[] Burg(double[] forward, double variance, int mostOrder, bool isOrderFixed)
    {
        double[] backward = [.. forward];
        double[] coefficients = [];
        double[] best = [];
        double error = variance;
        int count = forward.Length;
        double least = count * Math.Log(error);
        for (int order = 1; order <= mostOrder; order++)
        {
            double product = 0;
            double power = 0;
            for (int t = order; t < count; t++)
            {
                product += forward[t] * backward[t - 1];
                power += (forward[t] * forward[t]) + (backward[t - 1] * backward[t - 1]);
            }

            // What is left is rounding: the values follow from those before without any error.
            if (power <= 1e-12 * variance * count)
            {
                break;
            }

            double reflection = 2 * product / power;
            coefficients = Levinson(coefficients, reflection);
            for (int t = count - 1; t >= order; t--)
            {
                double ahead = forward[t];
                forward[t] = ahead - (reflection * backward[t - 1]);
                backward[t] = backward[t - 1] - (reflection * ahead);
            }

            error *= Math.Max(1 - (reflection * reflection), 1e-12);
            double criterion = (count * Math.Log(error)) + (order * Math.Log(count));
            if (criterion < least || isOrderFixed)
            {
                least = criterion;
                best = coefficients;
            }
        }

        // Of a fixed order that had to end early, the coefficients that are left are 0.
        if (isOrderFixed)
        {
            Array.Resize(ref best, mostOrder);
        }

        return best;
    }

    private static double[] Levinson(double[] coefficients, double reflection)
    {
        int order = coefficients.Length;
        double[] longer = new double[order + 1];
        for (int i = 0; i < order; i++)
        {
            longer[i] = coefficients[i] - (reflection * coefficients[order - 1 - i]);
        }

        longer[order] = reflection;
        return longer;
    }

    private static double ResidualDeviation(double[] values, double mean, double[] coefficients)
    {
        double sum = 0;
        for (int t = coefficients.Length; t < values.Length; t++)
        {
            double residual = values[t] - mean;
            for (int i = 0; i < coefficients.Length; i++)
            {
                residual -= coefficients[i] * (values[t - 1 - i] - mean);
            }

            sum += residual * residual;
        }

        return Math.Sqrt(sum / (values.Length - coefficients.Length));
    }

    private static double[] Finite(ReadOnlySpan<double> values)
    {
        List<double> finite = new(values.Length);
        foreach (double value in values)
        {
            if (double.IsFinite(value))
            {
                finite.Add(value);
            }
        }

        return [.. finite];
    }

    private static double MeanOf(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static double MeanSquare(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value * value;
        }

        return sum / values.Length;
    }
}
