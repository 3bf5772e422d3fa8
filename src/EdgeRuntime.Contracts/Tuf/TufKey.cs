using System.Security.Cryptography;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>
/// A public key as TUF metadata holds it: ECDSA P-256, RSA-PSS with SHA-256, or Ed25519. Thread-safe.
/// </summary>
/// <remarks>
/// A key of another type, or a damaged one, is kept with the reason why it can check nothing: metadata may name keys that
/// only newer programs know, and its other keys count all the same.
/// </remarks>
public sealed class TufKey
{
    /// <summary>Smallest RSA key that counts, bits; the specification's own bound.</summary>
    public const int MinRsaBits = 2048;

    /// <summary>Largest RSA key that counts, bits; a larger one would only make checking slow.</summary>
    public const int MaxRsaBits = 8192;

    private const string PemLabel = "PUBLIC KEY";

    private readonly VerifyingKey? _ecdsa;
    private readonly byte[]? _rsa;
    private readonly byte[]? _ed25519;

    private TufKey(string id, JsonValue tree, string scheme, string? unusable)
    {
        Id = id;
        Tree = tree;
        Scheme = scheme;
        Unusable = unusable;
        Material = id;
    }

    private TufKey(JsonValue tree, VerifyingKey? ecdsa, byte[]? rsa, byte[]? ed25519)
    {
        Id = IdOf(tree) ?? "";
        Tree = tree;
        Scheme = tree.Find("scheme")?.Value.Text ?? "";
        _ecdsa = ecdsa;
        _rsa = rsa;
        _ed25519 = ed25519;
        Material = Convert.ToHexStringLower(ecdsa is not null ? ecdsa.Spki : rsa ?? ed25519);
    }

    /// <summary>SHA-256 of the key's canonical form, lowercase hex.</summary>
    public string Id { get; }

    /// <summary>Scheme of its signatures, such as <c>ecdsa-sha2-nistp256</c>.</summary>
    public string Scheme { get; }

    /// <summary>Why the key can check nothing, or null when it can.</summary>
    public string? Unusable { get; }

    /// <summary>The ECDSA key, or null when it is of another type.</summary>
    public VerifyingKey? Ecdsa => _ecdsa;

    /// <summary>What makes the key this key: two entries with the same are one, whatever they are called.</summary>
    internal string Material { get; }

    /// <summary>The key's object as it stands in metadata, members unknown here included.</summary>
    internal JsonValue Tree { get; }

    /// <summary>Reads a key's object that stands under an id.</summary>
    public static TufKey Read(string id, JsonValue tree)
    {
        string scheme = Member(tree, "scheme") ?? "";
        if (IdOf(tree) != id)
        {
            // The specification wants every id recomputed. The key is passed over and not the whole file refused:
            // well-known repositories have published a renamed key.
            return new TufKey(id, tree, scheme, "its id is not the hash of the key");
        }

        try
        {
            return Parse(id, tree, scheme);
        }
        catch (FormatException e)
        {
            return new TufKey(id, tree, scheme, e.Message);
        }
    }

    /// <summary>Makes the object of an ECDSA P-256 key.</summary>
    public static TufKey OfEcdsa(VerifyingKey key) =>
        new(TreeOf("ecdsa", "ecdsa-sha2-nistp256", key.ToPem()), key, null, null);

    /// <summary>Makes the object of an RSA key.</summary>
    /// <exception cref="FormatException">It is no RSA key, or of a size that does not count.</exception>
    public static TufKey OfRsa(ReadOnlySpan<byte> spki)
    {
        byte[] own = CheckedRsa(spki);
        return new TufKey(
            TreeOf("rsa", "rsassa-pss-sha256", PemEncoding.WriteString(PemLabel, own) + "\n"), null, own, null);
    }

    /// <summary>Makes the object of an Ed25519 key.</summary>
    /// <param name="half">Shape [32].</param>
    public static TufKey OfEd25519(ReadOnlySpan<byte> half) =>
        new(TreeOf("ed25519", "ed25519", Convert.ToHexStringLower(half)), null, null, half.ToArray());

    /// <summary>Reads a public key of any of the three types from PEM text (SubjectPublicKeyInfo).</summary>
    /// <exception cref="FormatException">There is none. A sentence for people.</exception>
    public static TufKey FromPem(string pem)
    {
        byte[] spki = SpkiOf(pem);
        if (Ed25519.FromSpki(spki) is byte[] half)
        {
            return OfEd25519(half);
        }

        try
        {
            return OfEcdsa(VerifyingKey.FromSpki(spki));
        }
        catch (FormatException)
        {
            return IsRsa(spki)
                ? OfRsa(spki)
                : throw new FormatException("not a public key of ECDSA P-256, RSA or Ed25519");
        }
    }

    /// <summary>The key as PEM text (SubjectPublicKeyInfo), with a line break at its end; null for a key of no known type.</summary>
    public string? ToPem() => _ecdsa is not null ? _ecdsa.ToPem()
        : _rsa is not null ? PemEncoding.WriteString(PemLabel, _rsa) + "\n"
        : _ed25519 is not null ? PemEncoding.WriteString(PemLabel, Ed25519.ToSpki(_ed25519)) + "\n"
        : null;

