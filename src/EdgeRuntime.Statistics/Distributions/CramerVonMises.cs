namespace EdgeRuntime.Statistics.Distributions;

/// <summary>The limit distribution of the Cramer-von Mises statistic: the integral of a squared Brownian bridge.</summary>
public static class CramerVonMises
{
    /// <summary>Probability of more than <paramref name="x"/>; keeps its precision far out, where 1 - cdf would not.</summary>
    /// <param name="x">At 0 and below the answer is 1.</param>
    public static double Survival(double x) => double.IsNaN(x) ? double.NaN
        : x <= 0 ? 1
        : x < 1 ? 1 - Body(x)
        : Tail(x);

    // The series of Anderson and Darling (Ann. Math. Stat. 23, 1952, eq. 4.35):
    // F(x) = 1 / (pi sqrt x) sum of G(k + 1/2) / (G(1/2) G(k + 1)) sqrt(4k + 1) exp(-q) K_1/4(q) with q = (4k + 1)^2 / (16 x).
    private static double Body(double x)
    {
        double sum = 0;
        double binomial = 1;
        for (int k = 0; k < 1000; k++)
        {
            double root = (4 * k) + 1;
            double term = binomial * Math.Sqrt(root) * ScaledBessel(root * root / (16 * x));
            sum += term;
            if (term < 1e-18 * sum)
            {
                break;
            }

            binomial *= (k + 0.5) / (k + 1);
        }

        return Math.Clamp(sum / (Math.PI * Math.Sqrt(x)), 0, 1);
    }

    // exp(-q) K_1/4(q) by the integral of exp(-q (1 + cosh t)) cosh(t / 4) over t from 0, whose trapezoid rule is exact at once,
    // since the integrand falls double-exponentially.
    private static double ScaledBessel(double q)
    {
        const double Step = 1.0 / 16;
        double sum = Math.Exp(-2 * q) / 2;
        for (int i = 1; i < 1000; i++)
        {
            double t = i * Step;
            double term = Math.Exp(-q * (1 + Math.Cosh(t))) * Math.Cosh(t / 4);
            sum += term;
            if (term <= 1e-18 * sum)
            {
                break;
            }
        }

        return sum * Step;
    }

    // N. V. Smirnov's form (1936): 2 / pi sum of (-1)^(k+1) integral of exp(-x u^2 / 2) / sqrt(-u sin u) du from (2k-1) pi to 2k pi.
    // With u = (2k - 1/2) pi + pi/2 sin v the ends lose their poles, and the midpoint rule in v is exact to all digits.
    private static double Tail(double x)
    {
        const int Points = 64;
        double sum = 0;
        for (int k = 1; k < 20; k++)
        {
            double integral = 0;
            for (int i = 0; i < Points; i++)
            {
                double v = ((i + 0.5) / Points * Math.PI) - (Math.PI / 2);
                double u = (((2 * k) - 0.5) * Math.PI) + (Math.PI / 2 * Math.Sin(v));

                // -sin u = cos(pi/2 sin v), written so that it keeps its digits where it is small.
                double half = Math.Sin((Math.PI / 4) - (Math.Abs(v) / 2));
                double sine = Math.Sin(Math.PI * half * half);
                integral += Math.Exp(-x * u * u / 2) * Math.Cos(v) / Math.Sqrt(u * sine);
            }

            sum += k % 2 == 1 ? integral : -integral;
            if (integral < 1e-18 * sum)
            {
                break;
            }
        }

        return Math.Clamp(2 / Math.PI * sum * (Math.PI / 2) * (Math.PI / Points), 0, 1);
    }
}
