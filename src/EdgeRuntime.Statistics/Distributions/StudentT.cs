namespace EdgeRuntime.Statistics.Distributions;

/// <summary>Student's t distribution.</summary>
public static class StudentT
{
    /// <summary>Probability of a value at least as far from nought as <paramref name="t"/>; keeps its precision far out.</summary>
    /// <param name="t">NaN gives NaN.</param>
    /// <param name="degrees">Degrees of freedom, greater than 0; need not be whole.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="degrees"/> is not greater than 0.</exception>
    public static double TwoSided(double t, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        if (double.IsNaN(t))
        {
            return double.NaN;
        }

        double square = t * t;
        return double.IsPositiveInfinity(square)
            ? 0
            : IncompleteBeta.Regularized(degrees / (degrees + square), square / (degrees + square), degrees / 2, 0.5);
    }
}
