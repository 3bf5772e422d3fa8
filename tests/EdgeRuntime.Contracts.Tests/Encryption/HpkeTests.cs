using System.Text;
using EdgeRuntime.Contracts.Encryption;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Encryption;

public sealed class HpkeTests
{
    // RFC 9180, appendix A.3.1: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0.
    private static readonly byte[] EphemeralMaterial = Convert.FromHexString("4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e");
    private static readonly byte[] RecipientMaterial = Convert.FromHexString("668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550");
    private static readonly byte[] Encapsulated = Convert.FromHexString(
        "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4");
    private static readonly byte[] RecipientPublic = Convert.FromHexString(
        "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0");
    private static readonly byte[] Info = Encoding.ASCII.GetBytes("Ode on a Grecian Urn");
    private static readonly byte[] Message = Encoding.ASCII.GetBytes("Beauty is truth, truth beauty");
    private static readonly byte[] Ciphertext = Convert.FromHexString(
        "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434");

    [Fact]
    public void The_test_vector_of_the_RFC_is_what_comes_out_and_opens()
    {
        using HpkePrivateKey ephemeral = HpkePrivateKey.Derive(EphemeralMaterial);
        using HpkePrivateKey recipient = HpkePrivateKey.Derive(RecipientMaterial);

        (byte[] encapsulated, byte[] ciphertext) = Hpke.Seal(recipient.PublicKey, Info, "Count-0"u8, Message, ephemeral, keyBytes: 16);

        Assert.Equal(RecipientPublic, recipient.PublicKey);
        Assert.Equal(Encapsulated, encapsulated);
        Assert.Equal(Ciphertext, ciphertext);
        Assert.Equal(Message, Hpke.Open(recipient, Encapsulated, Info, "Count-0"u8, Ciphertext, keyBytes: 16));
    }

    // Made by the Python package cryptography 48.0.0 (hazmat.primitives.hpke) for the recipient of the vector above:
    // Suite(P256, HKDF_SHA256, AES_256_GCM).encrypt(b"a content key of a package......", key, b"edgeruntime\npress-7").
    [Fact]
    public void What_another_library_encrypted_with_AES_256_opens()
    {
        using HpkePrivateKey recipient = HpkePrivateKey.Derive(RecipientMaterial);
        byte[] encapsulated = Convert.FromHexString(
            "04bd57c67f1fa3875bfd7618a9c1f596adf6426b8683ecbe35cf014762a4d972d67a95411de0330ee6c58d8fdb74adc8a65a047d56964cc9034ee97ce008ff6572");
        byte[] ciphertext = Convert.FromHexString(
            "932078919113ea0ebe2b58bcec8073d80570c9aaf9463c7c23763a655fb4b922f73fa2507024d941085f5756166af60f");

        byte[]? message = Hpke.Open(recipient, encapsulated, "edgeruntime\npress-7"u8, ciphertext);

        Assert.Equal("a content key of a package......", Encoding.ASCII.GetString(message ?? []));
    }

    [Fact]
    public void Nothing_opens_with_another_key_or_info_or_a_flipped_bit()
    {
        using HpkePrivateKey recipient = HpkePrivateKey.Create();
        using HpkePrivateKey other = HpkePrivateKey.Create();
        (byte[] encapsulated, byte[] ciphertext) = Hpke.Seal(recipient.PublicKey, Info, Message);
        byte[] flipped = [.. ciphertext];
        flipped[3] ^= 1;
        byte[] noPoint = [.. encapsulated];
        noPoint[^1] ^= 1;

        Assert.Equal(Message, Hpke.Open(recipient, encapsulated, Info, ciphertext));
        Assert.Null(Hpke.Open(other, encapsulated, Info, ciphertext));
        Assert.Null(Hpke.Open(recipient, encapsulated, "another"u8, ciphertext));
        Assert.Null(Hpke.Open(recipient, encapsulated, Info, flipped));
        Assert.Null(Hpke.Open(recipient, noPoint, Info, ciphertext));
        Assert.Null(Hpke.Open(recipient, [], Info, ciphertext));
        Assert.Null(Hpke.Open(recipient, encapsulated, Info, [1, 2, 3]));
    }
}
