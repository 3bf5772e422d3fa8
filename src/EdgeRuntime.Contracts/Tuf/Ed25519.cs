using System.Security.Cryptography;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>Ed25519 (RFC 8032) by the system's libcrypto.</summary>
internal static unsafe class Ed25519
{
    /// <summary>Bytes of a public key.</summary>
    public const int PublicBytes = 32;

    /// <summary>Bytes of a private key, the seed of RFC 8032.</summary>
    public const int PrivateBytes = 32;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureBytes = 64;

    // RFC 8410: what stands before the 32 bytes of a key in its SubjectPublicKeyInfo, and in its PKCS#8.
    private static ReadOnlySpan<byte> SpkiHead => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    private static ReadOnlySpan<byte> Pkcs8Head =>
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    /// <summary>True where the library that does it is there.</summary>
    public static bool IsSupported => LibCrypto.IsThere;

    /// <summary>True when the holder of the private half signed exactly these bytes.</summary>
    /// <param name="publicKey">Shape [32].</param>
    /// <exception cref="PlatformNotSupportedException">The library is not there.</exception>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicBytes || signature.Length != SignatureBytes)
        {
            return false;
        }

        LibCrypto crypto = LibCrypto.Instance;
        void* key = null;
        void* context = null;
        try
        {
            fixed (byte* keyBytes = publicKey, bytes = NotNull(data), signed = signature)
            {
                key = crypto.NewPublic(LibCrypto.Ed25519, null, keyBytes, PublicBytes);
                context = crypto.NewContext();
                return key != null && context != null
                    && crypto.VerifyInit(context, null, null, null, key) == 1
                    && crypto.Verify(context, signed, SignatureBytes, bytes, (nuint)data.Length) == 1;
            }
        }
        finally
        {
            crypto.FreeContext(context);
            crypto.FreeKey(key);
            crypto.ClearErrors();
        }
    }

    /// <summary>Signs bytes.</summary>
    /// <param name="privateKey">Shape [32].</param>
    /// <exception cref="CryptographicException">The library refused.</exception>
    /// <exception cref="PlatformNotSupportedException">The library is not there.</exception>
    public static byte[] Sign(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> data)
    {
        LibCrypto crypto = LibCrypto.Instance;
        byte[] signature = new byte[SignatureBytes];
        nuint length = SignatureBytes;
        void* key = null;
        void* context = null;
        try
        {
            fixed (byte* keyBytes = privateKey, bytes = NotNull(data), to = signature)
            {
                key = crypto.NewPrivate(LibCrypto.Ed25519, null, keyBytes, PrivateBytes);
                context = crypto.NewContext();
                bool signed = key != null && context != null
                    && crypto.SignInit(context, null, null, null, key) == 1
                    && crypto.Sign(context, to, &length, bytes, (nuint)data.Length) == 1;
                return signed && length == SignatureBytes
                    ? signature
                    : throw new CryptographicException("libcrypto did not sign with the Ed25519 key");
            }
        }
        finally
        {
            crypto.FreeContext(context);
            crypto.FreeKey(key);
            crypto.ClearErrors();
        }
    }

    /// <summary>The public half of a private key.</summary>
    /// <exception cref="CryptographicException">The library refused.</exception>
    /// <exception cref="PlatformNotSupportedException">The library is not there.</exception>
    public static byte[] PublicOf(ReadOnlySpan<byte> privateKey)
    {
        LibCrypto crypto = LibCrypto.Instance;
        byte[] half = new byte[PublicBytes];
        nuint length = PublicBytes;
        void* key = null;
        try
        {
            fixed (byte* keyBytes = privateKey, to = half)
            {
                key = crypto.NewPrivate(LibCrypto.Ed25519, null, keyBytes, PrivateBytes);
                return key != null && crypto.GetPublic(key, to, &length) == 1
                    ? half
                    : throw new CryptographicException("libcrypto has no public half for the Ed25519 key");
            }
        }
        finally
        {
            crypto.FreeKey(key);
            crypto.ClearErrors();
        }
    }

    /// <summary>A public key as SubjectPublicKeyInfo.</summary>
    public static byte[] ToSpki(ReadOnlySpan<byte> publicKey) => [.. SpkiHead, .. publicKey];

    /// <summary>A private key as PKCS#8.</summary>
    public static byte[] ToPkcs8(ReadOnlySpan<byte> privateKey) => [.. Pkcs8Head, .. privateKey];

    /// <summary>Takes a public key out of its SubjectPublicKeyInfo; null when it is of another kind.</summary>
    public static byte[]? FromSpki(ReadOnlySpan<byte> spki) => After(spki, SpkiHead, PublicBytes);

    /// <summary>Takes a private key out of its PKCS#8; null when it is of another kind.</summary>
    public static byte[]? FromPkcs8(ReadOnlySpan<byte> pkcs8) => After(pkcs8, Pkcs8Head, PrivateBytes);

    private static byte[]? After(ReadOnlySpan<byte> der, ReadOnlySpan<byte> head, int length) =>
        der.StartsWith(head) && der.Length == head.Length + length ? der[head.Length..].ToArray() : null;

    // An empty span has no address, and the library takes none for a missing argument.
    private static ReadOnlySpan<byte> NotNull(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? [0] : bytes;
}
