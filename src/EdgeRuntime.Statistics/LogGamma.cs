namespace EdgeRuntime.Statistics;

/// <summary>The logarithm of the gamma function for positive arguments.</summary>
internal static class LogGamma
{
    /// <summary>ln Γ(x), relative error below 1e-14 away from its zeros at 1 and 2.</summary>
    /// <param name="x">Greater than 0.</param>
    public static double Of(double x)
    {
        // Stirling's series needs a large argument; the recurrence Γ(x+1) = x Γ(x) carries a small one there.
        double product = 1;
        double y = x;
        while (y < 15)
        {
            product *= y;
            y += 1;
        }

        double inverse = 1 / y;
        double square = inverse * inverse;

        // Bernoulli numbers B2k / (2k (2k - 1)), Abramowitz and Stegun 6.1.41.
        double series = inverse * ((1.0 / 12) - (square * ((1.0 / 360) - (square * ((1.0 / 1260)
            - (square * ((1.0 / 1680) - (square * ((1.0 / 1188) - (square * 691.0 / 360360))))))))));
        const double HalfLogTwoPi = 0.91893853320467274178;
        return ((y - 0.5) * Math.Log(y)) - y + HalfLogTwoPi + series - Math.Log(product);
    }
}
