namespace EdgeRuntime.Device.Diagnosis;

/// <summary>Names of ARM's cores: /proc/cpuinfo has only their numbers (arch/arm64/include/asm/cputype.h of Linux).</summary>
internal static class ArmCores
{
    private const string Arm = "0x41";

    private static readonly Dictionary<string, string> Parts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["0xd03"] = "Cortex-A53", ["0xd04"] = "Cortex-A35", ["0xd05"] = "Cortex-A55", ["0xd07"] = "Cortex-A57",
        ["0xd08"] = "Cortex-A72", ["0xd09"] = "Cortex-A73", ["0xd0a"] = "Cortex-A75", ["0xd0b"] = "Cortex-A76",
        ["0xd0c"] = "Neoverse-N1", ["0xd0d"] = "Cortex-A77", ["0xd0e"] = "Cortex-A76AE", ["0xd40"] = "Neoverse-V1",
        ["0xd41"] = "Cortex-A78", ["0xd42"] = "Cortex-A78AE", ["0xd44"] = "Cortex-X1", ["0xd46"] = "Cortex-A510",
        ["0xd47"] = "Cortex-A710", ["0xd49"] = "Neoverse-N2", ["0xd4b"] = "Cortex-A78C", ["0xd4d"] = "Cortex-A715",
        ["0xd4f"] = "Neoverse-V2", ["0xd80"] = "Cortex-A520", ["0xd81"] = "Cortex-A720",
    };

    /// <summary>The kinds of cores with their number, such as <c>4 Cortex-A55, 4 Cortex-A76</c>; empty where there is none.</summary>
    public static string Names(MachineFiles files)
    {
        IReadOnlyList<string> makers = files.Values("proc/cpuinfo", "CPU implementer");
        IReadOnlyList<string> parts = files.Values("proc/cpuinfo", "CPU part");
        return string.Join(", ", makers.Zip(parts)
            .Select(core => core.First == Arm && Parts.TryGetValue(core.Second, out string? name) ? name : $"{core.First}:{core.Second}")
            .GroupBy(name => name)
            .Select(kind => $"{kind.Count()} {kind.Key}"));
    }
}
