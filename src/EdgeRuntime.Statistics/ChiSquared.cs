namespace EdgeRuntime.Statistics;

/// <summary>The chi-squared distribution: what a sum of squared normal deviations looks like when nothing has changed.</summary>
public static class ChiSquared
{
    private const double Tiny = 1e-300;
    private const double Precision = 1e-16;
    private const int MostTerms = 10_000;

    /// <summary>Probability of at most <paramref name="x"/>.</summary>
    /// <param name="x">0 or more; below, the answer is 0.</param>
    /// <param name="degrees">Degrees of freedom, greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="degrees"/> is not greater than 0.</exception>
    public static double Cdf(double x, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        return Regularized(degrees / 2, x / 2, upper: false);
    }

    /// <summary>Probability of more than <paramref name="x"/>: the p-value. Keeps its precision far out, where 1 - cdf would not.</summary>
    /// <param name="x">0 or more; below, the answer is 1.</param>
    /// <param name="degrees">Degrees of freedom, greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="degrees"/> is not greater than 0.</exception>
    public static double Survival(double x, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        return Regularized(degrees / 2, x / 2, upper: true);
    }

    /// <summary>The value that is exceeded with probability <c>1 - p</c>.</summary>
    /// <param name="p">0 to 1, 1 exclusive.</param>
    /// <param name="degrees">Degrees of freedom, greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static double Quantile(double p, double degrees)
    {
        if (!(p >= 0 && p < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "a probability below 1 is needed");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        return p == 0 ? 0 : Solve(p, degrees, upper: false);
    }

    /// <summary>The value that is exceeded with probability <paramref name="level"/>; precise for levels of 1e-12 too.</summary>
    /// <param name="level">0 exclusive to 1.</param>
    /// <param name="degrees">Degrees of freedom, greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static double UpperQuantile(double level, double degrees)
    {
        if (!(level > 0 && level <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "a level above 0 and at most 1 is needed");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        return level == 1 ? 0 : Solve(level, degrees, upper: true);
    }

    // Both tails are monotone, so a bracket and bisection cannot fail. About a hundred evaluations: thresholds are
    // computed once a window, not once a sample.
    private static double Solve(double p, double degrees, bool upper)
    {
        double low = 0;
        double high = Math.Max(degrees, 1);
        while (IsBelow(high, degrees, p, upper))
        {
            low = high;
            high *= 2;
        }

        // Ends when the middle can no longer lie between: neighbours in double precision.
        double middle = low + ((high - low) / 2);
        while (middle > low && middle < high)
        {
            if (IsBelow(middle, degrees, p, upper))
            {
                low = middle;
            }
            else
            {
                high = middle;
            }

            middle = low + ((high - low) / 2);
        }

        return middle;
    }

    private static bool IsBelow(double x, double degrees, double p, bool upper) =>
        upper ? Survival(x, degrees) > p : Cdf(x, degrees) < p;

    // The regularized incomplete gamma function, by its series left of the bulk and by its continued fraction right of
    // it: each converges fast where it is used, and each yields the smaller tail directly.
    private static double Regularized(double a, double x, bool upper)
    {
        if (double.IsNaN(x))
        {
            return double.NaN;
        }

        if (x <= 0)
        {
            return upper ? 1 : 0;
        }

        if (double.IsPositiveInfinity(x))
        {
            return upper ? 0 : 1;
        }

        double front = Math.Exp((a * Math.Log(x)) - x - LogGamma.Of(a));
        bool isLower = x < a + 1;
        double tail = Math.Clamp(isLower ? front * LowerSeries(a, x) : front * UpperFraction(a, x), 0, 1);
        return isLower == upper ? 1 - tail : tail;
    }

    private static double LowerSeries(double a, double x)
    {
        double term = 1 / a;
        double sum = term;
        for (int n = 1; n < MostTerms && term > sum * Precision; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return sum;
    }

    // Lentz's algorithm on the fraction of Abramowitz and Stegun 6.5.31, in its even form.
    private static double UpperFraction(double a, double x)
    {
        double b = x + 1 - a;
        double c = 1 / Tiny;
        double d = 1 / NotZero(b);
        double fraction = d;
        for (int n = 1; n < MostTerms; n++)
        {
            double numerator = -n * (n - a);
            b += 2;
            d = 1 / NotZero((numerator * d) + b);
            c = NotZero(b + (numerator / c));
            double factor = d * c;
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
