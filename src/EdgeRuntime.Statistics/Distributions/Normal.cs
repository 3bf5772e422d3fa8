namespace EdgeRuntime.Statistics.Distributions;

/// <summary>The standard normal distribution. A squared normal is chi-squared with one degree of freedom, which gives both tails.</summary>
public static class Normal
{
    /// <summary>Probability of more than <paramref name="z"/>; keeps its precision far out.</summary>
    public static double Survival(double z)
    {
        double outside = TwoSided(z) / 2;
        return z >= 0 ? outside : 1 - outside;
    }

    /// <summary>Probability of a value at least as far from nought as <paramref name="z"/>.</summary>
    public static double TwoSided(double z) => ChiSquared.Survival(z * z, 1);

    /// <summary>The value that is exceeded with probability <paramref name="level"/>.</summary>
    /// <param name="level">Above 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside its range.</exception>
    public static double UpperQuantile(double level) => level <= 0.5
        ? Math.Sqrt(ChiSquared.UpperQuantile(2 * level, 1))
        : -Math.Sqrt(ChiSquared.UpperQuantile(2 * (1 - level), 1));
}
