using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a device demands of a new package, from its own evidence, before it trusts it.</summary>
public sealed record SoakSpec
{
    /// <summary>Samples to serve in trial; 1 to 1,000,000.</summary>
    public required int Samples { get; init; }

    /// <summary>
    /// Share of failed inferences that is still acceptable, and of those that answered NaN unless <see cref="MaxNanShare"/> counts them apart;
    /// 0 to 1. (default: 0)
    /// </summary>
    public double MaxErrorShare { get; init; }

    /// <summary>Share of inferences that answered NaN that is still acceptable, 0 to 1; null to count them among the failed.</summary>
    public double? MaxNanShare { get; init; }

    /// <summary>99th percentile of the inference time that is still acceptable, milliseconds; greater than 0.</summary>
    public required double MaxP99Ms { get; init; }

    /// <summary>
    /// Stability index of the trial's predictions against the champion's own before the switch, above which the
    /// package is undone; null leaves the prediction distribution to the fleet's gate.
    /// </summary>
    public double? MaxPredictionPsi { get; init; }

    /// <summary>
    /// Share of samples on which the package and the one before it, which goes on answering the same frames beside it, must say the same:
    /// the same label, or values within a tenth of each other; 0 to 1. Null lets the package before rest.
    /// </summary>
    public double? MinAgreement { get; init; }

    /// <summary>
    /// Share of one core that the package before may use meanwhile; the device's profile may allow less. Greater than 0, to 1; only with
    /// <see cref="MinAgreement"/>, where null stands for 0.2.
    /// </summary>
    public double? MaxCpuShare { get; init; }

    internal static SoakSpec Read(JsonObjectReader soak)
    {
        SoakSpec spec = new()
        {
            Samples = soak.RequiredInt("samples", 1, 1_000_000),
            MaxErrorShare = soak.Double("max_error_share", 0, 0, 1),
            MaxNanShare = soak.Double("max_nan_share", 0, 1),
            MaxP99Ms = soak.RequiredDouble("max_p99_ms", JsonObjectReader.AboveZero, 3_600_000),
            MaxPredictionPsi = soak.Double("max_prediction_psi", JsonObjectReader.AboveZero),
            MinAgreement = soak.Double("min_agreement", 0, 1),
            MaxCpuShare = soak.Double("max_cpu_share", JsonObjectReader.AboveZero, 1),
        };
        if (spec is { MaxCpuShare: not null } && !soak.Has("min_agreement"))
        {
            soak.Mistake("max_cpu_share", "bounds the package before beside this one, which only runs with 'min_agreement'");
        }

        return spec;
    }
}
