namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// Probabilities as whole numbers of 2^-24, so that their sums are the same whatever was added first. 5e11 of them fit into
/// a sum, each within 3e-8.
/// </summary>
public static class Parts
{
    /// <summary>Parts of a certainty.</summary>
    public const long One = 1L << 24;

    /// <summary>A probability in parts.</summary>
    /// <param name="probability">Below 0 and NaN count as 0, above 1 as 1.</param>
    public static long Of(double probability) => (long)Math.Round((probability > 0 ? Math.Min(probability, 1) : 0) * One);

    /// <summary>A sum of parts as a sum of probabilities.</summary>
    public static double ToSum(long parts) => parts / (double)One;
}
