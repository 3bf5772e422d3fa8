using System.Security.Cryptography;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class EncryptedUpdateTests
{
    private static readonly byte[] One = TestPackages.Make(1);
    private static readonly byte[] Two = TestPackages.Make(2);

    private readonly SimulatedDisk _disk = new();
    private readonly ContentKey _key = ContentKey.Create(RandomNumberGenerator.Create());

    [Fact]
    public void An_encrypted_package_is_fetched_decrypted_and_serves_and_nothing_plain_crosses_the_link()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        PackageReference package = Encrypted(device, Two);
        bool plain = false;
        device.Way = bytes =>
        {
            plain |= bytes.AsSpan().IndexOf("manifest.json"u8) >= 0;
            return bytes;
        };

        device.Obey(Order(1, package));

        Assert.Equal("2.0.0", device.Version);
        Assert.False(plain);
    }

    [Fact]
    public void A_web_server_brings_the_same_ciphertext()
    {
        const string Address = "https://files.example/two.encrypted";
        using SimulatedDevice device = new SimulatedDevice(_disk, One, new TransferPolicy { Carriers = [CarrierLine.Url] }).Start();
        PackageReference package = Encrypted(device, Two) with { Carriers = [Address] };
        device.Web[Address] = device.Shelf[package.Encryption!.CiphertextSha256];
        device.Shelf.Clear();

        device.Obey(Order(1, package));

        Assert.Equal("2.0.0", device.Version);
        Assert.True(device.WebRequests > 0);
    }

    [Fact]
    public void A_ciphertext_that_is_changed_on_the_way_ends_the_update_and_says_so()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        PackageReference package = Encrypted(device, Two);
        device.Way = bytes =>
        {
            bytes[10] ^= 1;
            return bytes;
        };

        device.Obey(Order(1, package));

        Assert.Equal("1.0.0", device.Version);
        Assert.Matches("^rejected: chunk [0-9]+ came 8 times changed, or not encrypted under the key of the order$", device.Story[^1]);
    }

    [Fact]
    public void A_key_that_was_wrapped_for_another_deployment_is_refused_before_a_byte_is_fetched()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        PackageReference first = Encrypted(device, Two);
        PackageReference second = Encrypted(device, Two, ContentKey.Create(RandomNumberGenerator.Create()));
        PackageReference replayed = second with
        {
            Encryption = first.Encryption! with { CiphertextSha256 = second.Encryption!.CiphertextSha256 },
        };

        device.Obey(Order(1, replayed));

        Assert.Equal(
            "rejected: the key of the package was changed, or comes from an order for another device, package or deployment", device.Story[^1]);
        Assert.Equal(0, device.Sent);
    }

    [Fact]
    public void An_order_under_a_new_key_goes_on_with_the_chunks_that_are_here()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        PackageReference first = Encrypted(device, Two);
        PackageReference second = Encrypted(device, Two, ContentKey.Create(RandomNumberGenerator.Create()));
        int chunks = 0;
        device.Way = bytes =>
        {
            if (++chunks == 4)
            {
                device.Agent.OnDesired(Order(2, second));
            }

            return bytes;
        };

        device.Obey(Order(1, first));

        Assert.Equal("2.0.0", device.Version);
        Assert.True(device.Sent < first.ChunkSha256.Count + 8, $"{device.Sent} chunks were sent of {first.ChunkSha256.Count}");
    }

    [Fact]
    public void A_delta_of_an_encrypted_package_is_encrypted_too_and_one_that_is_not_is_passed_over()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        using DeltaWriter writer = new(0, Two.Length);
        writer.Add(Two);
        byte[] delta = writer.ToArray();
        DeltaReference plain = new()
        {
            Kind = DeltaKind.Full,
            BaseSha256 = "",
            Size = delta.Length,
            Sha256 = Hash(delta),
            ChunkBytes = 1024,
            ChunkSha256 = [.. delta.Chunk(1024).Select(Hash)],
        };
        DeltaReference encrypted = plain with { CiphertextSha256 = Shelve(device, delta, plain.Sha256, plain.ChunkSha256.Count, _key) };
        PackageReference package = Encrypted(device, Two);

        device.Obey(Order(1, package with { Deltas = [plain] }));
        int whole = device.Sent;
        device.Obey(device.OrderFor(One, 2, revert: true));
        int before = device.Sent;
        using SimulatedDevice fresh = new SimulatedDevice(new SimulatedDisk(), One) { Shelf = device.Shelf }.Start();
        fresh.Obey(Order(1, package with { Deltas = [encrypted] }));
        fresh.Run();

        Assert.Equal(package.ChunkSha256.Count, whole);
        Assert.Equal(before, whole);
        Assert.Equal("2.0.0", fresh.Version);
        Assert.Equal(plain.ChunkSha256.Count, fresh.Sent);
    }

    private PackageReference Encrypted(SimulatedDevice device, byte[] archive, ContentKey? key = null)
    {
        PackageReference plain = device.Shelve(archive);
        string hash = Shelve(device, archive, plain.ArchiveSha256, plain.ChunkSha256.Count, key ?? _key);
        return plain with
        {
            Encryption = (key ?? _key).WrapFor(SimulatedDevice.Recipient.PublicKey, SimulatedDevice.Id, plain.ArchiveSha256, hash),
        };
    }

    private static string Shelve(SimulatedDevice device, byte[] content, string sha256, int chunks, ContentKey key)
    {
        using MemoryStream ciphertext = new();
        string hash = key.CipherOf(sha256, chunks).Seal(content, 1024, ciphertext);
        device.Shelf[hash] = ciphertext.ToArray();
        return hash;
    }

    private static byte[] Order(long generation, PackageReference package) =>
        SimulatedDevice.Order(generation, new Dictionary<string, PackageReference> { ["plant"] = package });

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
