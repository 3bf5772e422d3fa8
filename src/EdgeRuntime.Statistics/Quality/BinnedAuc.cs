namespace EdgeRuntime.Statistics.Quality;

/// <summary>The area under the ROC curve from weights on ascending bins of the score.</summary>
public static class BinnedAuc
{
    /// <summary>Chance that a positive scores above a negative.</summary>
    /// <remarks>
    /// Between bins this is counted. Within a bin both densities are taken to be straight lines with the slopes of their
    /// neighbours: for slopes a and b relative to their heights, <c>1/2 + (a - b) / 12</c> of its pairs are in order. Sums
    /// run from the lowest bin up.
    /// </remarks>
    /// <param name="positives">Weight of positives by bin; at least 0.</param>
    /// <param name="negatives">The same shape.</param>
    /// <returns>0 to 1; NaN when one side has no weight.</returns>
    public static double Of(ReadOnlySpan<double> positives, ReadOnlySpan<double> negatives)
    {
        double below = 0;
        double pairs = 0;
        double all = 0;
        for (int bin = 0; bin < positives.Length; bin++)
        {
            double inOrder = 0.5 + ((Slope(positives, bin) - Slope(negatives, bin)) / 12);
            pairs += positives[bin] * (below + (negatives[bin] * inOrder));
            below += negatives[bin];
            all += positives[bin];
        }

        double area = pairs / (all * below);
        return double.IsNaN(area) ? area : Math.Clamp(area, 0, 1);
    }

    // A density cannot fall below 0 within its bin, hence the bound of 2.
    private static double Slope(ReadOnlySpan<double> weights, int bin)
    {
        double before = weights[Math.Max(bin - 1, 0)];
        double after = weights[Math.Min(bin + 1, weights.Length - 1)];
        return weights[bin] > 0 ? Math.Clamp((after - before) / (2 * weights[bin]), -2, 2) : 0;
    }
}
