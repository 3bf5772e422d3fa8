using System.Text;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>A key for seeds. Signatures need no secret here, but the runs must not differ: ECDSA signs with new randomness.</summary>
internal static class SampleKeys
{
    /// <summary>A public key whose private half nobody kept.</summary>
    public const string PublicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsMQvDRDKoyokDlQ/syo+F20vqV8o
        zQYqVa6gyFAgBA9LDNQrcwBBBKHBw5m1SQUHy57mKPO4AcDjVdTpiMdyAA==
        -----END PUBLIC KEY-----

        """;

    private const string KeyId = "8d0a1a3f0c4b5e6d7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6";

    /// <summary>A signature file of the right form, by nobody.</summary>
    public static byte[] Signature { get; } = new ManifestSignature
    {
        Signatures = [new() { Keyid = KeyId, Sig = new byte[VerifyingKey.SignatureBytes] }],
    }.ToBytes();

    /// <summary>The same as an order's envelope.</summary>
    public static byte[] Envelope(byte[] payload, string payloadType) => Encoding.ASCII.GetBytes(
        $$"""{"payloadType":"{{payloadType}}","payload":"{{Convert.ToBase64String(payload)}}","signatures":[{"keyid":"{{KeyId}}","sig":"{{Convert.ToBase64String(new byte[64])}}"}]}""");
}
