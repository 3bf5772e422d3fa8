using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Device.Tests.Diagnosis;

/// <summary>
/// The shipped profiles against boards as their kernels show them: /proc/cpuinfo of a Raspberry Pi 4 and 5 and of a Rock 5B, part
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

    [Fact]
    public void The_profiles_own_trip_decides_when_a_board_is_too_hot()
    {
        Pi("raspberrypi,5-model-b", "0xd0b", Pi5Features, 8_255_872);
        _machine.Write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
        _machine.Write("sys/class/thermal/thermal_zone0/temp", "81000\n");

        Finding heat = Findings("raspberry-pi-5").Single(finding => finding.Area == "thermal");

        Assert.Equal(FindingLevel.Warning, heat.Level);
        Assert.Contains("above 80 Cel", heat.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_that_is_not_built_in_is_told()
    {
        DeviceProfile profile = Profile("jetson-orin-nano");

        Finding[] findings =
            [.. BoardChecks.Of(_machine.Files, profile, Architecture.Arm64, ["CPUExecutionProvider"])];

        Assert.Contains(findings, finding => finding.Found.Contains("prefers tensorrt, cuda", StringComparison.Ordinal));
        Assert.DoesNotContain(
            BoardChecks.Of(_machine.Files, profile, Architecture.Arm64, ["TensorrtExecutionProvider", "CUDAExecutionProvider"]),
            finding => finding.Found.Contains("prefers", StringComparison.Ordinal));
    }

    [Fact]
    public void Arm_cores_are_named_though_the_kernel_gives_only_numbers()
    {
        _machine.Write(
            "proc/cpuinfo",
            string.Concat(Enumerable.Repeat(Core("0xd05", Pi5Features), 4)) + string.Concat(Enumerable.Repeat(Core("0xd0b", Pi5Features), 4)));

        Finding processor = MachineChecks.Processor(_machine.Files, Architecture.Arm64, 8).First();

        Assert.StartsWith("4 Cortex-A55, 4 Cortex-A76", processor.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kernels_own_trip_point_is_taken_where_there_is_one()
    {
        _machine.Write("sys/class/thermal/thermal_zone0/type", "soc\n");
        _machine.Write("sys/class/thermal/thermal_zone0/temp", "72000\n");
        _machine.Write("sys/class/thermal/thermal_zone0/trip_point_0_type", "critical\n");
        _machine.Write("sys/class/thermal/thermal_zone0/trip_point_0_temp", "115000\n");
        _machine.Write("sys/class/thermal/thermal_zone0/trip_point_1_type", "passive\n");
        _machine.Write("sys/class/thermal/thermal_zone0/trip_point_1_temp", "70000\n");

        Finding heat = Assert.Single(MachineChecks.Thermal(_machine.Files));

        Assert.True(heat.Level == FindingLevel.Warning && heat.Found.Contains("from 70 Cel on", StringComparison.Ordinal), heat.Found);
    }

    [Fact]
    public void A_supply_that_is_too_weak_is_a_problem()
    {
        _machine.Write("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
        _machine.Write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");

        Finding finding = Assert.Single(MachineChecks.Power(_machine.Files, Profile("raspberry-pi-4").Power));

        Assert.Equal(FindingLevel.Problem, finding.Level);
        Assert.Contains("5.1 V that can give 3 A", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_core_of_the_path_that_others_may_use_is_told_though_another_is_isolated()
    {
        _machine.Write("sys/devices/system/cpu/isolated", "1-2\n");
        DeviceProfile profile = Profile("raspberry-pi-5");

        Finding finding = Assert.Single(SetupChecks.Cores(_machine.Files, profile));
        Assert.Contains("isolcpus=3", finding.Remedy, StringComparison.Ordinal);

        _machine.Write("sys/devices/system/cpu/isolated", "1,3\n");
        Assert.Empty(SetupChecks.Cores(_machine.Files, profile));
    }

    [Fact]
    public void What_the_running_device_takes_is_held_against_the_profiles_limit()
    {
        DeviceProfile profile = Profile("raspberry-pi-5") with { Limits = new DeviceLimits { ResidentBytesMax = 64 << 20, CpuCoresMax = 2 } };
        ControlGroup none = new(null, null, null);

        Assert.All(SetupChecks.Budgets(profile, 4, none, 60 << 20), finding => Assert.Equal(FindingLevel.Ok, finding.Level));
        Assert.Contains(SetupChecks.Budgets(profile, 4, none, 65 << 20), finding => finding.Level == FindingLevel.Problem);
        Assert.Equal(
            2, SetupChecks.Budgets(profile, 4, new ControlGroup(32 << 20, 0, 0.5), null).Count(finding => finding.Level == FindingLevel.Warning));
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
        [.. BoardChecks.Of(_machine.Files, Profile(profile), Architecture.Arm64, ["CPUExecutionProvider"])];

    private static DeviceProfile Profile(string name)
    {
        Mistakes mistakes = new();
        DeviceProfile? profile = DeviceProfile.Inspect(name, [Path.GetFullPath(Path.Combine(Here(), "../../../device-profiles"))], mistakes);
        Assert.Empty(mistakes.Lines());
        return profile!;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
