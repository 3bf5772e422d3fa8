using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Inference;

namespace EdgeRuntime.Engine.Models;

/// <summary>
/// A verified package whose model is loaded and bound: what <see cref="PackageVerification"/> makes, and nothing else.
/// </summary>
/// <remarks>Not thread-safe, as <see cref="Call"/> is not.</remarks>
public sealed class LoadedModel : IDisposable
{
    private static readonly ReferenceProfile NoProfile = new()
    {
        Rows = 1,
        EffectiveRows = 1,
        EffectiveShare = 1,
        Features = [],
    };

    internal LoadedModel(PackageArchive package, ModelCall call, VariantChoice? variant)
    {
        Digest = package.Id;
        Manifest = package.Manifest;
        Reference = package.Profile ?? NoProfile;
        Call = call;
        Variant = variant;
        RunnerReport[] reports = [.. call.Runners.Select(runner => runner.Report)];
        Runtime = new ModelRuntime
        {
            LoadMs = Math.Round(reports.Sum(report => report.LoadMs), 3),
            FromCache = reports.All(report => report.FromCache),
            Providers = [.. reports.SelectMany(report => report.Providers).Distinct()],
            Fallbacks = [.. reports.SelectMany(report => report.Fallbacks).Distinct()],
            Variant = variant?.Name,
            VariantMicroseconds = variant?.Figures.Where(figure => figure.Microseconds is not null)
                .ToDictionary(figure => figure.Name, figure => Math.Round(figure.Microseconds!.Value, 3)),
        };
    }

    /// <summary>The package.</summary>
    public ModelId Digest { get; }

    /// <summary>What it says about itself.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>The yardstick for drift; without features when the package brings none.</summary>
    public ReferenceProfile Reference { get; }

    /// <summary>The model, bound to the manifest's features and output.</summary>
    public ModelCall Call { get; }

    /// <summary>Which of the package's variants serves, and what was measured; null when it has none.</summary>
    public VariantChoice? Variant { get; }

    /// <summary>What it was found to need when it was a candidate; null for one that was trusted already.</summary>
    public ProofReport? Proof
    {
        get;
        internal set
        {
            field = value;
            Runtime = Runtime with { ProofP99Ms = value?.P99Ms, ProofPeakBytes = value?.PeakBytes };
        }
    }

    /// <summary>How it is run, to be told.</summary>
    public ModelRuntime Runtime { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => Call.Dispose();
}
