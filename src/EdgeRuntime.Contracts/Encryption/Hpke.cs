using System.Security.Cryptography;

namespace EdgeRuntime.Contracts.Encryption;

/// <summary>
/// Hybrid public key encryption (RFC 9180), base mode, one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-GCM. Whoever
/// has a recipient's public key can encrypt for it, and binds what it is about as <c>info</c>.
/// </summary>
public static class Hpke
{
    /// <summary>Bytes of a public key, and of the encapsulated one: an uncompressed point (SEC 1).</summary>
    public const int PublicBytes = 65;

    /// <summary>Bytes by which a ciphertext is longer.</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes of the AES key used here.</summary>
    public const int KeyBytes = 32;

    private const int NonceBytes = 12;
    private const int HashBytes = 32;
    private const int CoordinateBytes = 32;

    private static readonly byte[] KemSuite = [.. "KEM"u8, 0x00, 0x10];

    /// <summary>Encrypts one message.</summary>
    /// <param name="recipient">A public key, <see cref="PublicBytes"/>.</param>
    /// <param name="info">What it is about; who opens it must know the same.</param>
    /// <returns>The encapsulated key and the ciphertext.</returns>
    /// <exception cref="CryptographicException">The public key is none.</exception>
    public static (byte[] Encapsulated, byte[] Ciphertext) Seal(ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> message)
    {
        using HpkePrivateKey ephemeral = HpkePrivateKey.Create();
        return Seal(recipient, info, [], message, ephemeral, KeyBytes);
    }

    /// <summary>Decrypts one message.</summary>
    /// <returns>Null when it was not encrypted for this key and about this, or was changed.</returns>
    public static byte[]? Open(HpkePrivateKey key, ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> info, ReadOnlySpan<byte> ciphertext) =>
        Open(key, encapsulated, info, [], ciphertext, KeyBytes);

    /// <summary>As the public one, with all that RFC 9180 leaves open, for its test vectors.</summary>
    internal static (byte[] Encapsulated, byte[] Ciphertext) Seal(
        ReadOnlySpan<byte> recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> message,
        HpkePrivateKey ephemeral, int keyBytes)
    {
        byte[] shared = ephemeral.Agree(recipient);
        byte[] encapsulated = ephemeral.PublicKey;
        byte[] ciphertext = new byte[message.Length + TagBytes];
        using AesGcm aes = Schedule(SharedSecret(shared, encapsulated, recipient), info, keyBytes, out byte[] nonce);
        aes.Encrypt(nonce, message, ciphertext.AsSpan(0, message.Length), ciphertext.AsSpan(message.Length), associated);
        return (encapsulated, ciphertext);
    }

    /// <summary>As the public one, with all that RFC 9180 leaves open, for its test vectors.</summary>
    internal static byte[]? Open(
        HpkePrivateKey key, ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> ciphertext, int keyBytes)
    {
        if (ciphertext.Length < TagBytes)
        {
            return null;
        }

        byte[] message = new byte[ciphertext.Length - TagBytes];
        try
        {
            byte[] shared = key.Agree(encapsulated);
            using AesGcm aes = Schedule(SharedSecret(shared, encapsulated, key.PublicKey), info, keyBytes, out byte[] nonce);
            aes.Decrypt(nonce, ciphertext[..message.Length], ciphertext[message.Length..], message, associated);
            return message;
        }
        catch (CryptographicException)
        {
            // Not a point of the curve, or a tag that does not fit.
            return null;
        }
    }

    /// <summary>Imports a public key.</summary>
    /// <exception cref="CryptographicException">It is no uncompressed point of P-256.</exception>
    internal static ECDiffieHellman Import(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicBytes || publicKey[0] != 4)
        {
            throw new CryptographicException("a public key is not an uncompressed point of P-256");
        }

        return ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = publicKey.Slice(1, CoordinateBytes).ToArray(), Y = publicKey[(1 + CoordinateBytes)..].ToArray() },
        });
    }

    /// <summary>LabeledExtract of the key encapsulation.</summary>
    internal static byte[] Extract(ReadOnlySpan<byte> label, ReadOnlySpan<byte> material) => Extract(KemSuite, [], label, material);

    /// <summary>LabeledExpand of the key encapsulation, to 32 bytes.</summary>
    internal static byte[] Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info) =>
        Expand(KemSuite, key, label, info, HashBytes);

    private static byte[] SharedSecret(byte[] shared, ReadOnlySpan<byte> encapsulated, ReadOnlySpan<byte> recipient) =>
        Expand(Extract("eae_prk"u8, shared), "shared_secret"u8, (byte[])[.. encapsulated, .. recipient]);

    private static AesGcm Schedule(byte[] sharedSecret, ReadOnlySpan<byte> info, int keyBytes, out byte[] nonce)
    {
        byte[] suite = [.. "HPKE"u8, 0x00, 0x10, 0x00, 0x01, 0x00, (byte)(keyBytes == KeyBytes ? 2 : 1)];
        byte[] context =
        [
            0, .. Extract(suite, [], "psk_id_hash"u8, []), .. Extract(suite, [], "info_hash"u8, info),
        ];
        byte[] secret = Extract(suite, sharedSecret, "secret"u8, []);
        nonce = Expand(suite, secret, "base_nonce"u8, context, NonceBytes);
        return new AesGcm(Expand(suite, secret, "key"u8, context, keyBytes), TagBytes);
    }

    private static byte[] Extract(byte[] suite, byte[] salt, ReadOnlySpan<byte> label, ReadOnlySpan<byte> material) =>
        HKDF.Extract(HashAlgorithmName.SHA256, [.. "HPKE-v1"u8, .. suite, .. label, .. material], salt);

    private static byte[] Expand(byte[] suite, ReadOnlySpan<byte> key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, int length)
    {
        byte[] derived = new byte[length];
        HKDF.Expand(
            HashAlgorithmName.SHA256, key, derived, (byte[])[(byte)(length >> 8), (byte)length, .. "HPKE-v1"u8, .. suite, .. label, .. info]);
        return derived;
    }
}
