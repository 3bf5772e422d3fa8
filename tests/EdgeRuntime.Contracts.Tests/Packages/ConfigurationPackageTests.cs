using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Packages;

public sealed class ConfigurationPackageTests : IDisposable
{
    private readonly SigningKey _key = SigningKey.Create();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_configuration_is_read_without_golden_vectors_and_its_bytes_are_what_was_packed()
    {
        PackageArchive package = PackageArchive.Read(Pack("""{ "labels": { "site": "north" } }"""), [_key.Public]);

        ConfigurationPackage configuration = Assert.IsType<ConfigurationPackage>(package);
        Assert.Equal("""{ "labels": { "site": "north" } }""", Encoding.UTF8.GetString(configuration.Overlay.Span));
        Assert.Equal(PackageFault.WrongPackage, Assert.Throws<PackageRejectedException>(package.AsModel).Fault);
    }

    [Fact]
    public void What_makes_the_device_and_what_its_owner_decides_is_refused_by_name_and_all_at_once()
    {
        PackageRejectedException refused = Assert.Throws<PackageRejectedException>(() => Pack("""
            {
              "device": "other",
              "trust": {},
              "models": [],
              "profile": "none"
            }
            """));

        Assert.Equal(PackageFault.MalformedContent, refused.Fault);
        Assert.Equal(
            [
                "configuration.json:2:13: device: makes the device the one that it is; no package can change it",
                "configuration.json:3:12: trust: is the owner's word on what packages may do here; no package can change it",
                "configuration.json:5:14: profile: is only read at start, where no trial could judge it; no package can change it",
            ],
            refused.Lines);
    }

    [Fact]
    public void An_overlay_takes_the_place_of_whole_members_and_every_value_keeps_its_own_place()
    {
        JsonValue own = JsonFile.Parse("""{"labels": {"a": "1", "b": "2"}, "device": "x"}"""u8, "edge.json", new Mistakes())!;
        JsonValue overlay = ConfigurationOverlay.Read("""{"labels": {"c": "3"}, "sensors": {}}"""u8, new Mistakes())!;

        JsonValue merged = ConfigurationOverlay.Over(overlay, own);

        Assert.Equal(["labels", "device", "sensors"], merged.Members.Select(member => member.Name));
        Assert.Equal(["c"], merged.Find("labels")!.Value.Members.Select(member => member.Name));
        Assert.Equal(("configuration.json", "edge.json"), (merged.Find("labels")!.Value.File, merged.Find("device")!.Value.File));
    }

    private byte[] Pack(string overlay) => PackageWriter.Pack(
        new ConfigurationManifest
        {
            Schema = 1, Name = "settings", Version = "1.0.0", ReleaseCounter = 1, Description = "For the north.", Kind = "config", Files = [],
        },
        new Dictionary<string, byte[]> { [ConfigurationOverlay.FileName] = Encoding.UTF8.GetBytes(overlay) },
        _key);
}
