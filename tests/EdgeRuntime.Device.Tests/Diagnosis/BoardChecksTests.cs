using System.Runtime.InteropServices;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Device.Tests.Configuration;

namespace EdgeRuntime.Device.Tests.Diagnosis;

/// <summary>
/// The shipped profiles against boards as their kernels show them: /proc/cpuinfo of a Raspberry Pi 4 and 5, part
/// numbers from arch/arm64/include/asm/cputype.h.
/// </summary>
public sealed class BoardChecksTests : IDisposable
{
    private const string Pi5Features = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp";
    private const string Pi4Features = "fp asimd evtstrm crc32 cpuid";

    private readonly FakeMachine _machine = new();

    [Fact]
    public void A_profile_of_this_very_board_has_nothing_to_complain_of()
    {
        Pi("raspberrypi,5-model-b", "0xd0b", Pi5Features, 8_255_872);

        IReadOnlyList<Finding> findings = Findings("raspberry-pi-5");

        Assert.All(findings, finding => Assert.Equal(FindingLevel.Ok, finding.Level));
        Assert.Contains(findings, finding => finding.Found.Contains("nothing that it states", StringComparison.Ordinal));
    }

    [Fact]
    public void A_profile_of_another_board_is_told_by_name_instructions_and_memory()
    {
        Pi("raspberrypi,4-model-b", "0xd08", Pi4Features, 2_500_000);

        string[] warnings = [.. Findings("raspberry-pi-5").Where(finding => finding.Level == FindingLevel.Warning).Select(finding => finding.Found)];

        Assert.Contains(warnings, found => found.Contains("this board is raspberrypi,4-model-b", StringComparison.Ordinal));
        Assert.Contains(warnings, found => found.Contains("asimddp", StringComparison.Ordinal));
        Assert.Contains(warnings, found => found.Contains("MiB of memory", StringComparison.Ordinal));
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
        _machine.Write("proc/device-tree/compatible", compatible);
        string[] texts = [.. BoardProfile.Compatible(_machine.Files)];
        DeviceProfile[] all = [.. ProfileFiles.Known([ProfileSchema.Folder]).Where(name => name != "base-linux").Select(ShippedProfile.Named)];

        DeviceProfile? best = BoardProfile.Best(texts, all);

        Assert.Equal(expected, best?.Name);
    }

    [Fact]
    public void The_profile_that_knows_the_board_is_named_and_no_other()
    {
        _machine.Write("proc/device-tree/compatible", "raspberrypi,4-model-b\0brcm,bcm2711\0");
        DeviceProfile board = ShippedProfile.Named("raspberry-pi-4");

        Finding generic = Assert.Single(BoardChecks.Identity(_machine.Files, ShippedProfile.Named("linux-arm64"), board));

        Assert.Contains("raspberry-pi-4", generic.Remedy, StringComparison.Ordinal);
        Assert.Empty(BoardChecks.Identity(_machine.Files, board, board));
        Assert.Empty(BoardChecks.Identity(_machine.Files, ShippedProfile.Named("linux-arm64"), ShippedProfile.Named("raspberry-pi-5")));
        Assert.Empty(BoardChecks.Identity(_machine.Files, ShippedProfile.Named("linux-arm64"), null));

        Finding otherBoards = Assert.Single(BoardChecks.Identity(_machine.Files, ShippedProfile.Named("raspberry-pi-5"), board));
        Assert.Contains("raspberry-pi-4", otherBoards.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_below_the_boards_is_told()
    {
        _machine.Write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "1500000\n");

        Finding clock = Assert.Single(BoardChecks.Clocks(_machine.Files, ShippedProfile.Named("raspberry-pi-5")));

        Assert.Contains("up to 1500 MHz here; the board can do 2400", clock.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0-3,6\n", new[] { 0, 1, 2, 3, 6 })]
    [InlineData("", new int[0])]
    [InlineData("5-2,x,-1,7", new[] { 7 })]
    public void Lists_of_cores_are_read_as_the_kernel_writes_them(string text, int[] cores)
    {
        Assert.Equal(cores, CoreList.Parse(text));
    }

    public void Dispose() => _machine.Dispose();

    private static string Core(string part, string features) =>
        $"processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: {features}\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: {part}\n\n";

    private void Pi(string compatible, string part, string features, long totalKb)
    {
        _machine.Write("proc/device-tree/compatible", $"{compatible}\0brcm,bcm27xx\0");
        _machine.Write("proc/cpuinfo", string.Concat(Enumerable.Repeat(Core(part, features), 4)));
        _machine.Write("proc/meminfo", $"MemTotal: {totalKb} kB\nMemAvailable: {totalKb} kB\n");
        _machine.Write("sys/devices/system/cpu/present", "0-3\n");
    }

    private IReadOnlyList<Finding> Findings(string profile) =>
        [.. BoardChecks.Of(_machine.Files, ShippedProfile.Named(profile), null, Architecture.Arm64)];
}
