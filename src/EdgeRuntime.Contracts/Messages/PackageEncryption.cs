using System.Security.Cryptography;
using EdgeRuntime.Contracts.Encryption;

namespace EdgeRuntime.Contracts.Messages;

/// <summary>How the bytes of a package are encrypted on their way, and the key to them, wrapped for the one device of an order.</summary>
/// <remarks>
/// Every carrier then brings ciphertext: chunks longer by <see cref="ChunkCipher.TagBytes"/>, asked for under the hash of the
/// ciphertext. The hashes of the order stay those of the package itself.
/// </remarks>
public sealed record PackageEncryption
{
    /// <summary>The only algorithm there is so far: HPKE (RFC 9180) with DHKEM(P-256, HKDF-SHA256), and AES-256-GCM.</summary>
    public const string HpkeP256Aes256Gcm = "hpke-p256-aes256gcm";

    private const int ShortHex = 12;
    private const int HashHex = 64;

    /// <summary>Which one.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The device's key, by its name (<see cref="NameOf"/>).</summary>
    public required string Recipient { get; init; }

    /// <summary>HPKE's encapsulated key, base64 in JSON.</summary>
    public required byte[] EncapsulatedKey { get; init; }

    /// <summary>The content key, encrypted for the device, base64 in JSON.</summary>
    public required byte[] WrappedKey { get; init; }

    /// <summary>SHA-256 of the archive's ciphertext, lowercase hex; what it is asked for by.</summary>
    public required string CiphertextSha256 { get; init; }

    /// <summary>What is wrong with it, or null.</summary>
    public string? Objection() => this switch
    {
        { Algorithm: not HpkeP256Aes256Gcm } =>
            $"the package is encrypted by '{Algorithm}', which this device does not know; it knows {HpkeP256Aes256Gcm}",
        { EncapsulatedKey.Length: not Hpke.PublicBytes } or { WrappedKey.Length: not (Hpke.KeyBytes + Hpke.TagBytes) } =>
            "the key of the encrypted package has not the length of one",
        _ when CiphertextSha256.Length != HashHex || !CiphertextSha256.All(char.IsAsciiHexDigitLower) =>
            "the hash of the ciphertext is not 64 lowercase hex digits",
        _ => null,
    };

    /// <summary>The name of a public key: its SHA-256, lowercase hex.</summary>
    public static string NameOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    /// <summary>The beginning of a name, for people.</summary>
    public static string Short(string name) => name.Length > ShortHex ? $"{name.AsSpan(0, ShortHex)}…" : name;
}
