using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>A verified program of the device.</summary>
public sealed class LoadedRuntime : LoadedPackage
{
    // The start of the program, and of what it serves, comes before its trial.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    internal LoadedRuntime(RuntimePackage package)
        : this(package.Id, package.Manifest)
    {
    }

    /// <summary>One that runs already, and was verified before it was started.</summary>
    /// <param name="digest">Hash of the manifest's bytes.</param>
    public LoadedRuntime(ModelId digest, RuntimeManifest manifest)
        : base(digest)
    {
        Manifest = manifest;
        Soak = manifest.Soak ?? new RuntimeSoakSpec();
    }

    /// <inheritdoc/>
    public override RuntimeManifest Manifest { get; }

    /// <summary>What the device demands of it.</summary>
    public RuntimeSoakSpec Soak { get; }

    /// <inheritdoc/>
    public override TimeSpan TrialLimit => TimeSpan.FromSeconds(Soak.Seconds) + Patience;
}
