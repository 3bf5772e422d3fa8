using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Tuf;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Tuf;

public sealed class TufKeyTests
{
    [Theory]
    [InlineData(TufKeyKind.EcdsaP256)]
    [InlineData(TufKeyKind.RsaPss)]
    [InlineData(TufKeyKind.Ed25519)]
    public void A_key_of_each_kind_signs_reads_back_from_its_files_and_judges_only_its_own_signatures(TufKeyKind kind)
    {
        string path = Path.Combine(Path.GetTempPath(), $"edge-tuf-{Path.GetRandomFileName()}.pem");
        try
        {
            using TufSigningKey key = TufSigningKey.Create(kind);
            key.Save(path);
            using TufSigningKey loaded = TufSigningKey.FromPem(File.ReadAllText(path));
            TufKey half = TufKey.FromPem(key.Public.ToPem()!);

            byte[] signature = loaded.Sign("orders"u8);

            Assert.Equal(key.Public.Id, half.Id);
            Assert.True(half.Verify("orders"u8, signature));
            Assert.False(half.Verify("0rders"u8, signature));
            signature[^1] ^= 1;
            Assert.False(half.Verify("orders"u8, signature));
            Assert.False(half.Verify("orders"u8, []));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    // RFC 8032, section 7.1, test 2.
    [Fact]
    public void Ed25519_signs_as_RFC_8032_prints_it()
    {
        byte[] seed = Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        using TufSigningKey key = TufSigningKey.FromPem(PemEncoding.WriteString("PRIVATE KEY",
            [.. Convert.FromHexString("302e020100300506032b657004220420"), .. seed]));

        Assert.Equal(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            Convert.ToHexStringLower(key.Sign([0x72])));
    }

    [Fact]
    public void A_key_under_an_id_that_is_not_its_hash_counts_for_nothing()
    {
        using TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        string json = $$"""{"keytype":"ecdsa","scheme":"ecdsa-sha2-nistp256","keyval":{"public":"{{key.Public.ToPem()!.Replace("\n", "\\n", StringComparison.Ordinal)}}" } }""";

        Assert.Null(Read(key.Public.Id, json).Unusable);
        Assert.Equal("its id is not the hash of the key", Read(new string('0', 64), json).Unusable);
    }

    [Fact]
    public void A_key_that_only_newer_programs_know_is_kept_with_the_reason()
    {
        const string Unknown = """{"keytype":"sphincs","scheme":"sphincs-shake-128s","keyval":{"public":"00"}}""";

        TufKey key = Read(IdOf(Unknown), Unknown);

        Assert.Equal("sphincs with sphincs-shake-128s is not known here", key.Unusable);
        Assert.False(key.Verify("x"u8, new byte[64]));
    }

    [Fact]
    public void An_RSA_key_below_2048_bits_counts_for_nothing()
    {
        using RSA small = RSA.Create(1024);

        string refusal = Assert.Throws<FormatException>(() => TufKey.FromPem(small.ExportSubjectPublicKeyInfoPem())).Message;

        Assert.Equal("an RSA key of 1024 bits is outside 2048 to 8192", refusal);
    }

    [Fact]
    public void An_RSA_key_whose_every_check_would_take_long_counts_for_nothing()
    {
        using RSA rsa = RSA.Create(2048);
        RSAParameters parameters = rsa.ExportParameters(false);
        parameters.Exponent = [.. Enumerable.Repeat((byte)0xff, 64)];
        using RSA slow = RSA.Create();
        slow.ImportParameters(parameters);

        string refusal = Assert.Throws<FormatException>(() => TufKey.FromPem(slow.ExportSubjectPublicKeyInfoPem())).Message;

        Assert.Equal("an RSA key with a public exponent above 32 bits", refusal);
    }

    private static TufKey Read(string id, string json) => TufKey.Read(id, Parse(json));

    private static string IdOf(string json) =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Encode(Parse(json), new Mistakes())!));

    private static JsonValue Parse(string json) => JsonFile.Parse(Encoding.UTF8.GetBytes(json), "key", new Mistakes())!;
}
