using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What chance alone makes of a feature's stability index in windows of one size: worked out offline for the very counts of the
/// reference, so that thresholds hold where bins have few values, and the device only reads them off.
/// </summary>
public sealed record ChanceReference
{
    private const double Most = 1e6;

    /// <summary>Values in a window; above those of the entry before.</summary>
    public required long Samples { get; init; }

    /// <summary>Mean of the index, by that of the chi-squared form, <c>(bins - 1) (1/rows + 1/samples)</c>; greater than 0, at most 1000000.</summary>
    public required double Mean { get; init; }

    /// <summary>Its variance, by that of the same form, <c>2 (bins - 1) (1/rows + 1/samples)^2</c>; greater than 0, at most 1000000.</summary>
    public required double Variance { get; init; }

    /// <summary>Its third standardized moment; -100 to 100.</summary>
    public required double Skewness { get; init; }

    /// <summary>Its fourth standardized moment less 3; -3 to 100000.</summary>
    public required double Kurtosis { get; init; }

    /// <summary>Reads one entry of <c>chance</c>.</summary>
    internal static ChanceReference Read(JsonObjectReader chance) => new()
    {
        Samples = chance.RequiredLong("samples", 1, long.MaxValue),
        Mean = chance.RequiredDouble("mean", JsonObjectReader.AboveZero, Most),
        Variance = chance.RequiredDouble("variance", JsonObjectReader.AboveZero, Most),
        Skewness = chance.RequiredDouble("skewness", -100, 100),
        Kurtosis = chance.RequiredDouble("kurtosis", -3, 100_000),
    };
}
