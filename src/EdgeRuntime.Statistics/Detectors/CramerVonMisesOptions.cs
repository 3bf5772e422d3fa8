namespace EdgeRuntime.Statistics.Detectors;

/// <summary>How <see cref="CramerVonMisesOnline"/> works.</summary>
public sealed record CramerVonMisesOptions
{
    /// <summary>Sizes of the windows of newest values, ascending. (default: 20 and 40; one to four of 5 to 250)</summary>
    public IReadOnlyList<int> Windows { get; init; } = [20, 40];

    /// <summary>
    /// Values of the reference that are kept: all of a smaller one, as many quantiles of a larger one. (default: 128; 20 to 255)
    /// </summary>
    public int ReferencePoints { get; init; } = 128;

    /// <summary>
    /// The statistic that is a change, by the number of values since the start: the first for the first value, the last for all
    /// later ones. One for a constant. Made by <see cref="CramerVonMisesCalibration"/>. (default: none, nothing is a change)
    /// </summary>
    public IReadOnlyList<double> Thresholds { get; init; } = [double.PositiveInfinity];
}
