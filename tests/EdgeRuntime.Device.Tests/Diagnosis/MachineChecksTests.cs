using System.Runtime.InteropServices;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Device.Tests.Diagnosis;

/// <summary>Machines that are not this one, as trees of the kernel's files. Flags: /proc/cpuinfo of the processors named; numbers of ARM cores: arch/arm64/include/asm/cputype.h.</summary>
public sealed class MachineChecksTests : IDisposable
{
    private readonly FakeMachine _machine = new();

    [Theory]
    [InlineData(Architecture.X64, "sse2 avx avx2 fma", FindingLevel.Warning, "saturate")] // Haswell
    [InlineData(Architecture.X64, "sse2 avx2 avx_vnni", FindingLevel.Ok, "AVX-VNNI")] // Alder Lake N
    [InlineData(Architecture.X64, "avx2 avx512f avx512_vnni", FindingLevel.Ok, "AVX512-VNNI")] // Cascade Lake
    [InlineData(Architecture.X64, "avx2 avx512_vnni amx_int8", FindingLevel.Ok, "AMX")] // Sapphire Rapids
    [InlineData(Architecture.X64, "sse2 ssse3", FindingLevel.Warning, "slower than float")] // Atom before Gracemont
    [InlineData(Architecture.Arm64, "fp asimd evtstrm crc32 cpuid", FindingLevel.Warning, "NEON")] // Cortex-A72, Raspberry Pi 4
    [InlineData(Architecture.Arm64, "fp asimd asimdhp asimddp", FindingLevel.Ok, "dotprod")] // Cortex-A76, Raspberry Pi 5
    [InlineData(Architecture.Arm64, "fp asimd asimddp i8mm", FindingLevel.Ok, "I8MM")] // Cortex-A710
    [InlineData(Architecture.RiscV64, "", FindingLevel.Warning, "nothing is known")]
    public void The_processor_says_which_int8_kernels_are_used(Architecture architecture, string flags, object level, string part)
    {
        Finding finding = Int8Kernels.Judge(architecture, flags.Split(' ').ToHashSet());

        Assert.Equal((FindingLevel)level, finding.Level);
        Assert.Contains(part, finding.Found, StringComparison.Ordinal);
        Assert.Equal(finding.Level != FindingLevel.Ok, finding.Remedy is not null);
    }

