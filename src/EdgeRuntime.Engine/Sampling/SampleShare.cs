namespace EdgeRuntime.Engine.Sampling;

/// <summary>How many samples a share from a manifest is.</summary>
public static class SampleShare
{
    /// <summary>The whole samples in <paramref name="share"/> of <paramref name="samples"/>.</summary>
    /// <param name="share">0 to 1.</param>
    /// <remarks>
    /// As the manifest writes the share, in decimals: in doubles 0.29 of 100 samples is 28, and what 0.9 leaves of 100 is 9.
    /// </remarks>
    public static long Of(double share, long samples) => (long)((decimal)share * samples);
}
