using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>How the counts of a window are compared with the reference, feature by feature.</summary>
/// <remarks>Level, smallest effect and the reference itself stand in <c>reference.json</c>, where they were calibrated.</remarks>
public sealed record DriftSpec
{
    /// <summary>Names that <see cref="Test"/> may have.</summary>
    public static IReadOnlyList<string> Tests { get; } = ["psi"];

    /// <summary>
    /// The statistic: <c>psi</c>, the population stability index against a threshold that knows the sample sizes. (default: psi)
    /// </summary>
    public string Test { get; init; } = "psi";

    internal static DriftSpec Read(JsonObjectReader drift) => new() { Test = drift.Choice("test", "psi", Tests) };
}
