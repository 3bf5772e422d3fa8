namespace EdgeRuntime.Contracts.Packages;

/// <summary>A checked package that holds a part of a device's configuration.</summary>
public sealed class ConfigurationPackage : PackageArchive
{
    internal ConfigurationPackage(CheckedArchive archive, ConfigurationManifest manifest)
        : base(archive)
    {
        Manifest = manifest;
        PackageContents.CheckOverlay(this);
    }

    /// <inheritdoc/>
    public override ConfigurationManifest Manifest { get; }

    /// <summary>The bytes of its <see cref="ConfigurationOverlay"/>.</summary>
    public ReadOnlyMemory<byte> Overlay => Find(ConfigurationOverlay.FileName)!.Value;
}
