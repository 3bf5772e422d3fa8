using EdgeRuntime.Statistics.Quality;

namespace EdgeRuntime.Statistics.Fairness;

/// <summary>
/// How unequally a classifier's benefit falls on single cases (Speicher et al., A Unified Approach to Quantifying Algorithmic
/// Unfairness, 2018): a case has benefit 1 where the answer is right, 2 where it got the label wrongly, 0 where it was denied it.
/// </summary>
/// <remarks>From four counters: the benefits have three values only. Intervals are those of the delta method over their shares.</remarks>
/// <param name="Entropy">Generalized entropy index with alpha 2, half the squared coefficient of variation; at least 0, NaN without cases.</param>
/// <param name="EntropyInterval">At least 0.</param>
/// <param name="Theil">Theil index, alpha 1; at least 0, NaN without cases.</param>
/// <param name="TheilInterval">At least 0.</param>
public sealed record BenefitInequality(
    double Entropy, (double Low, double High) EntropyInterval, double Theil, (double Low, double High) TheilInterval)
{
    /// <summary>Computes both indices.</summary>
    /// <param name="counts">The label that is the benefit against all others.</param>
    /// <param name="confidence">Of the intervals; 0 to 1 exclusive.</param>
    public static BenefitInequality Of(in ConfusionCounts counts, double confidence)
    {
        double n = counts.Total;
        double given = counts.FalsePositives / n;
        double denied = counts.FalseNegatives / n;

        // Mean benefit, and mean of its square: 0, 1 and 2 with the shares of those denied, right and given.
        double mean = 1 + given - denied;
        double square = 1 + (3 * given) - denied;
        double entropy = ((square / (mean * mean)) - 1) / 2;
        double theil = (2 * Math.Log(2) * given / mean) - Math.Log(mean);

        (double, double) slopesOfEntropy = (
            ((3 * mean) - (2 * square)) / (2 * mean * mean * mean),
            ((2 * square) - mean) / (2 * mean * mean * mean));
        double ofMean = (2 * Math.Log(2) * given / (mean * mean)) + (1 / mean);
        (double, double) slopesOfTheil = ((2 * Math.Log(2) / mean) - ofMean, ofMean);

        double z = ProportionInterval.NormalQuantile(confidence);
        return new BenefitInequality(
            entropy, Interval(entropy, z * Deviation(slopesOfEntropy, given, denied, n)),
            theil, Interval(theil, z * Deviation(slopesOfTheil, given, denied, n)));
    }

    // Of a function of two shares of one multinomial sample.
    private static double Deviation((double Given, double Denied) slopes, double given, double denied, double n) => Math.Sqrt(Math.Max(
        ((slopes.Given * slopes.Given * given * (1 - given)) + (slopes.Denied * slopes.Denied * denied * (1 - denied))
            - (2 * slopes.Given * slopes.Denied * given * denied)) / n,
        0));

    private static (double Low, double High) Interval(double value, double half) => (Math.Max(value - half, 0), value + half);
}
