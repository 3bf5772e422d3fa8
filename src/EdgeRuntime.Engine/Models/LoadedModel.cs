using EdgeRuntime.Contracts.Ids;
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

    internal LoadedModel(PackageArchive package, ModelCall call)
    {
        Digest = package.Id;
        Manifest = package.Manifest;
        Reference = package.Profile ?? NoProfile;
        Call = call;
    }

    /// <summary>The package.</summary>
    public ModelId Digest { get; }

    /// <summary>What it says about itself.</summary>
    public PackageManifest Manifest { get; }

    /// <summary>The yardstick for drift; without features when the package brings none.</summary>
    public ReferenceProfile Reference { get; }

    /// <summary>The model, bound to the manifest's features and output.</summary>
    public ModelCall Call { get; }

    /// <inheritdoc/>
    public void Dispose() => Call.Dispose();
}
