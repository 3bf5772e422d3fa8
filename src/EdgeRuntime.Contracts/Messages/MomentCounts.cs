namespace EdgeRuntime.Contracts.Messages;

/// <summary>
/// Sums of the powers of one feature's values, in whole numbers: a value x counts as <c>round((x - origin) / step)</c>. Sums on one
/// scale add up exactly; mean, variance, skewness, kurtosis and autocorrelation follow from them.
/// </summary>
/// <remarks>They are of as many values as the feature's bins hold. EdgeRuntime.Statistics.Counters.ExactMoments reads them.</remarks>
public sealed record MomentCounts
{
    /// <summary>The value that counts as 0; from the package's reference.</summary>
    public double Origin { get; init; }

    /// <summary>What one whole number is worth, in the value's unit; a power of two, from the package's reference.</summary>
    public double Step { get; init; }

    /// <summary>Values further than 2^20 steps from the origin; they count as that.</summary>
    public long Outside { get; init; }

    /// <summary>Pairs of values that came one after the other.</summary>
    public long Pairs { get; init; }

    /// <summary>Sum of the values.</summary>
    public long Sum { get; init; }

    /// <summary>Sum of their squares.</summary>
    public Int128 Squares { get; init; }

    /// <summary>Sum of their third powers.</summary>
    public Int128 Cubes { get; init; }

    /// <summary>Sum of their fourth powers.</summary>
    public Int128 Fourths { get; init; }

    /// <summary>Sum over the pairs of the square of their difference.</summary>
    public Int128 Differences { get; init; }

    /// <summary>Smallest value, in its unit, to single precision; 0 when there is none.</summary>
    public float Min { get; init; }

    /// <summary>Largest value, in its unit, to single precision; 0 when there is none.</summary>
    public float Max { get; init; }
}
