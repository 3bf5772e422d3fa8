using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Fleet.Packages;

/// <summary>A package whose signature and content were checked when it was pushed.</summary>
public sealed record StoredPackage
{
    /// <summary>Its id.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>What it says about itself.</summary>
    public required PackageManifest Manifest { get; init; }

    /// <summary>The same, where it holds a model; else null.</summary>
    public ModelManifest? Model => Manifest as ModelManifest;

    /// <summary>How features and predictions looked in training; null when the package brings no yardstick.</summary>
    public required ReferenceProfile? Reference { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the archive, lowercase hex; its file's name.</summary>
    public required string ArchiveSha256 { get; init; }

    /// <summary>SHA-256 of each chunk of <see cref="ChunkBytes"/>, lowercase hex, in order.</summary>
    public required IReadOnlyList<string> ChunkSha256 { get; init; }

    /// <summary>Ids of the trusted keys that signed it.</summary>
    public required IReadOnlyList<string> SignedBy { get; init; }

    /// <summary>When it was pushed, UTC milliseconds.</summary>
    public required long PushedMs { get; init; }

    /// <summary>The manifest as it was signed.</summary>
    public ReadOnlyMemory<byte> ManifestBytes { get; init; }

    /// <summary>The reference profile as its file has it; empty without one.</summary>
    public ReadOnlyMemory<byte> ReferenceBytes { get; init; }

    /// <summary>Bytes of every chunk but the last.</summary>
    public required int ChunkBytes { get; init; }

    /// <summary>
    /// Share of a live window's samples that count as independent. Without a yardstick a tenth: windows overlap and
    /// machines have inertia, and to believe every sample would halt good models.
    /// </summary>
    public double EffectiveShare => Reference?.EffectiveShare ?? 0.1;

    /// <summary>Name of its model, or of whatever else it holds.</summary>
    public string Name => Manifest.Name;

    /// <summary>Its semantic version.</summary>
    public string Version => Manifest.Version;

    /// <summary>The package as messages name it.</summary>
    public PackageLabel Label => new(Digest, Version);

    /// <summary>What a device needs to fetch and check it.</summary>
    /// <param name="revert">True when the device is to return to it, whatever its release counter.</param>
    public PackageReference ToReference(bool revert) => new()
    {
        Digest = Digest,
        Version = Version,
        Size = Size,
        ArchiveSha256 = ArchiveSha256,
        ChunkBytes = ChunkBytes,
        ChunkSha256 = ChunkSha256,
        Revert = revert,
        Requires = Manifest.Requires,
    };
}
