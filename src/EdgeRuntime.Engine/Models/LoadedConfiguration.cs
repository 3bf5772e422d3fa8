using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>A verified part of a device's configuration.</summary>
public sealed class LoadedConfiguration : LoadedPackage
{
    // The models that join under it load and fill their windows first.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    internal LoadedConfiguration(ConfigurationPackage package)
        : base(package)
    {
        Manifest = package.Manifest;
        Soak = package.Manifest.Soak ?? new ConfigurationSoakSpec();
        Overlay = package.Overlay;
    }

    /// <inheritdoc/>
    public override ConfigurationManifest Manifest { get; }

    /// <summary>What the device demands of itself under it.</summary>
    public ConfigurationSoakSpec Soak { get; }

    /// <summary>Bytes of its <see cref="ConfigurationOverlay"/>.</summary>
    public ReadOnlyMemory<byte> Overlay { get; }

    /// <inheritdoc/>
    public override TimeSpan TrialLimit => TimeSpan.FromSeconds(Soak.Seconds) + Patience;
}
