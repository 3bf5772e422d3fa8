namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// Tests of counts against shares that are known, not estimated. A reference that is a sample itself has noise of its own;
/// <see cref="CountComparison"/> knows it.
/// </summary>
public static class GoodnessOfFit
{
    /// <summary>Pearson's <c>sum (O - E)^2 / E</c>, by the chi-squared distribution.</summary>
    /// <param name="observed">Counts, 0 or more, at least two of them.</param>
    /// <param name="weights">In proportion to the expected shares; each above 0.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static TestResult ChiSquared(ReadOnlySpan<long> observed, ReadOnlySpan<double> weights) =>
        Compare(observed, weights, logarithmic: false);

    /// <summary>The likelihood ratio <c>2 sum O ln(O / E)</c>, by the chi-squared distribution.</summary>
    /// <inheritdoc cref="ChiSquared"/>
    public static TestResult LikelihoodRatio(ReadOnlySpan<long> observed, ReadOnlySpan<double> weights) =>
        Compare(observed, weights, logarithmic: true);

    private static TestResult Compare(ReadOnlySpan<long> observed, ReadOnlySpan<double> weights, bool logarithmic)
    {
        if (observed.Length != weights.Length || observed.Length < 2)
        {
            throw new ArgumentException($"there are {observed.Length} counts and {weights.Length} weights; two of each are needed");
        }

        double total = 0;
        double weight = 0;
        for (int i = 0; i < observed.Length; i++)
        {
            total += observed[i];
            weight += weights[i];
        }

        double sum = 0;
        for (int i = 0; i < observed.Length; i++)
        {
            double expected = weights[i] / weight * total;
            sum += logarithmic
                ? (observed[i] > 0 ? 2 * observed[i] * Math.Log(observed[i] / expected) : 0)
                : (observed[i] - expected) * (observed[i] - expected) / expected;
        }

        return new TestResult(sum, Statistics.ChiSquared.Survival(sum, observed.Length - 1));
    }
}
