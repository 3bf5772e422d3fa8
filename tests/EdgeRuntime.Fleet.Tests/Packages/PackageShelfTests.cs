using System.Text.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Tests.Support;
using Xunit;

namespace EdgeRuntime.Fleet.Tests.Packages;

public sealed class PackageShelfTests
{
    [Fact]
    public void A_package_is_kept_byte_for_byte_and_known_after_a_restart()
    {
        using FleetRig rig = new FleetRig().With(0);
        StoredPackage pushed = rig.Push(rig.V1);

        rig.RestartManager();

        StoredPackage found = rig.State.Shelf.Find("vitals@1.0.0")!;
        Assert.Equal(pushed.Digest, found.Digest);
        Assert.Equal(pushed.ChunkSha256, found.ChunkSha256);
        Assert.Equal(pushed.ChunkBytes, found.ChunkBytes);
        Assert.Equal(pushed.SignedBy, found.SignedBy);
        Assert.Equal(0.1, found.EffectiveShare);
        Assert.Equal(rig.V1, File.ReadAllBytes(rig.State.Shelf.PathOf(found.ArchiveSha256)));
    }

    [Fact]
    public void A_package_without_a_model_is_kept_and_shown_as_what_it_is()
    {
        using FleetRig rig = new FleetRig().With(0);
        rig.Push(TestPackages.Configuration());

        rig.RestartManager();

        StoredPackage found = rig.State.Shelf.Find("settings@1.0.0")!;
        Assert.Null(found.Model);
        PackageDetailView shown = PackageViews.Detail(found, rig.State.Devices);
        Assert.Equal(("config", 0), (shown.Kind, shown.Features));
        Assert.Contains("\"kind\":\"config\"", JsonSerializer.Serialize(shown, FleetJson.Default.PackageDetailView), StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_signed_by_a_stranger_is_refused()
    {
        using FleetRig rig = new FleetRig().With(0);
        using SigningKey stranger = SigningKey.Create();
        byte[] archive = TestPackages.Archive("9.0.0", 9, key: stranger);

        PackageRejectedException refused = Assert.Throws<PackageRejectedException>(() => rig.State.Shelf.Admit(archive, 0));

        Assert.Equal(PackageFault.UntrustedSignature, refused.Fault);
        Assert.Empty(rig.State.Shelf.All);
    }

    [Fact]
    public void A_package_with_one_flipped_bit_is_refused()
    {
        using FleetRig rig = new FleetRig().With(0);
        byte[] archive = [.. rig.V1];
        archive[archive.Length / 2] ^= 1;

        Assert.Throws<PackageRejectedException>(() => rig.State.Shelf.Admit(archive, 0));
    }

    [Fact]
    public void A_version_stands_for_one_content_for_ever()
    {
        using FleetRig rig = new FleetRig().With(0);
        rig.Push(rig.V1);
        StoredPackage twin = rig.State.Shelf.Admit(TestPackages.Archive("1.0.0", 1, padding: 5000), 0);

        string? refusal = rig.Ask(() => rig.State.Shelf.Add(twin));

        Assert.Contains("give this one a new version", refusal, StringComparison.Ordinal);
        Assert.Single(rig.State.Shelf.All);
    }

    [Fact]
    public void Pushing_a_package_again_changes_nothing()
    {
        using FleetRig rig = new FleetRig().With(0);
        rig.Push(rig.V1);
        rig.Push(rig.V1);

        Assert.Single(rig.State.Shelf.All);
    }

    [Theory]
    [InlineData(1_000, 32_768)]
    [InlineData(32 * 1024 * 1024, 32_768)]
    [InlineData((32 * 1024 * 1024) + 1, 65_536)]
    [InlineData(128 * 1024 * 1024, 65_536)]
    public void Chunks_are_so_long_that_an_order_fits_one_packet(long size, int chunkBytes)
    {
        long chunks = ((size - 1) / EdgeRuntime.Contracts.Messages.PackageReference.ChunkBytesFor(size)) + 1;

        Assert.Equal(chunkBytes, EdgeRuntime.Contracts.Messages.PackageReference.ChunkBytesFor(size));

        // 32 bytes each, in base64 twice; and 8 KiB for all the rest.
        Assert.True(chunks * 32 * 16 / 9 < LinkPacket.BytesMax - (8 * 1024));
    }
}
