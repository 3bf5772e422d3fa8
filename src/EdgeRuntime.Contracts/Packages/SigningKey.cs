using System.Security.Cryptography;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>A private key that signs manifests and orders: ECDSA on NIST P-256 with SHA-256. Not thread-safe.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly ECDsa _key;

    private SigningKey(ECDsa key, bool development)
    {
        _key = key;
        Public = VerifyingKey.Of(key, development);
    }

    /// <summary>The public half.</summary>
    public VerifyingKey Public { get; }

    /// <summary>Makes a new key from the system's source of secrets.</summary>
    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), development: false);

    /// <summary>Makes a new development key, see <see cref="DevelopmentKeys"/>.</summary>
    public static SigningKey CreateForDevelopment() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), development: true);

    /// <summary>Reads a key from PEM text (PKCS#8, not encrypted); a development key is refused.</summary>
    /// <exception cref="FormatException">It is not a private key on P-256. A sentence for people.</exception>
    public static SigningKey FromPem(string pem) => FromPem(pem, DevelopmentKeys.Refused);

    /// <summary>Reads a key from PEM text (PKCS#8, not encrypted).</summary>
    /// <exception cref="FormatException">It is not a private key on P-256, or not of an allowed kind. A sentence for people.</exception>
    public static SigningKey FromPem(string pem, DevelopmentKeys development)
    {
        byte[] pkcs8 = PrivateKeyFile.Read(pem, development, out bool isDevelopment);
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            return new SigningKey(key, isDevelopment);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or PlatformNotSupportedException)
        {
            key.Dispose();
            throw new FormatException("not an ECDSA private key on the curve P-256");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Reads a key from a PEM file.</summary>
    /// <exception cref="FormatException">As <see cref="FromPem(string)"/>, with the file's name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SigningKey Load(string path)
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

    /// <summary>Signs bytes. Every call draws a new nonce, so two signatures of the same bytes differ.</summary>
    /// <returns>IEEE P1363 form, <see cref="VerifyingKey.SignatureBytes"/> long.</returns>
    public byte[] Sign(ReadOnlySpan<byte> data) =>
        _key.SignData(data.ToArray(), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <summary>Writes the key as PEM (PKCS#8) into a new file that only its owner can read.</summary>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public void Save(string path) => PrivateKeyFile.Write(path, _key.ExportPkcs8PrivateKey(), Public.IsDevelopment);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
