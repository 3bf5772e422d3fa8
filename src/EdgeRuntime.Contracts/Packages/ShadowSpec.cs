using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a device demands of a new package beside the one that answers, before a single answer of it counts.</summary>
public sealed record ShadowSpec
{
    /// <summary>Samples on which both answered; 1 to 1,000,000.</summary>
    public required int Samples { get; init; }

    /// <summary>
    /// Share of one core that it may use meanwhile; what it has no time for is left out and counted. The device's profile may allow
    /// less. (default: 0.2; greater than 0, to 1)
    /// </summary>
    public double MaxCpuShare { get; init; } = 0.2;

    /// <summary>
    /// Share of those samples on which both must say the same: the same label, or values within a tenth of each other.
    /// (default: 0.9; 0 to 1)
    /// </summary>
    public double MinAgreement { get; init; } = 0.9;

    internal static ShadowSpec Read(JsonObjectReader shadow) => new()
    {
        Samples = shadow.RequiredInt("samples", 1, 1_000_000),
        MaxCpuShare = shadow.Double("max_cpu_share", 0.2, JsonObjectReader.AboveZero, 1),
        MinAgreement = shadow.Double("min_agreement", 0.9, 0, 1),
    };
}
