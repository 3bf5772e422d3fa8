namespace EdgeRuntime.Statistics.Distributions;

/// <summary>
/// Pearson's type III distribution, a gamma distribution moved to where three moments want it: the usual stand-in for a
/// sum of squared deviations, of which the chi-squared distribution is a case.
/// </summary>
/// <remarks>A negative skewness mirrors it; one of nought is the normal distribution.</remarks>
/// <param name="Mean">Its mean.</param>
/// <param name="Variance">Its variance; 0 puts all in one point.</param>
/// <param name="Skewness">Third central moment by the variance to the power of 3/2.</param>
public readonly record struct ShiftedGamma(double Mean, double Variance, double Skewness)
{
    // Below this the gamma and the normal distribution agree better than three moments tell, and shapes get huge.
    private const double Symmetric = 1e-2;

    /// <summary>Probability of <paramref name="x"/> or more: the p-value.</summary>
    public double Survival(double x)
    {
        if (!(Variance > 0))
        {
            return x <= Mean ? 1 : 0;
        }

        double z = (x - Mean) / Math.Sqrt(Variance);
        if (Math.Abs(Skewness) < Symmetric)
        {
            return Normal.Survival(z);
        }

        double shape = 4 / (Skewness * Skewness);
        double scaled = 2 * (shape + (z * 2 / Skewness));
        return Skewness > 0 ? ChiSquared.Survival(scaled, 2 * shape) : ChiSquared.Cdf(scaled, 2 * shape);
    }

    /// <summary>The value that is exceeded with probability <paramref name="level"/>.</summary>
    /// <param name="level">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public double UpperQuantile(double level)
    {
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "a level between 0 and 1 is needed");
        }

        if (!(Variance > 0))
        {
            return Mean;
        }

        double deviation = Math.Sqrt(Variance);
        if (Math.Abs(Skewness) < Symmetric)
        {
            return Mean + (deviation * Normal.UpperQuantile(level));
        }

        double shape = 4 / (Skewness * Skewness);
        double scaled = Skewness > 0
            ? ChiSquared.UpperQuantile(level, 2 * shape)
            : ChiSquared.Quantile(level, 2 * shape);
        return Mean + (deviation * ((scaled / 2) - shape) * Skewness / 2);
    }
}
