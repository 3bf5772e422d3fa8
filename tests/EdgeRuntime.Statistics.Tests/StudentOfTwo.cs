namespace EdgeRuntime.Statistics.Tests;

/// <summary>Values of Student's distribution with two degrees of freedom: of heavy tails the one whose quantile has a closed form.</summary>
internal static class StudentOfTwo
{
    /// <summary>The next value.</summary>
    public static double Next(Random random)
    {
        double share = (random.Next() + 0.5) / int.MaxValue;
        return ((2 * share) - 1) / Math.Sqrt(2 * share * (1 - share));
    }
}