    [Fact]
    public void A_board_that_is_hot_and_slowed_down_is_a_problem()
    {
        _machine.Write("sys/class/thermal/thermal_zone0/type", "cpu-thermal");
        _machine.Write("sys/class/thermal/thermal_zone0/temp", "84200");
        _machine.Write("sys/class/thermal/cooling_device0/type", "cpufreq-cpu0");
        _machine.Write("sys/class/thermal/cooling_device0/cur_state", "3");

        Finding[] findings = [.. MachineChecks.Thermal(_machine.Files, [])];

        Assert.Contains(findings, finding => finding.Level == FindingLevel.Warning && finding.Found.Contains("84.2 Cel", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Level == FindingLevel.Problem && finding.Remedy!.Contains("cooling", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(40_000, 0, FindingLevel.Problem)]
    [InlineData(150_000, 0, FindingLevel.Warning)]
    [InlineData(400_000, 0, FindingLevel.Ok)]
    [InlineData(400_000, 100_000, FindingLevel.Warning)]
    public void Memory_is_judged_by_what_is_available_and_by_swap(long availableKb, long swapKb, object worst)
    {
        _machine.Write("proc/meminfo", $"MemTotal:       1000000 kB\nMemAvailable:   {availableKb} kB\nSwapTotal:  {swapKb} kB\n");

        Assert.Equal((FindingLevel)worst, MachineChecks.Memory(_machine.Files, new ControlGroup(null, null, null)).Max(finding => finding.Level));
    }

    [Fact]
    public void A_clock_that_is_neither_set_nor_kept_is_told_with_what_to_do()
    {
        _machine.Write("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet");

        Finding[] findings = [.. MachineChecks.Clock(_machine.Files, synchronized: false)];

        Assert.Equal(3, findings.Length);
        Assert.All(findings, finding => Assert.True(finding.Level == FindingLevel.Warning && finding.Remedy is not null));
    }

    [Fact]
    public void A_machine_without_any_of_the_files_is_looked_at_without_a_fault()
    {
        MachineFiles empty = _machine.Files;

        Assert.NotEmpty(MachineChecks.Processor(empty, Architecture.Arm64, 4));
        Assert.Single(MachineChecks.Thermal(empty, []));
        Assert.Equal(FindingLevel.Warning, Assert.Single(MachineChecks.Memory(empty, ControlGroup.Of(empty))).Level);
    }

    [Fact]
    public void A_governor_that_saves_power_is_told()
    {
        _machine.Write("sys/devices/system/cpu/possible", "0-3");
        _machine.Write("proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd asimddp\n");
        _machine.Write("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "ondemand\n");

        Finding[] findings = [.. MachineChecks.Processor(_machine.Files, Architecture.Arm64, 4)];

        Assert.Contains("ondemand", Assert.Single(findings, finding => finding.Area == "governor").Found, StringComparison.Ordinal);
        Assert.DoesNotContain(findings, finding => finding.Area == "onnxruntime");
    }

    [Fact]
    public void Arm_cores_are_named_though_the_kernel_gives_only_numbers()
    {
        _machine.Write(
            "proc/cpuinfo",
            string.Concat(Enumerable.Repeat(Core("0xd05"), 4)) + string.Concat(Enumerable.Repeat(Core("0xd0b"), 4)));

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

        Finding heat = Assert.Single(MachineChecks.Thermal(_machine.Files, []));

        Assert.True(heat.Level == FindingLevel.Warning && heat.Found.Contains("from 70 on", StringComparison.Ordinal), heat.Found);
    }

    [Fact]
    public void The_profiles_own_trip_decides_when_a_board_is_too_hot()
    {
        _machine.Write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
        _machine.Write("sys/class/thermal/thermal_zone0/temp", "81000\n");

        Finding heat = Assert.Single(MachineChecks.Thermal(_machine.Files, ShippedProfile.Named("raspberry-pi-5").Thermal));

        Assert.Equal(FindingLevel.Warning, heat.Level);
        Assert.Contains("slows down from 80 on", heat.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zone_is_told_once_whether_the_profile_or_the_kernel_knows_its_trips()
    {
        _machine.Write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
        _machine.Write("sys/class/thermal/thermal_zone0/temp", "81000\n");
        ThermalZone[] cooler = [new("cpu-thermal", [new("active", 50), new("passive", 85), new("critical", 110)]), new("gpu-thermal", [new("passive", 80)])];

        Finding[] findings = [.. MachineChecks.Thermal(_machine.Files, cooler)];

        Assert.Equal([FindingLevel.Ok, FindingLevel.Ok], findings.Select(finding => finding.Level));
        Assert.Equal("cpu-thermal 81.0 Cel", findings[0].Found);
        Assert.StartsWith("gpu-thermal", findings[1].Found, StringComparison.Ordinal);
        _machine.Write("sys/class/thermal/thermal_zone0/temp", "111000\n");
        Assert.Equal(FindingLevel.Problem, MachineChecks.Thermal(_machine.Files, cooler).First().Level);
    }

    [Fact]
    public void A_supply_that_is_too_weak_is_a_problem()
    {
        _machine.Write("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
        _machine.Write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");

        Finding finding = Assert.Single(MachineChecks.Power(_machine.Files, ShippedProfile.Named("raspberry-pi-4").Power));

        Assert.Equal(FindingLevel.Problem, finding.Level);
        Assert.Contains("5.1 V that can give 3 A", finding.Remedy, StringComparison.Ordinal);
    }

    public void Dispose() => _machine.Dispose();

    private static string Core(string part) => $"processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: {part}\n\n";
}
