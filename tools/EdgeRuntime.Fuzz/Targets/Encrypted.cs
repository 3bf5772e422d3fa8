using System.Security.Cryptography;
using System.Text.Json;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Encryption;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>What is encrypted: files on a medium that somebody else wrote to, and the key of a package in an order.</summary>
internal static class Encrypted
{
    private const string Path = "slots/a/file";

    private static readonly DeviceKey Key = new(SHA256.HashData("the key of a fuzzed device"u8));
    private static readonly HpkePrivateKey Recipient = Key.Recipient();
    private static readonly DeviceId Device = DeviceId.Parse("press-7");
    private static readonly byte[] Content = [.. Enumerable.Range(0, 9000).Select(i => (byte)(1 + (i % 250)))];
    private static readonly string Archive = new('a', 64);

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "encrypted-file",
            About = "a file of an encrypted disk: header, blocks",
            Run = Read,
            Seeds = () => [Written(Content), Written(Content.AsSpan(0, 100)), Written([])],
            LargestInput = 16 * 1024,
        },
        new Target
        {
            Name = "package-encryption",
            About = "how the bytes of a package are encrypted, and the key to them",
            Run = Unwrap,
            Refuses = e => e is JsonException,
            Seeds = Orders,
            Mutations = [JsonMutation.Change, JsonMutation.Change, ByteMutation.Havoc],
            Weight = 0.5,
        },
    ];

    private static bool Read(byte[] bytes)
    {
        MemoryDisk medium = new();
        medium.Write(Path, 0, bytes);
        EncryptedDisk disk = new(medium, "slots", Key, RandomNumberGenerator.Create());
        long length = disk.Length(Path) ?? -1;
        Promise.Require(length >= 0 && length <= bytes.Length, "it is longer than what holds it");
        byte[] read = new byte[length + 1];
        Promise.Require(disk.Read(Path, 0, read) == length, "it ends elsewhere than its length says");
        if (EncryptedDisk.CountEncrypted(medium, "slots") == 0)
        {
            Promise.Require(read.AsSpan(0, (int)length).SequenceEqual(bytes), "a plain file was changed");
            return false;
        }

        // Every block is one that was written there, or zeros.
        for (int at = 0; at < length; at++)
        {
            Promise.Require(read[at] == 0 || (at < Content.Length && read[at] == Content[at]), $"byte {at} was never written");
        }

        disk.Write(Path, length, [7]);
        Promise.Require(disk.Read(Path, length, read) == 1 && read[0] == 7, "what was appended is not read");
        return !disk.IsWrongKey();
    }

    private static bool Unwrap(byte[] bytes)
    {
        if (JsonSerializer.Deserialize(bytes, WireJson.Default.PackageReference) is not { Encryption: { } encryption } || encryption.Objection() is not null)
        {
            return false;
        }

        ContentKey? key = ContentKey.Unwrap(encryption, Recipient, Device, Archive, out string? objection);
        Promise.Require(key is null == objection is not null, "a refusal needs a reason, and only that");
        Promise.Require(key is null || key.Bytes.SequenceEqual(Wrapped.Bytes), "another key was unwrapped than was wrapped");
        return key is not null;
    }

    private static ContentKey Wrapped { get; } = ContentKey.Of(SHA256.HashData("a content key"u8));

    private static byte[] Written(ReadOnlySpan<byte> content)
    {
        MemoryDisk medium = new();
        new EncryptedDisk(medium, "slots", Key, RandomNumberGenerator.Create()).Write(Path, 0, content);
        byte[] stored = new byte[medium.Length(Path)!.Value];
        medium.Read(Path, 0, stored);
        return stored;
    }

    private static IEnumerable<byte[]> Orders()
    {
        PackageReference package = new()
        {
            Digest = ModelId.TryParse(Archive, out ModelId digest) ? digest : default,
            Version = "1.0.0",
            Size = 100,
            ArchiveSha256 = Archive,
            ChunkBytes = 1024,
            ChunkSha256 = [Archive],
            Encryption = Wrapped.WrapFor(Recipient.PublicKey, Device, Archive, new string('b', 64)),
        };
        yield return JsonSerializer.SerializeToUtf8Bytes(package, WireJson.Default.PackageReference);
    }
}
