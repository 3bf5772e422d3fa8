using System.Text;
using System.Text.Json.Serialization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Who signed a manifest: <c>manifest.sig.json</c>, a DSSE envelope whose payload is the file beside it.</summary>
public sealed record ManifestSignature
{
    /// <summary>File name in a package.</summary>
    public const string FileName = "manifest.sig.json";

    /// <summary>Media type that the signatures bind the manifest to.</summary>
    public const string ManifestType = "application/vnd.edgeruntime.manifest+json";

    /// <summary>Media type that signatures of development keys bind the manifest to, see <see cref="DevelopmentKeys"/>.</summary>
    public const string DevelopmentType = "application/vnd.edgeruntime.manifest.development+json";

    /// <summary>Media type of the payload: <see cref="ManifestType"/> or <see cref="DevelopmentType"/>.</summary>
    [JsonPropertyName("payloadType")]
    public string PayloadType { get; init; } = ManifestType;

    /// <summary>One to eight, each of another key.</summary>
    public required IReadOnlyList<EnvelopeSignature> Signatures { get; init; }

    /// <summary>Whether a development key signed: then no release key did, and the other way round.</summary>
    [JsonIgnore]
    public bool IsDevelopment => PayloadType == DevelopmentType;

    /// <summary>Signs a manifest, keeping the signatures other keys of the same kind made.</summary>
    public static ManifestSignature Of(ReadOnlySpan<byte> manifest, SigningKey key, ManifestSignature? existing = null)
    {
        string type = key.Public.IsDevelopment ? DevelopmentType : ManifestType;
        EnvelopeSignature own = Dsse.Sign(type, manifest, key);
        IEnumerable<EnvelopeSignature> others = existing?.PayloadType != type ? [] : existing.Signatures.Where(s => s.Keyid != own.Keyid);
        return new ManifestSignature { PayloadType = type, Signatures = [.. others, own] };
    }

    /// <summary>Which of the trusted keys signed this manifest; empty for none.</summary>
    public IReadOnlyList<string> Signers(ReadOnlySpan<byte> manifest, IEnumerable<VerifyingKey> trusted) =>
        Dsse.Verify(PayloadType, manifest, Signatures, trusted.Where(key => key.IsDevelopment == IsDevelopment));

    /// <summary>The file's bytes. There is one way to write it, so that an archive has one form.</summary>
    public byte[] ToBytes()
    {
        StringBuilder json = new($$"""{"payloadType":"{{PayloadType}}","signatures":[""");
        for (int i = 0; i < Signatures.Count; i++)
        {
            EnvelopeSignature signature = Signatures[i];
            json.Append(i > 0 ? "," : "")
                .Append($$"""{"keyid":"{{signature.Keyid}}","sig":"{{Convert.ToBase64String(signature.Sig)}}"}""");
        }

        return Encoding.ASCII.GetBytes(json.Append("]}\n").ToString());
    }

    /// <summary>Reads the file, or returns null and says why.</summary>
    public static ManifestSignature? Read(ReadOnlySpan<byte> utf8, Mistakes mistakes, string name = FileName)
    {
        JsonLimits limits = new(Bytes: 16 * 1024, Depth: 4);
        ManifestSignature? read = JsonFile.Read(utf8, name, mistakes, ReadRoot, limits);
        if (read is not null && !read.ToBytes().AsSpan().SequenceEqual(utf8))
        {
            mistakes.AddFile(name, "is not written in the one form that is allowed");
            return null;
        }

        return read;
    }

    private static ManifestSignature ReadRoot(JsonObjectReader root)
    {
        string type = root.RequiredChoice("payloadType", [ManifestType, DevelopmentType]);
        IReadOnlyList<EnvelopeSignature> signatures =
            root.RequiredObjects("signatures", ReadSignature, 1, Dsse.MaxSignatures);
        if (signatures.DistinctBy(s => s.Keyid).Count() < signatures.Count)
        {
            root.Mistake("signatures", "holds two signatures of one key");
        }

        return new ManifestSignature { PayloadType = type, Signatures = signatures };
    }

    private static EnvelopeSignature ReadSignature(JsonObjectReader signature)
    {
        byte[] sig = new byte[VerifyingKey.SignatureBytes];
        string keyid = signature.RequiredString("keyid", PackageNames.Sha256);
        signature.RequiredString("sig", text =>
            Convert.TryFromBase64String(text, sig, out int written) && written == sig.Length
                ? null
                : $"is not {sig.Length} bytes in base64");
        return new EnvelopeSignature { Keyid = keyid, Sig = sig };
    }
}
