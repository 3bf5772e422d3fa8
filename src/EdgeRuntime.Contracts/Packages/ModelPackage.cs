namespace EdgeRuntime.Contracts.Packages;

/// <summary>A checked package that holds a model.</summary>
public sealed class ModelPackage : PackageArchive
{
    internal ModelPackage(CheckedArchive archive, ModelManifest manifest)
        : base(archive)
    {
        Manifest = manifest;
        Profile = PackageContents.Profile(this);
        Golden = PackageContents.Golden(this);
    }

    /// <inheritdoc/>
    public override ModelManifest Manifest { get; }

    /// <summary>The yardstick for drift, or null when the package brings none.</summary>
    public ReferenceProfile? Profile { get; }

    /// <summary>Inputs with the answers they must get.</summary>
    public GoldenVectors Golden { get; }

    /// <summary>The model's bytes.</summary>
    public ReadOnlyMemory<byte> Model => Find(Manifest.Model.File)!.Value;
}
