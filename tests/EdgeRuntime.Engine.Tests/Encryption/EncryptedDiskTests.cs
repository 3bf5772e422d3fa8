using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Engine.Encryption;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Encryption;

public sealed class EncryptedDiskTests
{
    private const string Path = "slots/a/file";

    private static readonly DeviceKey Key = new(SHA256.HashData("a device key"u8));
    private static readonly DeviceKey Other = new(SHA256.HashData("another device key"u8));

    private readonly SimulatedDisk _medium = new();

    public EncryptedDiskTests()
    {
        _medium.CreateDirectory("slots/a");
        _medium.CreateDirectory("outbox");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_128)]
    public void Whatever_is_written_and_reserved_reads_as_on_a_plain_disk(int seed)
    {
        Random random = new(seed);
        SimulatedDisk plain = new();
        plain.CreateDirectory("slots/a");
        EncryptedDisk encrypted = Over(_medium);
        for (int step = 0; step < 2000; step++)
        {
            string path = $"{Path}{random.Next(2)}";
            long at = random.NextInt64(random.Next(4) == 0 ? 400_000 : 20_000);
            byte[] bytes = new byte[random.Next(random.Next(8) == 0 ? 200_000 : 9000)];
            random.NextBytes(bytes);
            string what;
            switch (random.Next(12))
            {
                case 0:
                    what = $"delete {path}";
                    plain.Delete(path);
                    encrypted.Delete(path);
                    break;
                case 1:
                    what = $"reserve {at} of {path}";
                    plain.Reserve(path, at);
                    encrypted.Reserve(path, at);
                    break;
                default:
                    // Where a file ends is what is easily wrong.
                    at = random.Next(3) == 0 && plain.Length(path) is long end ? end : at;
                    what = $"write {bytes.Length} at {at} of {path}";
                    plain.Write(path, at, bytes);
                    encrypted.Write(path, at, bytes);
                    break;
            }

            Assert.True(plain.Length(path) == encrypted.Length(path), $"seed {seed}, step {step}: {what}: {plain.Length(path)} and {encrypted.Length(path)} bytes");
            if (plain.Length(path) is long length)
            {
                long from = random.NextInt64(length + 1);
                byte[] expected = new byte[random.Next(1, 50_000)];
                byte[] actual = (byte[])expected.Clone();
                int read = plain.Read(path, from, expected);
                Assert.True(
                    read == encrypted.Read(path, from, actual) && expected.AsSpan().SequenceEqual(actual), $"seed {seed}, step {step}: {what}: read from {from}");
            }
        }
    }

    [Fact]
    public void The_medium_does_not_hold_a_word_of_what_was_written_below_the_directory()
    {
        byte[] secret = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("weights of a model ", 1000)));
        EncryptedDisk disk = Over(_medium);

        disk.Write(Path, 0, secret);
        disk.Write("outbox/file", 0, secret);

        Assert.Equal(-1, Raw(Path).AsSpan().IndexOf("weights"u8));
        Assert.Equal(secret, Raw("outbox/file"));
    }

    [Fact]
    public void The_same_bytes_written_again_are_another_ciphertext()
    {
        EncryptedDisk disk = Over(_medium);
        disk.Write(Path, 0, new byte[100]);
        byte[] first = Raw(Path);

        disk.Write(Path, 0, new byte[100]);

        Assert.False(first.AsSpan(EncryptedFile.HeaderBytes).SequenceEqual(Raw(Path).AsSpan(EncryptedFile.HeaderBytes)));
    }

    [Fact]
    public void A_block_that_was_changed_or_comes_from_elsewhere_reads_as_zeros_and_the_others_as_they_are()
    {
        EncryptedDisk disk = Over(_medium);
        byte[] content = Enumerable.Range(0, 4 * EncryptedFile.BlockBytes).Select(i => (byte)(1 + (i / EncryptedFile.BlockBytes))).ToArray();
        disk.Write(Path, 0, content);
        disk.Write("slots/a/other", 0, content);

        // The first is changed in one bit, the second takes the third's place, and the fourth is another file's.
        byte[] raw = Raw(Path);
        byte[] others = Raw("slots/a/other");
        raw[EncryptedFile.PlaceOf(0) + 100] ^= 1;
        raw.AsSpan((int)EncryptedFile.PlaceOf(1), EncryptedFile.StoredBlockBytes).CopyTo(raw.AsSpan((int)EncryptedFile.PlaceOf(2)));
        others.AsSpan((int)EncryptedFile.PlaceOf(3)).CopyTo(raw.AsSpan((int)EncryptedFile.PlaceOf(3)));
        _medium.Write(Path, 0, raw);

        byte[] read = DurableFiles.ReadAll(disk, Path, content.Length)!;
        Assert.Equal([0, 2, 0, 0], Enumerable.Range(0, 4).Select(block => read[block * EncryptedFile.BlockBytes]));
        Assert.Equal(content.AsSpan(EncryptedFile.BlockBytes, EncryptedFile.BlockBytes), read.AsSpan(EncryptedFile.BlockBytes, EncryptedFile.BlockBytes));
    }

    [Fact]
    public void Another_key_is_told_from_a_damaged_file_and_changes_nothing()
    {
        Over(_medium).Write(Path, 0, "pointer"u8);
        Over(_medium).Write("slots/a/archive", 0, "archive"u8);
        byte[] before = Raw(Path);

        EncryptedDisk wrong = new(_medium, "slots", Other, RandomNumberGenerator.Create());
        bool isWrong = wrong.IsWrongKey();
        string? problem = wrong.Convert();
        _medium.FlipBit(Path, 20);

        Assert.True(isWrong);
        Assert.Null(problem);
        Assert.Equal(before.AsSpan(EncryptedFile.HeaderBytes), Raw(Path).AsSpan(EncryptedFile.HeaderBytes));
        Assert.False(Over(_medium).IsWrongKey());
    }

    [Fact]
    public void Encryption_goes_on_and_off_again_with_the_same_content()
    {
        byte[] content = RandomNumberGenerator.GetBytes(300_000);
        _medium.Write(Path, 0, content);

        Assert.Null(Over(_medium).Convert());
        byte[] encrypted = Raw(Path);
        Assert.Null(new EncryptedDisk(_medium, "slots", Key, RandomNumberGenerator.Create(), encrypts: false).Convert());

        Assert.Equal(EncryptedFile.StoredLength(content.Length), encrypted.Length);
        Assert.Equal(content, Raw(Path));
        Assert.Equal(0, EncryptedDisk.CountEncrypted(_medium, "slots"));
    }

    [Fact]
    public void A_full_disk_leaves_what_was_plain_readable_and_says_so()
    {
        _medium.Write(Path, 0, new byte[10_000]);
        _medium.Capacity = _medium.Used + 5000;

        string? problem = Over(_medium).Convert();

        Assert.StartsWith("slots is not all encrypted yet, and the next start goes on: ", problem, StringComparison.Ordinal);
        Assert.Equal(10_000, Over(_medium).Length(Path));
        Assert.Equal(["slots/a/file"], _medium.Files());
    }

    private static EncryptedDisk Over(SimulatedDisk medium) => new(medium, "slots", Key, RandomNumberGenerator.Create());

    private byte[] Raw(string path) => DurableFiles.ReadAll(_medium, path, long.MaxValue)!;
}
