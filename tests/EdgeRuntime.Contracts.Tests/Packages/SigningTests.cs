using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class SigningTests
{
    [MaterialFact("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json")]
    public void Every_signature_of_project_Wycheproof_is_judged_as_it_says()
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Material.Find("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json")!));
        int judged = 0;
        foreach (JsonElement group in document.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            VerifyingKey key = Assert.Single(VerifyingKey.FromPem(group.GetProperty("publicKeyPem").GetString()!));
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                byte[] message = Convert.FromHexString(test.GetProperty("msg").GetString()!);
                byte[] signature = Convert.FromHexString(test.GetProperty("sig").GetString()!);
                bool expected = test.GetProperty("result").GetString() == "valid";

                bool actual = key.Verify(message, signature);

                Assert.True(expected == actual, $"test {test.GetProperty("tcId")}: {test.GetProperty("comment")}");
                judged++;
            }
        }

        Assert.Equal(document.RootElement.GetProperty("numberOfTests").GetInt32(), judged);
    }

    // The example of the DSSE protocol document, section "Test Vectors".
    [Fact]
    public void What_is_signed_is_encoded_as_the_DSSE_protocol_prints_it()
    {
        byte[] encoded = Dsse.PreAuthentication("http://example.com/HelloWorld", "hello world"u8);

        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(encoded));
    }

    [Fact]
    public void Lengths_are_of_bytes_and_not_of_characters()
    {
        byte[] encoded = Dsse.PreAuthentication("ü", "äö"u8);

        Assert.Equal("DSSEv1 2 ü 4 äö", Encoding.UTF8.GetString(encoded));
    }

    [Fact]
    public void An_envelope_opens_for_its_key_and_its_type_only()
    {
        using SigningKey key = SigningKey.Create();
        using SigningKey other = SigningKey.Create();
        SignedEnvelope envelope = Dsse.Seal("a/b", [1, 2, 3], key);

        Assert.True(Dsse.TryOpen(envelope, "a/b", [other.Public, key.Public], out ReadOnlyMemory<byte> payload));
        Assert.Equal([1, 2, 3], payload.ToArray());
        Assert.False(Dsse.TryOpen(envelope, "a/c", [key.Public], out _));
        Assert.False(Dsse.TryOpen(envelope, "a/b", [other.Public], out _));
        Assert.False(Dsse.TryOpen(envelope with { Payload = [1, 2, 4] }, "a/b", [key.Public], out payload));
        Assert.Equal(0, payload.Length);
        Assert.False(Dsse.TryOpen(envelope with { PayloadType = "a/c" }, "a/c", [key.Public], out _));
    }

    [Fact]
    public void A_signature_under_the_name_of_another_key_convinces_nobody()
    {
        using SigningKey trusted = SigningKey.Create();
        using SigningKey attacker = SigningKey.Create();
        EnvelopeSignature forged = Dsse.Sign("a/b", [1], attacker) with { Keyid = trusted.Public.KeyId };

        Assert.Empty(Dsse.Verify("a/b", [1], [forged], [trusted.Public]));
    }

    [Fact]
    public void An_envelope_with_more_signatures_than_allowed_is_not_worked_through()
    {
        using SigningKey key = SigningKey.Create();
        EnvelopeSignature good = Dsse.Sign("a/b", [1], key);
        EnvelopeSignature[] many = [.. Enumerable.Repeat(good, Dsse.MaxSignatures + 1)];

        Assert.Empty(Dsse.Verify("a/b", [1], many, [key.Public]));
        Assert.Single(Dsse.Verify("a/b", [1], many[1..], [key.Public]));
    }

    [Fact]
    public void A_key_id_is_the_hash_of_the_public_keys_own_encoding()
    {
        using SigningKey key = SigningKey.Create();
        string base64 = string.Concat(key.Public.ToPem().Split('\n').Where(line => !line.StartsWith('-')));

        string expected = Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(base64)));

        Assert.Equal(expected, key.Public.KeyId);
    }

    [Fact]
    public void A_saved_key_is_its_owners_alone_and_reads_back_and_is_never_overwritten()
    {
        string path = Path.Combine(Path.GetTempPath(), $"edge-key-{Environment.ProcessId}.pem");
        try
        {
            using SigningKey key = SigningKey.Create();
            key.Save(path);

            using SigningKey loaded = SigningKey.Load(path);

            Assert.Equal(key.Public.KeyId, loaded.Public.KeyId);
            Assert.True(key.Public.Verify([1, 2], loaded.Sign([1, 2])));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }

            Assert.Throws<IOException>(() => key.Save(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_of_several_public_keys_yields_them_all()
    {
        using SigningKey old = SigningKey.Create();
        using SigningKey young = SigningKey.Create();

        IReadOnlyList<VerifyingKey> keys = VerifyingKey.FromPem("old:\n" + old.Public.ToPem() + young.Public.ToPem());

        Assert.Equal([old.Public.KeyId, young.Public.KeyId], keys.Select(key => key.KeyId));
    }

    [Fact]
    public void A_key_on_a_curve_that_nobody_knows_is_refused_as_no_key()
    {
        // The fuzzer's: the first byte of the curve's name, object identifier 1.2.840.10045.3.1.7, changed to 1.26.
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] spki = key.ExportSubjectPublicKeyInfo();
        int curve = spki.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]);
        spki[curve] = 0x42;

        Assert.Throws<FormatException>(() => VerifyingKey.FromSpki(spki));
    }

    [Fact]
    public void A_key_of_another_kind_is_refused_with_a_sentence()
    {
        using ECDsa p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(2048);
        using SigningKey key = SigningKey.Create();
        string cut = key.Public.ToPem().Replace("MFkw", "MFkx", StringComparison.Ordinal);

        Assert.Equal("not a key on the curve P-256", Refusal(p384.ExportSubjectPublicKeyInfoPem()));
        Assert.Equal("not an ECDSA public key", Refusal(rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Equal("not an ECDSA public key", Refusal(cut));
        Assert.StartsWith("holds a private key", Refusal(p384.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
        Assert.StartsWith("holds no", Refusal("nothing"), StringComparison.Ordinal);
        Assert.Equal(
            "not an ECDSA private key on the curve P-256",
            Assert.Throws<FormatException>(() => SigningKey.FromPem(p384.ExportPkcs8PrivateKeyPem())).Message);
        Assert.StartsWith(
            "holds a 'PUBLIC KEY'",
            Assert.Throws<FormatException>(() => SigningKey.FromPem(key.Public.ToPem())).Message,
            StringComparison.Ordinal);
    }

    private static string Refusal(string pem) => Assert.Throws<FormatException>(() => VerifyingKey.FromPem(pem)).Message;

    [Fact]
    public void A_file_of_keys_without_an_end_is_refused_and_not_read_for_ever()
    {
        FormatException key = Assert.Throws<FormatException>(() => SigningKey.Load("/dev/zero"));
        FormatException keys = Assert.Throws<FormatException>(() => VerifyingKey.Load("/dev/zero"));

        Assert.StartsWith("/dev/zero: has more than the 65536 bytes", key.Message, StringComparison.Ordinal);
        Assert.StartsWith("/dev/zero: has more than the 65536 bytes", keys.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Signatures_of_development_and_release_keys_never_count_for_each_other()
    {
        byte[] manifest = [1, 2, 3];
        using SigningKey development = SigningKey.CreateForDevelopment();
        VerifyingKey disguised = VerifyingKey.FromPem(
            development.Public.ToPem().Replace("EDGERUNTIME DEVELOPMENT PUBLIC KEY", "PUBLIC KEY", StringComparison.Ordinal))[0];

        ManifestSignature signature = ManifestSignature.Of(manifest, development);

        Assert.Equal([development.Public.KeyId], signature.Signers(manifest, [development.Public]));
        Assert.Empty(signature.Signers(manifest, [disguised]));
        Assert.Empty((signature with { PayloadType = ManifestSignature.ManifestType }).Signers(manifest, [disguised]));
    }

    [Fact]
    public void A_development_key_is_read_by_those_who_ask_for_it_alone()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using SigningKey development = SigningKey.CreateForDevelopment();
        development.Save(path);
        string pem = File.ReadAllText(path);
        File.Delete(path);

        using SigningKey read = SigningKey.FromPem(pem, DevelopmentKeys.Allowed);

        Assert.True(read.Public.IsDevelopment);
        Assert.Contains("development key", Assert.Throws<FormatException>(() => SigningKey.FromPem(pem)).Message, StringComparison.Ordinal);
        Assert.Contains("development key", Refusal(development.Public.ToPem()), StringComparison.Ordinal);
    }
}
