using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Engine.Models;

/// <summary>One line's part of a desired state, without the hashes of the chunks.</summary>
public sealed record UpdateOrder
{
    /// <summary>Deployment of an update that the device's own configuration asked for.</summary>
    public const string ConfiguredDeployment = "configured";

    /// <summary>The rollout.</summary>
    public required string Deployment { get; init; }

    /// <summary>Generation of the desired state.</summary>
    public required long Generation { get; init; }

    /// <summary>The package wanted.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>Its version, for people.</summary>
    public required string Version { get; init; }

    /// <summary>SHA-256 of its archive, lowercase hex.</summary>
    public required string ArchiveSha256 { get; init; }

    /// <summary>Bytes of its archive.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of every chunk but the last.</summary>
    public required int ChunkBytes { get; init; }

    /// <summary>SHA-256 of the ciphertext that is fetched, lowercase hex; empty where the archive comes plain.</summary>
    public string CiphertextSha256 { get; init; } = "";

    /// <summary>True when it goes back to a package committed here before, which then needs no trial.</summary>
    public bool Revert { get; init; }

    /// <summary>True when the package came with the configuration, not over the network.</summary>
    public bool Configured { get; init; }

    /// <summary>The order for one line out of a desired state.</summary>
    public static UpdateOrder Of(DesiredState desired, PackageReference package) => new()
    {
        Deployment = desired.Deployment,
        Generation = desired.Generation,
        Digest = package.Digest,
        Version = package.Version,
        ArchiveSha256 = package.ArchiveSha256,
        Size = package.Size,
        ChunkBytes = package.ChunkBytes,
        CiphertextSha256 = package.Encryption?.CiphertextSha256 ?? "",
        Revert = package.Revert,
    };

    /// <summary>True when both orders want the same bytes, cut into the same chunks and encrypted in the same way.</summary>
    public bool WantsSameBytes(UpdateOrder other) =>
        Digest == other.Digest
        && ArchiveSha256 == other.ArchiveSha256
        && Size == other.Size
        && ChunkBytes == other.ChunkBytes
        && CiphertextSha256 == other.CiphertextSha256;
}
