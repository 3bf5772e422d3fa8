using System.Runtime.InteropServices;
using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Device.Tests.Diagnosis;

/// <summary>Machines that are not this one, as trees of the kernel's files. Flags: /proc/cpuinfo of the processors named.</summary>
public sealed class MachineChecksTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edge-doctor-").FullName;

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
        Write("sys/class/thermal/thermal_zone0/type", "cpu-thermal");
        Write("sys/class/thermal/thermal_zone0/temp", "84200");
        Write("sys/class/thermal/cooling_device0/type", "cpufreq-cpu0");
        Write("sys/class/thermal/cooling_device0/cur_state", "3");

        Finding[] findings = [.. MachineChecks.Thermal(new MachineFiles(_root))];

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
        Write("proc/meminfo", $"MemTotal:       1000000 kB\nMemAvailable:   {availableKb} kB\nSwapTotal:  {swapKb} kB\n");

        Assert.Equal((FindingLevel)worst, MachineChecks.Memory(new MachineFiles(_root), new ControlGroup(null, null, null)).Max(finding => finding.Level));
    }

    [Fact]
    public void A_clock_that_is_neither_set_nor_kept_is_told_with_what_to_do()
    {
        Write("sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet");

        Finding[] findings = [.. MachineChecks.Clock(new MachineFiles(_root), synchronized: false)];

        Assert.Equal(3, findings.Length);
        Assert.All(findings, finding => Assert.True(finding.Level == FindingLevel.Warning && finding.Remedy is not null));
    }

    [Fact]
    public void A_machine_without_any_of_the_files_is_looked_at_without_a_fault()
    {
        MachineFiles empty = new(_root);

        Assert.NotEmpty(MachineChecks.Processor(empty, Architecture.Arm64, 4));
        Assert.Single(MachineChecks.Thermal(empty));
        Assert.Equal(FindingLevel.Warning, Assert.Single(MachineChecks.Memory(empty, ControlGroup.Of(empty))).Level);
    }

    [Fact]
    public void A_governor_that_saves_power_is_told()
    {
        Write("sys/devices/system/cpu/possible", "0-3");
        Write("proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd asimddp\n");
        Write("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "ondemand\n");

        Finding[] findings = [.. MachineChecks.Processor(new MachineFiles(_root), Architecture.Arm64, 4)];

        Assert.Contains("ondemand", Assert.Single(findings, finding => finding.Area == "governor").Found, StringComparison.Ordinal);
        Assert.DoesNotContain(findings, finding => finding.Area == "onnxruntime");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string text)
    {
        string full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
