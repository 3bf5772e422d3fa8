using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class ActiveConfigurationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-overlay-").FullName;
    private readonly SimulatedDisk _disk = new();

    public ActiveConfigurationTests()
    {
        Write("release.pub.pem", TestPackages.ReleaseKey.Public.ToPem());
        Write("deploy.pub.pem", TestPackages.DeployKey.Public.ToPem());
        Directory.CreateDirectory(Path.Combine(_directory, "device-profiles"));
        Write("device-profiles/board.json", """{ "name": "board", "description": "Any.", "architecture": "x64" }""");
        Own(windowSeconds: 60);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_was_committed_is_laid_over_the_devices_own_file()
    {
        Commit("""{"telemetry": {"window_s": 30}}""");

        Setup setup = Over(out string? objection);

        Assert.Null(objection);
        Assert.Equal("settings 1.0.0", setup.Overlay?.Label);
        Assert.Equal(30, setup.Configuration.Telemetry.WindowSeconds);
        Assert.Equal("plant", setup.Configuration.Models[0].Name);
    }

    [Fact]
    public void Where_nothing_was_committed_or_nobody_asked_for_packages_the_file_stands_alone()
    {
        Assert.Null(Over(out string? none).Overlay);
        Assert.Null(none);

        Commit("""{"telemetry": {"window_s": 30}}""");
        Own(windowSeconds: 60, updates: "");

        Assert.Null(Over(out string? unasked).Overlay);
        Assert.Null(unasked);
    }

    [Fact]
    public void A_slot_that_is_damaged_or_no_longer_right_with_the_file_leaves_the_file_alone_and_says_so()
    {
        StoredPackage stored = Commit("""{"models": [{"name": "plant", "sensor": "line"}]}""", refused: true);

        Setup unfit = Over(out string? mistaken);
        _disk.FlipBit(SlotStore.PathOf("settings", stored.ArchiveSha256), 4000);
        Setup damaged = Over(out string? changed);

        Assert.Null(unfit.Overlay);
        Assert.Equal(
            "the configuration settings 1.0.0 is not used: configuration.json:1:41: models[0].sensor: there is no sensor 'line' among sensors", mistaken);
        Assert.Null(damaged.Overlay);
        Assert.Equal("the configuration in the slots of 'settings' is not used: its archive is not the one that was committed", changed);
    }

    [Fact]
    public void What_is_only_read_at_start_cannot_come_with_a_package()
    {
        Mistakes mistakes = new();
        OverlayPackage overlay = new("settings", "1.0.0", default, """{"telemetry": {"outbox": {"max_age_h": 2}}}"""u8.ToArray());

        Assert.Null(Setup.Load(Path.Combine(_directory, "edge.json"), overlay, mistakes));

        Assert.Equal(
            "configuration.json: telemetry.outbox: is only read at start, where no trial could judge it; no package can change it", Assert.Single(mistakes.Lines()));
    }

    private Setup Over(out string? objection)
    {
        string path = Path.Combine(_directory, "edge.json");
        Mistakes mistakes = new();
        Setup own = Setup.Load(path, mistakes) ?? throw new InvalidOperationException(mistakes.ToString());
        return ActiveConfiguration.Over(own, path, _disk, out objection);
    }

    // As a device does, whose file was another one then where it would be refused now.
    private StoredPackage Commit(string overlay, bool refused = false)
    {
        byte[] archive = TestPackages.MakeConfiguration(1, overlay);
        ConfigurationSite site = refused ? TestPackages.OwnFile with { Objections = _ => [] } : TestPackages.OwnFile;
        using SimulatedDevice device = new SimulatedDevice(_disk, null, null, site).Start();
        device.Obey(device.OrderFor(archive, 1, model: TestPackages.ConfigurationName));
        return SlotStore.Look(_disk, TestPackages.ConfigurationName).Active!;
    }

    private void Own(double windowSeconds, string updates = """ "updates": { "configuration": "settings" }, """) => Write("edge.json", $$"""
        {
          "device": "pi-1",
          "profile": "board",
          "state_dir": "state",
          "link": { "host": "broker.example" },
          "trust": { "release_keys": ["release.pub.pem"], "deploy_keys": ["deploy.pub.pem"] },
          "telemetry": { "window_s": {{windowSeconds}} },
          {{updates}}
          "models": [{ "name": "plant", "sensor": { "driver": "vitals" } }]
        }
        """);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_directory, name), text, new UTF8Encoding(false));
}
