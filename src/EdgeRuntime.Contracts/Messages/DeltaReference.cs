using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Transfers;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>A shorter way to an archive: what makes it from one that a device may have already.</summary>
/// <remarks>
/// Fetched as an archive is, in chunks under its own hash. What it makes is held against the chunk hashes of the
/// <see cref="PackageReference"/>; what is then missing is fetched whole.
/// </remarks>
public sealed record DeltaReference
{
    /// <summary>What it was made of.</summary>
    public required DeltaKind Kind { get; init; }

    /// <summary>SHA-256 of the archive it starts from, lowercase hex; empty where it needs none.</summary>
    public required string BaseSha256 { get; init; }

    /// <summary>Its bytes.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of its bytes, lowercase hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes of every chunk but the last.</summary>
    public required int ChunkBytes { get; init; }

    /// <summary>SHA-256 of each chunk, as in <see cref="PackageReference.ChunkSha256"/>.</summary>
    [JsonConverter(typeof(ChunkHashes))]
    public required IReadOnlyList<string> ChunkSha256 { get; init; }

    /// <summary>As <see cref="PackageReference.Carriers"/>.</summary>
    public IReadOnlyList<string> Carriers { get; init => field = value ?? []; } = [];

    /// <summary>In the order of an encrypted package: SHA-256 of the delta's own ciphertext, lowercase hex. Else null.</summary>
    public string? CiphertextSha256 { get; init; }

    /// <summary>The same as an archive to fetch.</summary>
    public PackageReference AsArchive(PackageReference package) => package with
    {
        Size = Size,
        ArchiveSha256 = Sha256,
        ChunkBytes = ChunkBytes,
        ChunkSha256 = ChunkSha256,
        Carriers = Carriers,
        Deltas = [],
        Encryption = package.Encryption is { } encryption && CiphertextSha256 is string ciphertext
            ? encryption with { CiphertextSha256 = ciphertext }
            : null,
    };
}
