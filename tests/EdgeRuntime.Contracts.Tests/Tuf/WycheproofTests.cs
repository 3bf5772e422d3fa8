using System.Text.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Tuf;

/// <summary>The vectors of project Wycheproof (C2SP/wycheproof), forged and malformed signatures among them.</summary>
public sealed class WycheproofTests
{
    private delegate bool Verifier(byte[] message, byte[] signature);

    // 484 vectors in August 2026: 174 valid, 310 invalid.
    [MaterialFact("wycheproof/ecdsa_secp256r1_sha256_test.json")]
    public void Every_DER_signature_on_P_256_is_judged_as_it_says() =>
        Judge("ecdsa_secp256r1_sha256_test.json", group =>
        {
            VerifyingKey key = Assert.Single(VerifyingKey.FromPem(group.GetProperty("publicKeyPem").GetString()!));
            return (message, signature) => key.VerifyDer(message, signature);
        });

    // 151 vectors in August 2026: 88 valid, 63 invalid.
    [MaterialFact("wycheproof/ed25519_test.json")]
    public void Every_Ed25519_signature_is_judged_as_it_says() =>
        Judge("ed25519_test.json", group =>
        {
            byte[] key = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("pk").GetString()!);
            TufKey half = TufKey.OfEd25519(key);
            return (message, signature) => half.Verify(message, signature);
        });

    private static void Judge(string file, Func<JsonElement, Verifier> key)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Material.Find($"wycheproof/{file}")!));
        List<string> wrong = [];
        int judged = 0;
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            Verifier verify = key(group);
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                bool expected = test.GetProperty("result").GetString() == "valid";
                byte[] message = Convert.FromHexString(test.GetProperty("msg").GetString()!);
                byte[] signature = Convert.FromHexString(test.GetProperty("sig").GetString()!);
                if (verify(message, signature) != expected)
                {
                    wrong.Add($"{test.GetProperty("tcId")} {test.GetProperty("comment")}: not {test.GetProperty("result")}");
                }

                judged++;
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(document.RootElement.GetProperty("numberOfTests").GetInt32(), judged);
    }
}
