using System.Security.Cryptography;
using System.Text;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>A private key that signs manifests and orders: ECDSA on NIST P-256 with SHA-256. Not thread-safe.</summary>
public sealed class SigningKey : IDisposable
{
    private const string PemLabel = "PRIVATE KEY";

    private readonly ECDsa _key;

    private SigningKey(ECDsa key)
    {
        _key = key;
        Public = VerifyingKey.Of(key);
    }

    /// <summary>The public half.</summary>
    public VerifyingKey Public { get; }

    /// <summary>Makes a new key from the system's source of secrets.</summary>
    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key from PEM text (PKCS#8, not encrypted).</summary>
    /// <exception cref="FormatException">It is not a private key on P-256. A sentence for people.</exception>
    public static SigningKey FromPem(string pem)
    {
        if (!PemEncoding.TryFind(pem, out PemFields found))
        {
            throw new FormatException($"holds no '-----BEGIN {PemLabel}-----'");
        }

        ReadOnlySpan<char> label = pem.AsSpan()[found.Label];
        if (!label.SequenceEqual(PemLabel))
        {
            throw new FormatException($"holds a '{label}' where a '{PemLabel}' is expected");
        }

        ECDsa key = ECDsa.Create();
        byte[] pkcs8 = Convert.FromBase64String(pem[found.Base64Data]);
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            return new SigningKey(key);
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
    /// <exception cref="FormatException">As <see cref="FromPem"/>, with the file's name.</exception>
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
    public void Save(string path)
    {
        byte[] pkcs8 = _key.ExportPkcs8PrivateKey();
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
            };
            if (!OperatingSystem.IsWindows())
            {
                // At creation, not afterwards: there must be no moment at which others can open it.
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using FileStream file = new(path, options);
            file.Write(Encoding.ASCII.GetBytes(PemEncoding.WriteString(PemLabel, pkcs8) + "\n"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
