using System.Runtime.InteropServices;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Device.Tests.Diagnosis;

/// <summary>The shipped profiles against trees of the kernel's files, as the boards show them.</summary>
public sealed class PeripheralChecksTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    [Fact]
    public void A_machine_that_is_the_board_gives_no_warning()
    {
        _machine.Write("proc/device-tree/compatible", "raspberrypi,5-model-b\0brcm,bcm2712\0");
        _machine.Write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "2400000\n");
        _machine.Write("dev/watchdog0", "");
        _machine.Write("dev/i2c-1", "");
        _machine.Write("dev/gpiochip4", "");
        _machine.Write("sys/class/watchdog/watchdog0/state", "active\n");
        _machine.Write("sys/class/watchdog/watchdog0/timeout", "10\n");
        DeviceProfile profile = ShippedProfile.Named("raspberry-pi-5");

        Finding[] findings =
        [
            .. BoardChecks.Of(_machine.Files, profile, profile, Architecture.Arm64),
            .. PeripheralChecks.Watchdog(_machine.Files, profile),
            .. PeripheralChecks.Buses(_machine.Files, profile, new Dictionary<string, string> { ["/dev/gpiochip4"] = "pinctrl-rp1" }),
        ];

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
            _machine.Write("dev/watchdog0", "");
            _machine.Write("sys/class/watchdog/watchdog0/state", state);
        }

        Finding finding = Assert.Single(PeripheralChecks.Watchdog(_machine.Files, ShippedProfile.Named("raspberry-pi-4")));

        Assert.Equal((FindingLevel)level, finding.Level);
        Assert.Contains(remedy ?? "", finding.Remedy ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_bus_that_is_not_there_is_told_once()
    {
        DeviceProfile profile = ShippedProfile.Named("rock-5b");

        IReadOnlyList<string> told = [.. PeripheralChecks.Buses(_machine.Files, profile, new Dictionary<string, string>()).Select(finding => finding.Found)];

        Assert.Equal(profile.Buses.Count, told.Count);
        Assert.Contains("uart2 (/dev/ttyS2) is not there", told);
    }

    public void Dispose() => _machine.Dispose();
}
