namespace EdgeRuntime.Statistics.Distributions;

/// <summary>The regularized incomplete beta function: the tails of Student's t, F and binomial distributions.</summary>
internal static class IncompleteBeta
{
    private const double Tiny = 1e-300;
    private const int MostTerms = 10_000;

    /// <summary>I_x(a, b), to a relative error of some 1e-13, however small.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="complement">1 - x, told apart because it may be known to more digits.</param>
    /// <param name="a">Greater than 0.</param>
    /// <param name="b">Greater than 0.</param>
    public static double Regularized(double x, double complement, double a, double b)
    {
        if (x <= 0)
        {
            return 0;
        }

        if (complement <= 0)
        {
            return 1;
        }

        // x^a (1 - x)^b / B(a, b), in the form that keeps its digits for large parameters.
        double front = a * b / (a + b) * Binomial.Weight(a, b, x, complement);

        // The fraction converges fast left of the mean; the symmetry I_x(a, b) = 1 - I_{1-x}(b, a) brings the rest there.
        return x < (a + 1) / (a + b + 2)
            ? front * Fraction(x, a, b) / a
            : 1 - (front * Fraction(complement, b, a) / b);
    }

    // Lentz's algorithm on the fraction of NIST's Digital Library of Mathematical Functions, 8.17.22.
    private static double Fraction(double x, double a, double b)
    {
        double c = 1;
        double d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        double fraction = d;
        for (int m = 1; m < MostTerms; m++)
        {
            double even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            fraction *= c * d;
            double odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            double factor = c * d;
            fraction *= factor;
            if (Math.Abs(factor - 1) < 1e-15)
            {
                break;
            }
        }

        return fraction;
    }

    private static double NotZero(double x) => Math.Abs(x) < Tiny ? Tiny : x;
}
