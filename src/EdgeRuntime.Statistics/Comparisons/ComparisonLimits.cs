namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>What a comparison must show to count as drift: significance alone never does.</summary>
/// <param name="Level">Chance of an alarm without drift; between 0 and 1.</param>
/// <param name="MinEffect">Smallest effect worth an alarm however many samples agree; 0 or more, in the method's own unit.</param>
/// <param name="MinSample">Effective samples of either side below which there is no verdict; 0 or more.</param>
public readonly record struct ComparisonLimits(double Level, double MinEffect, double MinSample)
{
    /// <summary>Level 5 %, 50 samples, and an effect that a third of a standard deviation of a normal sensor has.</summary>
    public static ComparisonLimits For(ComparisonMethod method) => new(0.05, SmallestEffect(method), 50);

    // The peers' 0.1 wherever theirs is of this size. L-infinity sees one cell of many.
    private static double SmallestEffect(ComparisonMethod method) => method == ComparisonMethod.LInfinity ? 0.05 : 0.1;
}
