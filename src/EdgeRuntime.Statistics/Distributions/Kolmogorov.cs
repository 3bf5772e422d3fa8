namespace EdgeRuntime.Statistics.Distributions;

/// <summary>Kolmogorov's distribution: of the largest distance that a Brownian bridge goes from nought, the limit for large samples.</summary>
public static class Kolmogorov
{
    /// <summary>Probability of more than <paramref name="x"/>; keeps its precision far out.</summary>
    /// <param name="x">The largest difference times <c>sqrt(n m / (n + m))</c>; at 0 and below the answer is 1.</param>
    public static double Survival(double x)
    {
        if (!(x > 0.04))
        {
            return double.IsNaN(x) ? double.NaN : 1;
        }

        // The two forms of Jacobi's theta function: each converges in a few terms where it is used.
        double sum = 0;
        if (x < 1)
        {
            for (int k = 1; k < 40; k += 2)
            {
                sum += Math.Exp(-(k * k * Math.PI * Math.PI) / (8 * x * x));
            }

            return Math.Clamp(1 - (Math.Sqrt(2 * Math.PI) / x * sum), 0, 1);
        }

        for (int k = 1; k < 40; k++)
        {
            double term = Math.Exp(-2.0 * k * k * x * x);
            sum += k % 2 == 1 ? term : -term;
        }

        return Math.Clamp(2 * sum, 0, 1);
    }
}
