using System.Security.Cryptography;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Encryption;

public sealed class ContentKeyTests
{
    private const int ChunkBytes = 100;

    private static readonly DeviceId Press = DeviceId.Parse("press-7");
    private static readonly byte[] Archive = [.. Enumerable.Range(0, 250).Select(i => (byte)i)];
    private static readonly string ArchiveHash = Convert.ToHexStringLower(SHA256.HashData(Archive));

    private readonly ContentKey _key = ContentKey.Create(RandomNumberGenerator.Create());
    private readonly HpkePrivateKey _device = HpkePrivateKey.Create();

    [Fact]
    public void Chunks_open_in_their_place_and_nowhere_else()
    {
        using MemoryStream stream = new();
        _key.CipherOf(ArchiveHash, 3).Seal(Archive, ChunkBytes, stream);
        byte[] all = stream.ToArray();
        byte[] first = all[..116];
        byte[] second = all[116..232];
        byte[] opened = new byte[ChunkBytes];

        Assert.Equal(ChunkCipher.SizeOf(Archive.Length, ChunkBytes), all.Length);
        Assert.True(_key.CipherOf(ArchiveHash, 3).TryOpen(1, second, opened));
        Assert.Equal(Archive[100..200], opened);
        Assert.False(_key.CipherOf(ArchiveHash, 3).TryOpen(0, second, opened));
        Assert.False(_key.CipherOf(ArchiveHash, 4).TryOpen(1, second, opened));
        Assert.False(_key.CipherOf(new string('0', 64), 3).TryOpen(1, second, opened));
        Assert.False(ContentKey.Create(RandomNumberGenerator.Create()).CipherOf(ArchiveHash, 3).TryOpen(0, first, opened));
    }

    [Fact]
    public void The_device_it_is_wrapped_for_gets_the_very_key()
    {
        PackageEncryption wrapped = _key.WrapFor(_device.PublicKey, Press, ArchiveHash, CiphertextHash);

        ContentKey? unwrapped = ContentKey.Unwrap(wrapped, _device, Press, ArchiveHash, out string? objection);

        Assert.Null(objection);
        Assert.Null(wrapped.Objection());
        Assert.Equal(_key.Bytes, unwrapped!.Bytes);
    }

    [Fact]
    public void A_key_for_another_device_or_from_another_order_is_refused_by_name()
    {
        using HpkePrivateKey other = HpkePrivateKey.Create();
        PackageEncryption wrapped = _key.WrapFor(_device.PublicKey, Press, ArchiveHash, CiphertextHash);
        PackageEncryption replayed = wrapped with { CiphertextSha256 = new string('b', 64) };

        ContentKey.Unwrap(wrapped, other, Press, ArchiveHash, out string? recipient);
        ContentKey.Unwrap(wrapped, _device, DeviceId.Parse("press-8"), ArchiveHash, out string? device);
        ContentKey.Unwrap(replayed, _device, Press, ArchiveHash, out string? order);

        Assert.StartsWith("the package is encrypted for another device: for the key ", recipient, StringComparison.Ordinal);
        Assert.Equal("the key of the package was changed, or comes from an order for another device, package or deployment", device);
        Assert.Equal(device, order);
    }

    private static string CiphertextHash => new('a', 64);
}
