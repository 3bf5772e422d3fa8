using System.Security.Cryptography;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>The public half of a signing key: ECDSA on NIST P-256 with SHA-256. Thread-safe.</summary>
public sealed class VerifyingKey
{
    /// <summary>Bytes of a signature in IEEE P1363 form: r and s, 32 bytes each, big endian.</summary>
    public const int SignatureBytes = 64;

    private const string PemLabel = "PUBLIC KEY";
    private const string DevelopmentLabel = "EDGERUNTIME DEVELOPMENT PUBLIC KEY";

    private readonly byte[] _spki;

    private VerifyingKey(byte[] spki, bool development)
    {
        _spki = spki;
        IsDevelopment = development;
        KeyId = Convert.ToHexStringLower(SHA256.HashData(spki));
    }

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo, lowercase hex.</summary>
    public string KeyId { get; }

    /// <summary>Whether it is a development key, see <see cref="DevelopmentKeys"/>.</summary>
    public bool IsDevelopment { get; }

    /// <summary>Reads a key from its SubjectPublicKeyInfo.</summary>
    /// <exception cref="FormatException">It is not a public key on P-256.</exception>
    public static VerifyingKey FromSpki(ReadOnlySpan<byte> spki) => FromSpki(spki, development: false);

    private static VerifyingKey FromSpki(ReadOnlySpan<byte> spki, bool development)
    {
        using ECDsa key = ECDsa.Create();
        int read;
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out read);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            // The second for a curve that this machine's library does not know.
            throw new FormatException("not an ECDSA public key");
        }

        if (read != spki.Length)
        {
            throw new FormatException("bytes follow the public key");
        }

        return Of(key, development);
    }

    /// <summary>
    /// Reads every public key of a PEM text, so that one file can hold the old key and the new; a development key is refused.
    /// </summary>
    /// <exception cref="FormatException">There is none, or one is not a public key on P-256. A sentence for people.</exception>
    public static IReadOnlyList<VerifyingKey> FromPem(string pem) => FromPem(pem, DevelopmentKeys.Refused);

    /// <summary>As <see cref="FromPem(string)"/>, with development keys where they are allowed.</summary>
    /// <exception cref="FormatException">As there.</exception>
    public static IReadOnlyList<VerifyingKey> FromPem(string pem, DevelopmentKeys development)
    {
        List<VerifyingKey> keys = [];
        ReadOnlySpan<char> rest = pem;
        while (PemEncoding.TryFind(rest, out PemFields found))
        {
            ReadOnlySpan<char> label = rest[found.Label];
            if (label.Contains("PRIVATE", StringComparison.Ordinal))
            {
                throw new FormatException("holds a private key where a public one is expected; give the .pub file");
            }

            bool isDevelopment = label.SequenceEqual(DevelopmentLabel);
            if (isDevelopment && development == DevelopmentKeys.Refused)
            {
                throw new FormatException("holds a development key, which is not trusted here: name a key of 'edgectl keygen', or "
                    + "let a device of your own trust development keys (\"allow_development\": true in its trust)");
            }

            if (!isDevelopment && !label.SequenceEqual(PemLabel))
            {
                throw new FormatException($"holds a '{label}' where a '{PemLabel}' is expected");
            }

            keys.Add(FromSpki(Convert.FromBase64String(rest[found.Base64Data].ToString()), isDevelopment));
            rest = rest[found.Location.End..];
        }

        return keys.Count > 0 ? keys : throw new FormatException($"holds no '-----BEGIN {PemLabel}-----'");
    }

    /// <summary>Reads every public key of a PEM file.</summary>
    /// <exception cref="FormatException">As <see cref="FromPem(string)"/>, with the file's name.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<VerifyingKey> Load(string path) => Load(path, DevelopmentKeys.Refused);

    /// <summary>As <see cref="Load(string)"/>, with development keys where they are allowed.</summary>
    /// <exception cref="FormatException">As there.</exception>
    /// <exception cref="IOException">As there.</exception>
    public static IReadOnlyList<VerifyingKey> Load(string path, DevelopmentKeys development)
    {
        try
        {
            return FromPem(KeyText.Read(path), development);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{path}: {e.Message}");
        }
    }

    /// <summary>The key as PEM text (SubjectPublicKeyInfo), with a line break at its end.</summary>
    public string ToPem() => PemEncoding.WriteString(IsDevelopment ? DevelopmentLabel : PemLabel, _spki) + "\n";

    /// <summary>True when the holder of the private half signed exactly these bytes.</summary>
    /// <param name="signature">IEEE P1363 form; one of another length is simply not valid.</param>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes)
        {
            return false;
        }

        using ECDsa key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_spki, out _);
        const DSASignatureFormat P1363 = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256, P1363);
    }

    /// <summary>The same for a signature in the form of RFC 3279: a DER sequence of r and s.</summary>
    /// <param name="signature">Exactly DER: another encoding of the same two numbers is not valid.</param>
    public bool VerifyDer(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // Taken apart here and not in the platform's library, whose readers differ in what else than DER they take.
        Span<byte> fixedField = stackalloc byte[SignatureBytes];
        return EcdsaDer.TryRead(signature, fixedField) && Verify(data, fixedField);
    }

    /// <inheritdoc/>
    public override string ToString() => KeyId;

    internal ReadOnlySpan<byte> Spki => _spki;

    // The re-encoded key, not the one read: two encodings of one point must not become two key ids.
    internal static VerifyingKey Of(ECDsa key, bool development = false)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: false);
        const string P256 = "1.2.840.10045.3.1.7";
        if (parameters.Curve.Oid?.Value != P256)
        {
            throw new FormatException("not a key on the curve P-256");
        }

        return new VerifyingKey(key.ExportSubjectPublicKeyInfo(), development);
    }
}
