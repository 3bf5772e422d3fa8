using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>A verified package, ready to be put to use: what <see cref="PackageVerification"/> makes, and nothing else.</summary>
public abstract class LoadedPackage : IDisposable
{
    private protected LoadedPackage(PackageArchive package)
        : this(package.Id)
    {
    }

    private protected LoadedPackage(ModelId digest) => Digest = digest;

    /// <summary>The package.</summary>
    public ModelId Digest { get; }

    /// <summary>What it says about itself.</summary>
    public abstract PackageManifest Manifest { get; }

    /// <summary>How long its trial may last before it counts as failed.</summary>
    public abstract TimeSpan TrialLimit { get; }

    /// <summary>Whether it is to run beside the active package before it is put to use.</summary>
    public virtual bool Shadows => false;

    /// <summary>How it is run, to be told; null where there is nothing to tell.</summary>
    public virtual ModelRuntime? Runtime => null;

    /// <summary>Gives up what it holds; it must not be in use any more.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
