using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Device.Tests.Configuration;

namespace EdgeRuntime.Device.Tests.Diagnosis;

/// <summary>The shipped profiles against trees of the kernel's files, as the boards show them.</summary>
public sealed class ProfileChecksTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edge-board-").FullName;

    private MachineFiles Files => new(_root);

    [Theory]
    [InlineData("1.21.0", "raspberry-pi-4", 1)]
    [InlineData("1.21.1", "raspberry-pi-5", 0)]
    [InlineData("1.22.0", "jetson-orin-nano", 1)]
    [InlineData("1.22.0", "raspberry-pi-zero-2-w", 1)]
    [InlineData("1.24.1", "linux-x64", 1)]
    [InlineData("1.24.2", "jetson-orin-nano", 1)]
    [InlineData("1.30.0", "raspberry-pi-4", 0)]
    [InlineData("1.9.0", "raspberry-pi-4", 0)]
    [InlineData("1.21", "raspberry-pi-4", 0)]
    public void Known_faults_of_a_library_are_those_of_the_boards_profile_and_what_it_inherits(string version, string profile, int count)
    {
        Assert.Equal(count, Shipped(profile).LibraryRisks.Count(risk => risk.Concerns(version)));
    }

    [Theory]
    [InlineData("raspberrypi,5-model-b\0brcm,bcm2712\0", "raspberry-pi-5")]
    [InlineData("raspberrypi,4-model-b\0brcm,bcm2711\0", "raspberry-pi-4")]
    [InlineData("raspberrypi,5-compute-module\0brcm,bcm2712\0", "raspberry-pi-5")]
    [InlineData("raspberrypi,model-zero-2-w\0brcm,bcm2837\0", "raspberry-pi-zero-2-w")]
    [InlineData("nvidia,p3768-0000+p3767-0005-super\0nvidia,p3767-0005\0nvidia,tegra234\0", "jetson-orin-nano")]
    [InlineData("radxa,rock-5b\0rockchip,rk3588\0", "rock-5b")]
    [InlineData("beagle,am625-beagleplay\0ti,am625\0", "beagleplay")]
    [InlineData("acme,unknown\0", null)]
    public void A_board_is_known_by_what_its_device_tree_says(string compatible, string? expected)
    {
        Write("proc/device-tree/compatible", compatible);
        string[] texts = [.. BoardProfile.Compatible(Files)];
        DeviceProfile[] all = [.. ProfileFiles.Known([ProfileSchema.Folder]).Where(name => name != "base-linux").Select(Shipped)];

        DeviceProfile? best = BoardProfile.Best(texts, all);

        Assert.Equal(expected, best?.Name);
    }

    [Fact]
    public void The_profile_that_knows_the_board_is_named_and_no_other()
    {
        Write("proc/device-tree/compatible", "raspberrypi,4-model-b\0brcm,bcm2711\0");
        DeviceProfile board = Shipped("raspberry-pi-4");

        Finding generic = Assert.Single(ProfileChecks.Better(Files, Shipped("linux-arm64"), board));

        Assert.Contains("raspberry-pi-4", generic.Remedy, StringComparison.Ordinal);
        Assert.Empty(ProfileChecks.Better(Files, board, board));
        Assert.Empty(ProfileChecks.Better(Files, Shipped("linux-arm64"), Shipped("raspberry-pi-5")));
        Assert.Empty(ProfileChecks.Better(Files, Shipped("linux-arm64"), null));
    }

    [Fact]
    public void A_clock_below_the_boards_is_told()
    {
        Write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "1500000\n");

        Finding clock = Assert.Single(ProfileChecks.Clock(Files, Shipped("raspberry-pi-5")));

        Assert.Contains("up to 1500 MHz here; the board can do 2400", clock.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_is_the_board_gives_no_warning()
    {
        Write("proc/device-tree/compatible", "raspberrypi,5-model-b\0brcm,bcm2712\0");
        Write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "2400000\n");
        Write("dev/watchdog0", "");
        Write("dev/i2c-1", "");
        Write("dev/gpiochip4", "");
        Write("sys/class/watchdog/watchdog0/state", "active\n");
        Write("sys/class/watchdog/watchdog0/timeout", "10\n");
        DeviceProfile profile = Shipped("raspberry-pi-5");

        Finding[] findings = [.. ProfileChecks.All(Files, profile, profile, new Dictionary<string, string> { ["/dev/gpiochip4"] = "pinctrl-rp1" })];

        Assert.All(findings, finding => Assert.Equal(FindingLevel.Ok, finding.Level));
        Assert.Contains(findings, finding => finding.Found.Contains("header /dev/gpiochip4 with 28 pins, i2c1 /dev/i2c-1", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Found.Contains("dtparam=spi=on", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, FindingLevel.Warning, "bcm2835-wdt")]
    [InlineData("inactive", FindingLevel.Warning, "RuntimeWatchdogSec=10 in /etc/systemd/system.conf (at most 15 s here)")]
    [InlineData("active", FindingLevel.Ok, null)]
    public void A_watchdog_that_is_absent_or_fed_by_nobody_is_told(string? state, object level, string? remedy)
    {
        if (state is not null)
        {
            Write("dev/watchdog0", "");
            Write("sys/class/watchdog/watchdog0/state", state);
        }

        Finding finding = Assert.Single(ProfileChecks.Watchdog(Files, Shipped("raspberry-pi-4")));

        Assert.Equal((FindingLevel)level, finding.Level);
        Assert.Contains(remedy ?? "", finding.Remedy ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/var/lib/edge", "mmcblk0p2, sd")]
    [InlineData("/data/edge", null)]
    [InlineData("/database", "mmcblk0p2, sd")]
    public void The_storage_under_the_state_directory_is_named_with_its_advice(string directory, string? found)
    {
        Write("proc/self/mountinfo", "25 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw\n31 25 259:1 / /data rw - ext4 /dev/nvme0n1p1 rw\n");

        Finding[] findings = [.. ProfileChecks.Storage(Files, Shipped("raspberry-pi-4"), directory)];

        Assert.Equal(found is null ? 0 : 1, findings.Length);
        Assert.All(findings, finding => Assert.Contains(found!, finding.Found, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static DeviceProfile Shipped(string name)
    {
        Mistakes mistakes = new();
        DeviceProfile? profile = DeviceProfile.Inspect(name, [ProfileSchema.Folder], mistakes);
        Assert.Empty(mistakes.Lines());
        return profile!;
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
