using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>How the counts of a window are compared with the reference, feature by feature.</summary>
/// <remarks>Level, smallest effect and the reference itself stand in <c>reference.json</c>, where they were calibrated.</remarks>
public sealed record DriftSpec
{
    /// <summary>Names that <see cref="Test"/> may have.</summary>
    public static IReadOnlyList<string> Tests { get; } = ["psi", "js", "g", "chi_square", "hellinger", "total_variation", "l_infinity", "ks", "wasserstein"];

    /// <summary>
    /// What decides: <c>psi</c>, the population stability index against a threshold that knows the sample sizes; or <c>js</c> (Jensen
    /// and Shannon), <c>g</c> (likelihood ratio), <c>chi_square</c>, <c>hellinger</c>, <c>total_variation</c>, <c>l_infinity</c>,
    /// <c>ks</c> (Kolmogorov and Smirnov), each by its p-value for these very counts and its effect; or <c>wasserstein</c>, the distance
    /// of sketches, which also tells how far values beyond the last edge went, against thresholds of the reference. (default: psi)
    /// </summary>
    public string Test { get; init; } = "psi";

    /// <summary>
    /// Smallest effect worth an alarm, of another test than <c>psi</c> and in its own unit: distances 0 to 1, Cramer's V for
    /// <c>g</c> and <c>chi_square</c>, deviations of the reference for <c>wasserstein</c>. (default: 0.1; 0.05 for <c>l_infinity</c>;
    /// of <c>wasserstein</c> the feature's own in reference.json)
    /// </summary>
    public double? MinEffect { get; init; }

    internal static DriftSpec Read(JsonObjectReader drift)
    {
        DriftSpec spec = new() { Test = drift.Choice("test", "psi", Tests), MinEffect = drift.Double("min_effect", 0, 1) };
        if (spec is { Test: "psi", MinEffect: not null })
        {
            drift.Mistake("min_effect", "is only for other tests; that of psi was calibrated and stands in reference.json");
        }

        return spec;
    }
}