    /// <summary>True when the holder of the private half signed exactly these bytes.</summary>
    /// <param name="signature">ECDSA: DER. RSA: PSS with a salt as long as the hash. Ed25519: 64 bytes.</param>
    /// <exception cref="PlatformNotSupportedException">An Ed25519 key, and the library for it is not there.</exception>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (_ecdsa is not null)
        {
            return _ecdsa.VerifyDer(data, signature);
        }

        if (_ed25519 is not null)
        {
            return Ed25519.Verify(_ed25519, data, signature);
        }

        if (_rsa is null)
        {
            return false;
        }

        using RSA key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(_rsa, out _);
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);
    }

    /// <summary>What the key is called in a DSSE envelope: SHA-256 of its SubjectPublicKeyInfo, lowercase hex; empty for a key of no known type.</summary>
    internal string EnvelopeId => _ecdsa is not null ? _ecdsa.KeyId
        : _rsa is not null ? Convert.ToHexStringLower(SHA256.HashData(_rsa))
        : _ed25519 is not null ? Convert.ToHexStringLower(SHA256.HashData(Ed25519.ToSpki(_ed25519)))
        : "";

    /// <summary>As <see cref="Verify"/>, for a signature of a DSSE envelope: there ECDSA has the IEEE P1363 form.</summary>
    internal bool VerifyEnvelope(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        _ecdsa?.Verify(data, signature) ?? Verify(data, signature);

    /// <inheritdoc/>
    public override string ToString() => Id;

    private static TufKey Parse(string id, JsonValue tree, string scheme)
    {
        string type = Member(tree, "keytype") ?? "";
        string? half = tree.Find("keyval")?.Value is { Kind: JsonKind.Object } values ? Member(values, "public") : null;
        if (half is null)
        {
            throw new FormatException("it has no keyval.public");
        }

        switch (type, scheme)
        {
            // The second is how the reference implementation wrote the type before 2021.
            case ("ecdsa" or "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"):
                return new TufKey(tree, VerifyingKey.FromSpki(SpkiOf(half)), null, null);
            case ("rsa", "rsassa-pss-sha256"):
                return new TufKey(tree, null, CheckedRsa(SpkiOf(half)), null);
            case ("ed25519", "ed25519") when half.Length == 2 * Ed25519.PublicBytes && half.All(char.IsAsciiHexDigit):
                return Ed25519.IsSupported
                    ? new TufKey(tree, null, null, Convert.FromHexString(half))
                    : new TufKey(id, tree, scheme, "Ed25519 needs OpenSSL 3 (libcrypto.so.3; Debian: libssl3)");
            case ("ed25519", "ed25519"):
                throw new FormatException($"its public half is not {2 * Ed25519.PublicBytes} hex digits");
            default:
                throw new FormatException(
                    $"{JsonValue.Shortened(type)} with {JsonValue.Shortened(scheme)} is not known here");
        }
    }

    private static byte[] SpkiOf(string pem)
    {
        if (!PemEncoding.TryFind(pem, out PemFields found))
        {
            throw new FormatException($"it holds no '-----BEGIN {PemLabel}-----'");
        }

        ReadOnlySpan<char> label = pem.AsSpan()[found.Label];
        return label.SequenceEqual(PemLabel)
            ? Convert.FromBase64String(pem[found.Base64Data])
            : throw new FormatException($"it holds a '{JsonValue.Shortened(label.ToString())}' where a '{PemLabel}' is expected");
    }

    private static bool IsRsa(ReadOnlySpan<byte> spki)
    {
        using RSA key = RSA.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out _);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    // Encoded anew: two encodings of one key must not become two keys.
    private static byte[] CheckedRsa(ReadOnlySpan<byte> spki)
    {
        using RSA key = RSA.Create();
        int read;
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out read);
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            throw new FormatException("not an RSA public key");
        }

        if (read != spki.Length)
        {
            throw new FormatException("bytes follow the public key");
        }

        if (key.KeySize is < MinRsaBits or > MaxRsaBits)
        {
            throw new FormatException($"an RSA key of {key.KeySize} bits is outside {MinRsaBits} to {MaxRsaBits}");
        }

        // A public exponent of many bits makes one check as slow as a signature.
        return key.ExportParameters(includePrivateParameters: false).Exponent is { Length: <= 4 }
            ? key.ExportSubjectPublicKeyInfo()
            : throw new FormatException("an RSA key with a public exponent above 32 bits");
    }

    private static string? Member(JsonValue tree, string name) =>
        tree.Find(name)?.Value is { Kind: JsonKind.Text } value ? value.Text : null;

    private static string? IdOf(JsonValue tree) =>
        CanonicalJson.Encode(tree, new Mistakes()) is byte[] form ? Convert.ToHexStringLower(SHA256.HashData(form)) : null;

    private static JsonValue TreeOf(string type, string scheme, string half) => JsonValue.Of(
        ("keytype", JsonValue.Of(type)),
        ("keyval", JsonValue.Of(("public", JsonValue.Of(half)))),
        ("scheme", JsonValue.Of(scheme)));
}
