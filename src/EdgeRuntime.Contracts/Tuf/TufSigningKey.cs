using System.Security.Cryptography;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>Kinds of keys that sign TUF metadata.</summary>
public enum TufKeyKind
{
    /// <summary>ECDSA on NIST P-256 with SHA-256.</summary>
    EcdsaP256,

    /// <summary>RSA-PSS with SHA-256, 3072 bits.</summary>
    RsaPss,

    /// <summary>Ed25519.</summary>
    Ed25519,
}

/// <summary>A private key that signs TUF metadata. Not thread-safe.</summary>
public sealed class TufSigningKey : IDisposable
{
    private const int NewRsaBits = 3072;

    private readonly SigningKey? _ecdsa;
    private readonly RSA? _rsa;
    private readonly byte[]? _ed25519;

    private TufSigningKey(SigningKey key)
    {
        _ecdsa = key;
        Public = TufKey.OfEcdsa(key.Public);
    }

    private TufSigningKey(RSA key)
    {
        _rsa = key;
        Public = TufKey.OfRsa(key.ExportSubjectPublicKeyInfo());
    }

    private TufSigningKey(byte[] ed25519)
    {
        _ed25519 = ed25519;
        Public = TufKey.OfEd25519(Ed25519.PublicOf(ed25519));
    }

    /// <summary>The public half.</summary>
    public TufKey Public { get; }

    /// <summary>Makes a new key from the system's source of secrets.</summary>
    /// <exception cref="PlatformNotSupportedException">Ed25519, and the library for it is not there.</exception>
    public static TufSigningKey Create(TufKeyKind kind) => kind switch
    {
        TufKeyKind.RsaPss => new TufSigningKey(RSA.Create(NewRsaBits)),
        TufKeyKind.Ed25519 => new TufSigningKey(RandomNumberGenerator.GetBytes(Ed25519.PrivateBytes)),
        _ => new TufSigningKey(SigningKey.Create()),
    };

    /// <summary>Reads a key of any of the kinds from PEM text (PKCS#8, not encrypted).</summary>
    /// <exception cref="FormatException">It is none. A sentence for people.</exception>
    /// <exception cref="PlatformNotSupportedException">Ed25519, and the library for it is not there.</exception>
    public static TufSigningKey FromPem(string pem) => FromPem(pem, DevelopmentKeys.Refused);

    /// <summary>As <see cref="FromPem(string)"/>, with development keys where they are allowed.</summary>
    /// <exception cref="FormatException">As there.</exception>
    /// <exception cref="PlatformNotSupportedException">As there.</exception>
    public static TufSigningKey FromPem(string pem, DevelopmentKeys development)
    {
        byte[] pkcs8 = PrivateKeyFile.Read(pem, development, out _);
        try
        {
            return Ed25519.FromPkcs8(pkcs8) is byte[] seed ? new TufSigningKey(seed)
                : Rsa(pkcs8) is RSA rsa ? new TufSigningKey(rsa)
                : new TufSigningKey(SigningKey.FromPem(pem, development));
        }
        catch (FormatException)
        {
            throw new FormatException("not a private key of ECDSA P-256, RSA of 2048 bits or more, or Ed25519");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Reads a key of any of the kinds from a PEM file.</summary>
    /// <exception cref="FormatException">As <see cref="FromPem(string)"/>, with the file's name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="PlatformNotSupportedException">As <see cref="FromPem(string)"/>.</exception>
    public static TufSigningKey Load(string path)
    {
        try
        {
            return FromPem(KeyText.Read(path));
        }
        catch (FormatException e)
        {
            throw new FormatException($"{path}: {e.Message}");
        }
    }

    /// <summary>A key for manifests and orders as one for metadata; it is this one's from now on.</summary>
    public static TufSigningKey OfEcdsa(SigningKey key) => new(key);

    /// <summary>Signs bytes, in the form that <see cref="TufKey.Verify"/> reads.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) =>
        _ecdsa is not null ? EcdsaDer.Write(_ecdsa.Sign(data))
        : _rsa is not null ? _rsa.SignData(data.ToArray(), HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
        : Ed25519.Sign(_ed25519, data);

    /// <summary>Signs the payload of a DSSE envelope as being of this type.</summary>
    public EnvelopeSignature SignEnvelope(string payloadType, ReadOnlySpan<byte> payload) => _ecdsa is not null
        ? Dsse.Sign(payloadType, payload, _ecdsa)
        : new EnvelopeSignature { Keyid = Public.EnvelopeId, Sig = Sign(Dsse.PreAuthentication(payloadType, payload)) };

    /// <summary>Writes the key as PEM (PKCS#8) into a new file that only its owner can read.</summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public void Save(string path)
    {
        if (_ecdsa is not null)
        {
            _ecdsa.Save(path);
            return;
        }

        PrivateKeyFile.Write(path, _rsa?.ExportPkcs8PrivateKey() ?? Ed25519.ToPkcs8(_ed25519));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ecdsa?.Dispose();
        _rsa?.Dispose();
        CryptographicOperations.ZeroMemory(_ed25519);
    }

    private static RSA? Rsa(ReadOnlySpan<byte> pkcs8)
    {
        RSA key = RSA.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            return key;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            key.Dispose();
            return null;
        }
    }
}
