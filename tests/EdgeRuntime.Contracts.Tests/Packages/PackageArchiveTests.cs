using System.Formats.Tar;
using System.Security.Cryptography;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class PackageArchiveTests : IDisposable
{
    private readonly SigningKey _key = SigningKey.Create();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_package_reads_back_with_its_id_its_signer_and_its_files()
    {
        ModelPackage package = PackageArchive.Read(TestPackage.Pack(_key), [_key.Public]).AsModel();

        Assert.Equal(ModelId.Of(package.ManifestBytes.Span), package.Id);
        Assert.Equal([_key.Public.KeyId], package.Signers);
        Assert.Equal("vitals", package.Manifest.Name);
        Assert.Equal(TestPackage.Files["model.onnx"], package.Model.ToArray());
        Assert.Equal(3, package.Profile!.Features.Count);
        Assert.Equal(2, package.Golden.Vectors.Count);
        Assert.Equal(
            ["manifest.json", "manifest.sig.json", "card.md", "golden/golden.json", "model.onnx", "reference.json"],
            package.Files.Select(file => file.Path));
        Assert.Equal(0, package.Find("card.md")!.Value.Length);
        Assert.Null(package.Find("card.txt"));
    }

    [Fact]
    public void The_same_files_always_become_the_same_bytes_whatever_their_order()
    {
        Dictionary<string, byte[]> reversed = new(TestPackage.Files.Reverse());

        byte[] once = PackageWriter.Pack(TestPackage.Manifest, TestPackage.Files, null);
        byte[] twice = PackageWriter.Pack(TestPackage.Manifest, reversed, null);

        Assert.Equal(once, twice);
    }

    [Fact]
    public void Any_tar_program_unpacks_a_package()
    {
        Dictionary<string, byte[]> unpacked = [];
        using TarReader tar = new(new MemoryStream(TestPackage.Pack(_key)));
        while (tar.GetNextEntry() is TarEntry entry)
        {
            Assert.Equal(TarEntryType.RegularFile, entry.EntryType);
            Assert.Equal((UnixFileMode)0b110_100_100, entry.Mode);
            Assert.Equal(DateTimeOffset.UnixEpoch, entry.ModificationTime);
            using MemoryStream content = new();
            entry.DataStream?.CopyTo(content);
            unpacked[entry.Name] = content.ToArray();
        }

        foreach ((string path, byte[] content) in TestPackage.Files)
        {
            Assert.Equal(content, unpacked[path]);
        }

        Assert.Equal(TestPackage.Files.Count + 2, unpacked.Count);
    }

    [Fact]
    public void A_package_with_any_one_bit_flipped_is_refused()
    {
        byte[] archive = TestPackage.Pack(_key);
        VerifyingKey[] trusted = [_key.Public];

        Parallel.For(0, archive.Length, at =>
        {
            byte[] flipped = [.. archive];
            for (int bit = 0; bit < 8; bit++)
            {
                flipped[at] = (byte)(archive[at] ^ (1 << bit));

                PackageRejectedException refused =
                    Assert.Throws<PackageRejectedException>(() => PackageArchive.Read(flipped, trusted));

                Assert.False(string.IsNullOrWhiteSpace(refused.Detail));
            }
        });
    }

    [Fact]
    public void A_package_cut_at_any_length_is_refused_as_truncated()
    {
        byte[] archive = TestPackage.Pack(_key);

        for (int length = 0; length < archive.Length; length++)
        {
            PackageRejectedException refused = Assert.Throws<PackageRejectedException>(
                () => PackageArchive.Read(archive.AsMemory(0, length), [_key.Public]));

            Assert.Equal(PackageFault.Truncated, refused.Fault);
        }
    }

    [Fact]
    public void A_package_with_anything_after_its_end_is_refused()
    {
        byte[] archive = TestPackage.Pack(_key);

        AssertRefused(PackageFault.MalformedArchive, [.. archive, 0]);
        AssertRefused(PackageFault.MalformedArchive, [.. archive, .. new byte[512]]);
        AssertRefused(PackageFault.MalformedArchive, [.. archive, .. archive]);
    }

    [Fact]
    public void An_unsigned_package_is_refused_though_nothing_else_is_wrong()
    {
        byte[] archive = TestPackage.Pack(null);

        AssertRefused(PackageFault.Unsigned, archive);
        Assert.Null(PackageArchive.ReadUnverified(archive).Signature);
    }

    [Fact]
    public void A_package_signed_by_a_key_nobody_trusts_is_refused_and_the_key_is_named()
    {
        using SigningKey other = SigningKey.Create();

        PackageRejectedException refused = AssertRefused(PackageFault.UntrustedSignature, TestPackage.Pack(other));

        Assert.Contains(other.Public.KeyId[..12], refused.Message, StringComparison.Ordinal);
        Assert.Contains(refused.Model.Short, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_signature_of_another_manifest_is_refused()
    {
        PackageArchive signed = PackageArchive.ReadUnverified(TestPackage.Pack(_key));
        ModelManifest renamed = TestPackage.Manifest with { Name = "vitals-2", Files = signed.Manifest.Files };

        byte[] archive = Assemble(PackageWriter.Encode(renamed), signed.Signature!.ToBytes(), TestPackage.Files);

        AssertRefused(PackageFault.UntrustedSignature, archive);
    }

    [Fact]
    public void No_trusted_keys_trust_nobody() => Assert.Equal(
        PackageFault.UntrustedSignature,
        Assert.Throws<PackageRejectedException>(() => PackageArchive.Read(TestPackage.Pack(_key), [])).Fault);

    [Fact]
    public void A_second_signature_stands_beside_the_first_and_a_new_one_of_the_same_key_replaces_it()
    {
        using SigningKey second = SigningKey.Create();
        PackageArchive once = PackageArchive.ReadUnverified(TestPackage.Pack(_key));

        PackageArchive twice = PackageArchive.ReadUnverified(PackageWriter.Sign(once, second));
        PackageArchive thrice = PackageArchive.Read(PackageWriter.Sign(twice, _key), [second.Public, _key.Public]);

        Assert.Equal(once.Id, thrice.Id);
        Assert.Equal([second.Public.KeyId, _key.Public.KeyId], thrice.Signature!.Signatures.Select(s => s.Keyid));
        Assert.Equal(2, thrice.Signers.Count);
    }

    [Fact]
    public void Files_must_be_those_of_the_manifest_no_more_no_less_no_other()
    {
        (byte[] manifest, byte[] signature) = Signed();

        Dictionary<string, byte[]> more = new(TestPackage.Files) { ["zusatz.txt"] = [1] };
        Dictionary<string, byte[]> less = new(TestPackage.Files);
        less.Remove("card.md");
        Dictionary<string, byte[]> other = new(TestPackage.Files) { ["model.onnx"] = [.. "NOT a model, but nobody here runs it"u8] };
        Dictionary<string, byte[]> longer = new(TestPackage.Files) { ["card.md"] = [0] };

        AssertRefused(PackageFault.ExtraFile, Assemble(manifest, signature, more));
        AssertRefused(PackageFault.MissingFile, Assemble(manifest, signature, less));
        AssertRefused(PackageFault.HashMismatch, Assemble(manifest, signature, other));
        AssertRefused(PackageFault.HashMismatch, Assemble(manifest, signature, longer));
    }

    [Fact]
    public void The_order_of_the_files_is_fixed_and_none_stands_there_twice()
    {
        (byte[] manifest, byte[] signature) = Signed();
        RawTar Begin() => new RawTar().Add("manifest.json", manifest).Add("manifest.sig.json", signature);

        byte[] unordered = Begin().Add("model.onnx", TestPackage.Files["model.onnx"]).Add("card.md", []).End();
        byte[] twice = Begin().Add("card.md", []).Add("card.md", []).End();
        byte[] signatureLast = Assemble(manifest, null, new(TestPackage.Files) { ["manifest.sig.json"] = signature });
        byte[] manifestLater = new RawTar().Add("card.md", []).Add("manifest.json", manifest).End();

        AssertRefused(PackageFault.MalformedArchive, unordered);
        AssertRefused(PackageFault.MalformedArchive, twice);
        AssertRefused(PackageFault.Unsigned, signatureLast);
        AssertRefused(PackageFault.MalformedArchive, manifestLater);
        AssertRefused(PackageFault.MalformedArchive, new RawTar().End());
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("/etc/passwd")]
    [InlineData("./card.md")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData(".bashrc")]
    [InlineData("a\\b")]
    [InlineData("C:evil")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\u0001")]
    public void A_path_that_could_leave_its_place_is_refused(string path)
    {
        (byte[] manifest, byte[] signature) = Signed();

        byte[] archive = new RawTar()
            .Add("manifest.json", manifest).Add("manifest.sig.json", signature).Add(path, []).End();

        AssertRefused(PackageFault.MalformedArchive, archive);
    }

    [Fact]
    public void Whatever_is_not_a_plain_file_is_refused()
    {
        foreach (char type in "\0123456789xgLKSVN")
        {
            if (type == '0')
            {
                continue;
            }

            AssertOddHeader(header => header[156] = (byte)type);
        }

        AssertOddHeader(header => RawTar.Put(header, 157, "/etc/passwd"u8));
    }

    [Fact]
    public void A_header_with_an_owner_a_time_another_mode_or_a_prefix_is_refused()
    {
        AssertOddHeader(header => RawTar.Put(header, 100, "0004755\0"u8));
        AssertOddHeader(header => RawTar.Put(header, 108, "0001750\0"u8));
        AssertOddHeader(header => RawTar.Put(header, 136, "14707041653\0"u8));
        AssertOddHeader(header => RawTar.Put(header, 265, "root"u8));
        AssertOddHeader(header => RawTar.Put(header, 345, "../.."u8));
        AssertOddHeader(header => RawTar.Put(header, 257, "ustar  \0"u8));
        AssertOddHeader(header => header[511] = 1);
        AssertOddHeader(header => RawTar.Put(header, 0, "card.md\0hidden"u8));
    }

    [Fact]
    public void A_size_beyond_the_archive_is_refused_before_anything_is_taken()
    {
        Assert.Equal(PackageFault.Truncated, RefusedSize("77777777777\0"u8));
        Assert.Equal(PackageFault.Truncated, RefusedSize("00000002000\0"u8));
        Assert.Equal(PackageFault.MalformedArchive, RefusedSize([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]));
        Assert.Equal(PackageFault.MalformedArchive, RefusedSize("-0000000001\0"u8));
        Assert.Equal(PackageFault.MalformedArchive, RefusedSize("         10\0"u8));
    }

    [Fact]
    public void Bounds_of_the_whole_the_manifest_and_the_number_of_files_hold()
    {
        byte[] archive = TestPackage.Pack(_key);
        (byte[] manifest, byte[] signature) = Signed();
        RawTar many = new RawTar().Add("manifest.json", manifest).Add("manifest.sig.json", signature);
        for (int i = 0; i <= ManifestReader.MaxFiles; i++)
        {
            many.Add($"f{i:000}", []);
        }

        PackageLimits small = new(Bytes: archive.Length - 1);
        PackageLimits smallManifest = new(ManifestBytes: 100);

        Assert.Equal(PackageFault.TooLarge, Refused(() => PackageArchive.Read(archive, [_key.Public], small)).Fault);
        Assert.Equal(
            PackageFault.TooLarge, Refused(() => PackageArchive.Read(archive, [_key.Public], smallManifest)).Fault);
        AssertRefused(PackageFault.TooLarge, many.End());
    }

    [Fact]
    public async Task Receiving_stops_at_the_first_byte_too_many()
    {
        byte[] archive = TestPackage.Pack(_key);
        PackageLimits exact = new(Bytes: archive.Length);

        byte[] received = await PackageArchive.ReceiveAsync(new MemoryStream(archive), exact, CancellationToken.None);
        PackageRejectedException refused = await Assert.ThrowsAsync<PackageRejectedException>(
            () => PackageArchive.ReceiveAsync(new EndlessStream(), exact, CancellationToken.None));

        Assert.Equal(archive, received);
        Assert.Equal(PackageFault.TooLarge, refused.Fault);
    }

    [Fact]
    public void A_wrong_manifest_reference_or_golden_file_is_refused_with_all_its_mistakes()
    {
        byte[] manifest = [.. "{\"schema\": 1, \"name\": \"UPPER\", \"files\": []}"u8];
        PackageRejectedException wrongManifest =
            AssertRefused(PackageFault.MalformedManifest, Assemble(manifest, Signature(manifest), []));
        Assert.True(wrongManifest.Lines.Count > 5);
        Assert.Contains(
            "manifest.json:1:23: name: 'UPPER' is not a model name: use 1 to 63 of a-z, 0-9 and '-'", wrongManifest.Lines);

        AssertContentRefused("reference.json", "reference_bins.json");
        AssertContentRefused("golden/golden.json", "golden_shapes.json");
    }

    [Fact]
    public void A_manifest_of_a_newer_schema_is_refused_as_such_and_not_for_what_is_unknown_in_it()
    {
        byte[] manifest = [.. "{\"schema\": 2, \"brand_new\": true}"u8];

        PackageRejectedException refused =
            AssertRefused(PackageFault.NewerSchema, Assemble(manifest, Signature(manifest), []));

        Assert.Single(refused.Lines);
    }

    [Fact]
    public void A_reference_to_a_package_holds_the_hash_of_every_chunk_and_of_the_whole()
    {
        byte[] archive = TestPackage.Pack(_key);
        PackageArchive package = PackageArchive.Read(archive, [_key.Public]);

        PackageReference reference = package.ToReference(chunkBytes: 1024, revert: true);

        Assert.Equal((package.Id, "1.2.0", archive.Length, true),
            (reference.Digest, reference.Version, (int)reference.Size, reference.Revert));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(archive)), reference.ArchiveSha256);
        Assert.Equal(
            archive.Chunk(1024).Select(chunk => Convert.ToHexStringLower(SHA256.HashData(chunk))),
            reference.ChunkSha256);
    }

    private void AssertContentRefused(string path, string fixture)
    {
        Dictionary<string, byte[]> files = new(TestPackage.Files) { [path] = Fixture.Bytes("invalid", fixture) };

        PackageRejectedException refused = Refused(() => PackageWriter.Pack(TestPackage.Manifest, files, _key));

        Assert.Equal(PackageFault.MalformedContent, refused.Fault);
        Assert.True(refused.Lines.Count > 1);
        Assert.StartsWith(path, refused.Detail, StringComparison.Ordinal);
    }

    private void AssertOddHeader(Action<byte[]> change)
    {
        (byte[] manifest, byte[] signature) = Signed();
        byte[] archive = new RawTar()
            .Add("manifest.json", manifest).Add("manifest.sig.json", signature).Add("card.md", [], change).End();

        PackageRejectedException refused = AssertRefused(PackageFault.MalformedArchive, archive);

        Assert.Contains("'card.md' is not that of a plain file", refused.Detail, StringComparison.Ordinal);
    }

    private PackageFault RefusedSize(ReadOnlySpan<byte> size)
    {
        (byte[] manifest, byte[] signature) = Signed();
        byte[] field = size.ToArray();
        byte[] archive = new RawTar().Add("manifest.json", manifest).Add("manifest.sig.json", signature)
            .Add("card.md", new byte[10], header => RawTar.Put(header, 124, field)).End();
        return Refused(() => PackageArchive.Read(archive, [_key.Public])).Fault;
    }

    private (byte[] Manifest, byte[] Signature) Signed()
    {
        byte[] manifest =
            PackageWriter.Encode(TestPackage.Manifest with { Files = PackageWriter.ListOf(TestPackage.Files) });
        return (manifest, Signature(manifest));
    }

    private byte[] Signature(byte[] manifest) => ManifestSignature.Of(manifest, _key).ToBytes();

    private static byte[] Assemble(byte[] manifest, byte[]? signature, Dictionary<string, byte[]> files)
    {
        RawTar tar = new RawTar().Add("manifest.json", manifest);
        if (signature is not null)
        {
            tar.Add("manifest.sig.json", signature);
        }

        foreach ((string path, byte[] content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            tar.Add(path, content);
        }

        return tar.End();
    }

    private PackageRejectedException AssertRefused(PackageFault fault, byte[] archive)
    {
        PackageRejectedException refused = Refused(() => PackageArchive.Read(archive, [_key.Public]));
        Assert.True(fault == refused.Fault, $"{refused.Fault}: {refused.Message}");
        return refused;
    }

    private static PackageRejectedException Refused(Func<object> read) => Assert.Throws<PackageRejectedException>(read);

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
