using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>What the fleet wants a device to run. Travels inside a <see cref="SignedEnvelope"/>.</summary>
/// <remarks>
/// Topic <c>{id}/down/desired</c>, QoS 1, retained. It binds device, deployment and generation: an order for another
/// device, or of a generation not above the highest accepted, changes nothing. It does not expire.
/// </remarks>
public sealed record DesiredState
{
    /// <summary>Media type inside the envelope.</summary>
    public const string PayloadType = "application/vnd.edgeruntime.desired+json";

    /// <summary>How the event of kind <c>update</c> begins in which a device says that it does not take an order, and why.</summary>
    public const string IgnoredWords = "an order was ignored: ";

    /// <summary>What stands, after the deployment's name, in the event in which a device says what an order waits for.</summary>
    public const string WaitsWords = " waits: ";

    /// <summary>The device this order is for; another device ignores it.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>Names the rollout: 1 to 63 of <c>a-z 0-9 -</c>.</summary>
    public required string Deployment { get; init; }

    /// <summary>Grows by at least 1 with every order for this device; at least 1.</summary>
    public required long Generation { get; init; }

    /// <summary>When the order was made, UTC milliseconds.</summary>
    public required long IssuedUnixMs { get; init; }

    /// <summary>The package wanted, by model name. A model not named keeps what it has.</summary>
    public required IReadOnlyDictionary<string, PackageReference> Slots { get; init; }

    /// <summary>
    /// Lines that are to have no package, as before their first: of configurations and programs, which a device can do without. Null for
    /// none. None of them is in <see cref="Slots"/>.
    /// </summary>
    public IReadOnlyList<string>? Without { get; init; }

    /// <summary>The order as it goes on the wire: a <see cref="SignedEnvelope"/> as JSON, signed by the deploy key.</summary>
    public byte[] Sealed(SigningKey key)
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(this, WireJson.Default.DesiredState);
        return JsonSerializer.SerializeToUtf8Bytes(Dsse.Seal(PayloadType, payload, key), WireJson.Default.SignedEnvelope);
    }

    /// <summary>As <see cref="Sealed(SigningKey)"/>, signed by every one of these keys.</summary>
    public byte[] Sealed(IEnumerable<TufSigningKey> keys)
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(this, WireJson.Default.DesiredState);
        SignedEnvelope envelope = new()
        {
            PayloadType = PayloadType,
            Payload = payload,
            Signatures = [.. keys.Select(key => key.SignEnvelope(PayloadType, payload))],
        };
        return JsonSerializer.SerializeToUtf8Bytes(envelope, WireJson.Default.SignedEnvelope);
    }
}

/// <summary>A package to fetch, with all that is needed to check its bytes as they arrive.</summary>
public sealed record PackageReference
{
    /// <summary>Most deltas of one order.</summary>
    public const int MostDeltas = 4;

    /// <summary>Most carriers of one archive.</summary>
    public const int MostCarriers = 8;

    /// <summary>Id of the package: SHA-256 of its manifest.</summary>
    public required ModelId Digest { get; init; }

    /// <summary>Semantic version, for people; the manifest's is the truth.</summary>
    public required string Version { get; init; }

    /// <summary>Bytes of the <c>.edgepkg</c> archive; nothing beyond is ever fetched.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the archive, lowercase hex.</summary>
    public required string ArchiveSha256 { get; init; }

    /// <summary>Bytes of every chunk but the last. (32768 unless the broker takes less)</summary>
    public required int ChunkBytes { get; init; }

    /// <summary>SHA-256 of each chunk, lowercase hex, in order; in JSON all of them in one base64 text (<see cref="ChunkHashes"/>).</summary>
    [JsonConverter(typeof(ChunkHashes))]
    public required IReadOnlyList<string> ChunkSha256 { get; init; }

    /// <summary>
    /// True when this order takes a device back to a package it committed before: its release counter may then be
    /// lower than the newest seen.
    /// </summary>
    public bool Revert { get; init; }

    /// <summary>
    /// What the archive can come by, at most <see cref="MostCarriers"/>: <c>mqtt</c>, or an address that answers HTTP range requests;
    /// empty means mqtt. Which of them a device uses its owner's configuration says.
    /// </summary>
    public IReadOnlyList<string> Carriers { get; init => field = value ?? []; } = [];

    /// <summary>Shorter ways to the archive, at most <see cref="MostDeltas"/>; a device takes the shortest that it has the base of.</summary>
    public IReadOnlyList<DeltaReference> Deltas { get; init => field = value ?? []; } = [];

    /// <summary>How its bytes are encrypted on their way; null where they come as they are.</summary>
    public PackageEncryption? Encryption { get; init; }

    /// <summary>What the package demands of the device, so that it is not fetched in vain; the manifest's is the truth. Null for nothing.</summary>
    public RequirementSpec? Requires { get; init; }

    /// <summary>Hash and size of what a carrier brings: the archive, or its ciphertext.</summary>
    public (string Sha256, long Size) Carried() =>
        Encryption is null ? (ArchiveSha256, Size) : (Encryption.CiphertextSha256, ChunkCipher.SizeOf(Size, ChunkBytes));

    /// <summary>All that a device may ask for by this order: hash and size of the archive, and of each delta to it.</summary>
    public Dictionary<string, long> AllCarried() =>
        Deltas.Select(delta => delta.AsArchive(this).Carried()).Append(Carried()).DistinctBy(one => one.Sha256).ToDictionary(one => one.Sha256, one => one.Size);

    /// <summary>
    /// Chunks of an archive of this size: 32 KiB, and 64 KiB above 32 MiB, so that an order, which lists the hash of every
    /// chunk, fits one packet even for the largest package; and no longer, because what is under way is lost with every cut.
    /// </summary>
    public static int ChunkBytesFor(long size) => size <= 32 * 1024 * 1024 ? 32 * 1024 : 64 * 1024;
}
