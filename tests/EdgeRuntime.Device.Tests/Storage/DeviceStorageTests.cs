using System.Runtime.Versioning;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Device.Tests.Storage;

public sealed class DeviceStorageTests : IDisposable
{
    private const string Archive = "slots/plant/package.edgepkg";

    private readonly string _root = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly FileDisk _disk;

    public DeviceStorageTests()
    {
        _disk = new FileDisk(_root);
        _disk.CreateDirectory("slots/plant");
        _disk.Write(Archive, 0, "the weights of a model"u8);
    }

    [Fact]
    public void Encryption_takes_over_plain_slots_and_gives_them_back_when_it_is_switched_off()
    {
        IDisk encrypted = DeviceStorage.Open(_disk, Configured()).Disk;
        byte[] stored = File.ReadAllBytes(Path.Combine(_root, Archive));

        DeviceStorage plain = DeviceStorage.Open(_disk, Configured() with { EncryptAtRest = false });

        Assert.Equal("the weights of a model"u8, DurableFiles.ReadAll(encrypted, Archive, 100)!);
        Assert.Equal(-1, stored.AsSpan().IndexOf("weights"u8));
        Assert.Equal("the weights of a model"u8, File.ReadAllBytes(Path.Combine(_root, Archive)));
        Assert.Empty(plain.Notices);
    }

    [Fact]
    public void A_key_that_is_not_the_one_of_the_slots_ends_the_start_and_changes_nothing()
    {
        string file = Path.Combine(_root, "owner.key");
        File.WriteAllBytes(file, new byte[32]);
        DeviceStorage.Open(_disk, Configured() with { DeviceKeyFile = file });
        byte[] stored = File.ReadAllBytes(Path.Combine(_root, Archive));

        InvalidDataException wrong = Assert.Throws<InvalidDataException>(() => DeviceStorage.Open(_disk, Configured()));

        Assert.Equal(
            $"{_root}/slots is encrypted, and not under the key of {_root}/identity/device-key: name the file of the right one "
            + "(device_key_file), or give the device another state_dir; nothing was changed",
            wrong.Message);
        Assert.Equal(stored, File.ReadAllBytes(Path.Combine(_root, Archive)));
        Assert.False(File.Exists(Path.Combine(_root, "identity/device-key")));
    }

    [Fact]
    public void A_key_of_its_own_is_made_once_for_the_user_of_the_device_alone_and_said_to_stand_beside_what_it_protects()
    {
        DeviceStorage first = DeviceStorage.Open(_disk, Configured());
        byte[] key = File.ReadAllBytes(Path.Combine(_root, "identity/device-key"));

        DeviceStorage.Open(_disk, Configured());

        Assert.Equal(key, File.ReadAllBytes(Path.Combine(_root, "identity/device-key")));
        Assert.True(OperatingSystem.IsWindows() || !IsOpenToOthers(Path.Combine(_root, "identity")));
        Assert.Contains("beside them", Assert.Single(first.Notices), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [UnsupportedOSPlatform("windows")]
    private static bool IsOpenToOthers(string directory) =>
        (File.GetUnixFileMode(directory) & (UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute)) != 0;

    private DeviceConfiguration Configured() => new()
    {
        Device = DeviceId.Parse("press-7"),
        Profile = "linux-x64",
        StateDirectory = _root,
        Link = new LinkConfiguration { Host = "localhost" },
        Trust = new TrustConfiguration([], []),
        Telemetry = new TelemetryConfiguration(),
        Models = [],
        EncryptAtRest = true,
    };
}
