namespace EdgeRuntime.Statistics.Distributions;

/// <summary>The binomial distribution: successes in a number of independent trials.</summary>
public static class Binomial
{
    private const double LogTwoPi = 1.8378770664093454836;

    /// <summary>Probability of exactly <paramref name="successes"/>, to a relative error of some 1e-14 whatever the sizes.</summary>
    /// <remarks>
    /// The saddle-point form of C. Loader, "Fast and accurate computation of binomial probabilities" (2000): differences of
    /// log-gammas would lose a digit for each digit of <paramref name="trials"/>.
    /// </remarks>
    /// <param name="successes">Outside 0 to <paramref name="trials"/> the answer is 0.</param>
    /// <param name="trials">0 or more.</param>
    /// <param name="chance">Of one trial, 0 to 1.</param>
    public static double Probability(long successes, long trials, double chance)
    {
        if (successes < 0 || successes > trials)
        {
            return 0;
        }

        if (chance is 0 or 1)
        {
            return successes == (chance == 0 ? 0 : trials) ? 1 : 0;
        }

        long failures = trials - successes;
        if (successes == 0)
        {
            return Math.Exp(trials * LogOneMinus(chance));
        }

        if (failures == 0)
        {
            return Math.Exp(trials * Math.Log(chance));
        }

        return Weight(successes, failures, chance, 1 - chance);
    }

    /// <summary>
    /// <c>G(s + f + 1) / (G(s + 1) G(f + 1)) p^s q^f</c>, the binomial probability for numbers that need not be whole.
    /// </summary>
    /// <param name="successes">s, greater than 0.</param>
    /// <param name="failures">f, greater than 0.</param>
    /// <param name="chance">p, between 0 and 1.</param>
    /// <param name="complement">q = 1 - p, told apart because it may be known to more digits.</param>
    internal static double Weight(double successes, double failures, double chance, double complement)
    {
        double trials = successes + failures;
        double exponent = StirlingError(trials) - StirlingError(successes) - StirlingError(failures)
            - Deviance(successes, trials * chance) - Deviance(failures, trials * complement);
        double front = LogTwoPi + Math.Log(successes) + Math.Log(failures) - Math.Log(trials);
        return Math.Exp(exponent - (front / 2));
    }

    private static double LogOneMinus(double x) => x < 1e-5 ? -x * (1 + (x * (0.5 + (x / 3)))) : Math.Log(1 - x);

    // ln n! less Stirling's approximation of it.
    private static double StirlingError(double n)
    {
        if (n < 16)
        {
            return LogGamma.Of(n + 1) - ((n + 0.5) * Math.Log(n)) + n - (LogTwoPi / 2);
        }

        double square = n * n;
        return ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (((1.0 / 1680) - (1.0 / 1188 / square)) / square)) / square))
            / square)) / n;
    }

    // x ln(x / mean) + mean - x, by its series where the two are close and the plain form would cancel.
    private static double Deviance(double x, double mean)
    {
        double difference = x - mean;
        if (Math.Abs(difference) >= 0.1 * (x + mean))
        {
            return (x * Math.Log(x / mean)) - difference;
        }

        double v = difference / (x + mean);
        double sum = difference * v;
        double term = 2 * x * v;
        double square = v * v;
        for (int j = 1; j < 1000; j++)
        {
            term *= square;
            double next = sum + (term / ((2 * j) + 1));
            if (next == sum)
            {
                break;
            }

            sum = next;
        }

        return sum;
    }
}
