using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Encryption;

/// <summary>
/// What a package, and deltas to it, are encrypted under by who sends them: made for it, used for nothing else, and wrapped for each
/// device. One ciphertext so serves every device, whatever carries it.
/// </summary>
public sealed class ContentKey
{
    private readonly byte[] _key;

    private ContentKey(byte[] key) => _key = key;

    /// <summary>The key itself, to be kept as a secret.</summary>
    public ReadOnlySpan<byte> Bytes => _key;

    /// <summary>Makes a new one.</summary>
    public static ContentKey Create(RandomNumberGenerator random)
    {
        byte[] key = new byte[Hpke.KeyBytes];
        random.GetBytes(key);
        return new ContentKey(key);
    }

    /// <summary>One that was kept.</summary>
    /// <exception cref="ArgumentException">It has not 32 bytes.</exception>
    public static ContentKey Of(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Hpke.KeyBytes, nameof(key));
        return new ContentKey(key.ToArray());
    }

    /// <summary>The cipher of an archive's, or a delta's, chunks.</summary>
    /// <param name="sha256">Hash of what is encrypted, lowercase hex: another content has another key.</param>
    /// <param name="chunks">How many there are.</param>
    public ChunkCipher CipherOf(string sha256, int chunks) => new(_key, sha256, chunks);

    /// <summary>Wraps it for a device.</summary>
    /// <param name="recipient">The device's public key.</param>
    /// <param name="archiveSha256">Hash of the package's archive, lowercase hex.</param>
    /// <param name="ciphertextSha256">Hash of its ciphertext, lowercase hex.</param>
    /// <exception cref="CryptographicException">The public key is none.</exception>
    public PackageEncryption WrapFor(ReadOnlySpan<byte> recipient, DeviceId device, string archiveSha256, string ciphertextSha256)
    {
        (byte[] encapsulated, byte[] wrapped) = Hpke.Seal(recipient, Info(device, archiveSha256, ciphertextSha256), _key);
        return new PackageEncryption
        {
            Algorithm = PackageEncryption.HpkeP256Aes256Gcm,
            Recipient = PackageEncryption.NameOf(recipient),
            EncapsulatedKey = encapsulated,
            WrappedKey = wrapped,
            CiphertextSha256 = ciphertextSha256,
        };
    }

    /// <summary>Unwraps the one of an order.</summary>
    /// <param name="objection">Why it is none for this device, as a sentence, or null.</param>
    public static ContentKey? Unwrap(
        PackageEncryption encryption, HpkePrivateKey key, DeviceId device, string archiveSha256, out string? objection)
    {
        string own = PackageEncryption.NameOf(key.PublicKey);
        if (encryption.Recipient != own)
        {
            objection = $"the package is encrypted for another device: for the key {PackageEncryption.Short(encryption.Recipient)}, and this device's is "
                + PackageEncryption.Short(own);
            return null;
        }

        byte[] info = Info(device, archiveSha256, encryption.CiphertextSha256);
        byte[]? content = Hpke.Open(key, encryption.EncapsulatedKey, info, encryption.WrappedKey);
        objection = content is { Length: Hpke.KeyBytes }
            ? null
            : "the key of the package was changed, or comes from an order for another device, package or deployment";
        return objection is null ? new ContentKey(content!) : null;
    }

    // The hash of the ciphertext stands for the key: no two have the same.
    private static byte[] Info(DeviceId device, string archiveSha256, string ciphertextSha256) =>
        Encoding.UTF8.GetBytes($"edgeruntime package key 1\n{device}\n{archiveSha256}\n{ciphertextSha256}");
}
