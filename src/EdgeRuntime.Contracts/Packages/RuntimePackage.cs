namespace EdgeRuntime.Contracts.Packages;

/// <summary>A checked package that holds the device's own program and its libraries.</summary>
public sealed class RuntimePackage : PackageArchive
{
    internal RuntimePackage(CheckedArchive archive, RuntimeManifest manifest)
        : base(archive) => Manifest = manifest;

    /// <inheritdoc/>
    public override RuntimeManifest Manifest { get; }
}
