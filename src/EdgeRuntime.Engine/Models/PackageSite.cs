using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Models;

/// <summary>Where the packages of one line go on a device: what a package must be, and fit.</summary>
public abstract record PackageSite
{
    /// <summary>Name of the line; the manifest's must be the same. 1 to 63 of <c>a-z 0-9 -</c>, different from the others' here.</summary>
    public required string Name { get; init; }

    /// <summary>Kind of its packages, as manifests write it.</summary>
    public abstract string Kind { get; }

    /// <summary>
    /// Whether the device is whole without a package of this line, by what its owner put there. Then an undo of the first package
    /// leads back to none.
    /// </summary>
    public abstract bool StandsAlone { get; }

    /// <summary>Bytes of the largest archive of this line; null for the bound that all have.</summary>
    public long? LargestArchive { get; init; }
}

/// <summary>A device's own configuration file, which packages are laid over.</summary>
public sealed record ConfigurationSite : PackageSite
{
    /// <summary>
    /// Everything that is wrong with an overlay on this device, as sentences; empty when it can be used. Called on the loader's thread.
    /// </summary>
    public required Func<ReadOnlyMemory<byte>, IReadOnlyList<string>> Objections { get; init; }

    /// <inheritdoc/>
    public override string Kind => PackageManifest.ConfigurationKind;

    /// <inheritdoc/>
    public override bool StandsAlone => true;
}
