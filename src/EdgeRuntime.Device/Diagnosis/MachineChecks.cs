using System.Globalization;
using System.Runtime.InteropServices;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What the kernel's files say about processor, clock, temperature and memory.</summary>
internal static class MachineChecks
{
    private const int HotCelsius = 80;
    private const long LittleMemory = 64L * 1024 * 1024;
    private const long ScarceMemory = 192L * 1024 * 1024;

    private static readonly string[] SlowClockSources = ["hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"];

    /// <summary>Model, cores and int8 kernels of the processor.</summary>
    public static IEnumerable<Finding> Processor(MachineFiles files, Architecture architecture, int cores)
    {
        string arm = ArmCores.Names(files);
        string model = files.Value("proc/cpuinfo", "model name") ?? (arm.Length > 0 ? arm : "unnamed");
        string board = files.Board();
        yield return Finding.Ok(
            "processor", $"{model}{(board.Length == 0 ? "" : $", {board}")}, {cores} core{(cores == 1 ? "" : "s")} for this process");
        string flags = Flags(files, architecture);
        yield return flags.Length == 0
            ? Finding.Warning("int8", "/proc/cpuinfo does not say what the processor can", "mount /proc, then ask again")
            : Int8Kernels.Judge(architecture, flags.Split(' ').ToHashSet());
        if (!files.Has("sys/devices/system/cpu/possible"))
        {
            yield return Finding.Warning(
                "onnxruntime", "/sys/devices/system/cpu/possible is missing, without which the library has crashed (#10038)",
                "let the container or the sandbox see /sys");
        }

        string[] governors = [.. files.Entries("sys/devices/system/cpu/cpufreq", "policy")
            .Select(policy => files.Text($"{policy}/scaling_governor")).OfType<string>().Distinct()];
        if (governors.Length > 0)
        {
            yield return governors.Any(governor => governor != "performance")
                ? Finding.Warning(
                    "governor", $"the processor's speed is governed by {string.Join(", ", governors)}: a sample after a pause is served slowly",
                    "where latency counts: cpupower frequency-set -g performance")
                : Finding.Ok("governor", "performance");
        }
    }

    /// <summary>The kernel's words for what the processor can, with blanks between; empty where it does not say.</summary>
    public static string Flags(MachineFiles files, Architecture architecture) =>
        files.Value("proc/cpuinfo", architecture == Architecture.X64 ? "flags" : "Features") ?? "";

    /// <summary>Processor time that the control group allows.</summary>
    public static IEnumerable<Finding> Quota(ControlGroup group, int cores)
    {
        if (group.Cores is double allowed)
        {
            string found = string.Create(CultureInfo.InvariantCulture, $"the control group allows {allowed:0.##} cores");
            yield return allowed < cores
                ? Finding.Warning(
                    "processor", $"{found}: a path that has used its share stands still until the next period, up to 100 ms",
                    "raise CPUQuota= of the unit or --cpus of the container, or give whole cores (AllowedCPUs=, --cpuset-cpus)")
                : Finding.Ok("processor", found);
        }
    }

    /// <summary>Whether wall time can be trusted, and what monotonic time costs.</summary>
    public static IEnumerable<Finding> Clock(MachineFiles files, bool synchronized)
    {
        yield return synchronized
            ? Finding.Ok("clock", "synchronized")
            : Finding.Warning("clock", "not synchronized: every message carries that note", "run chrony, systemd-timesyncd or ptp4l");
        if (files.Text("sys/devices/system/clocksource/clocksource0/current_clocksource") is string source)
        {
            yield return SlowClockSources.Contains(source)
                ? Finding.Warning("clock", $"the clock source is {source}: every time stamp costs a microsecond or more", "look in dmesg why the processor's own was rejected")
                : Finding.Ok("clock", $"clock source {source}");
        }

        if (files.Entries("sys/class/rtc", "rtc").Count == 0)
        {
            yield return Finding.Warning(
                "clock", "there is no battery clock: after a power cut time is wrong until the network is there",
                "add one, or order the unit after time-sync.target with a waiting time service");
        }
    }

    /// <summary>Temperatures and whether the processor is slowed down for them.</summary>
    /// <param name="stated">The profile's zones. Its trips are those that the device tells of while it serves, so they go before the kernel's.</param>
    public static IEnumerable<Finding> Thermal(MachineFiles files, IReadOnlyList<ThermalZone> stated)
    {
        HashSet<string> here = [];
        foreach (string directory in files.Entries("sys/class/thermal", "thermal_zone"))
        {
            if (files.Number($"{directory}/temp") is not long milli)
            {
                continue;
            }

            string name = files.Text($"{directory}/type") ?? directory[(directory.LastIndexOf('/') + 1)..];
            here.Add(name);
            ThermalZone zone = stated.FirstOrDefault(zone => zone.Zone == name)
                ?? new ThermalZone(name, [new ThermalTrip("passive", Passive(files, directory) ?? HotCelsius)]);
            yield return zone.Reached(milli / 1000.0) switch
            {
                null => Finding.Ok("thermal", string.Create(CultureInfo.InvariantCulture, $"{name} {milli / 1000.0:0.0} Cel")),
                { Kind: "passive" } trip => Finding.Warning("thermal", zone.Tell(milli / 1000.0, trip), "improve the cooling, or lower the rate of the costly models"),
                ThermalTrip trip => Finding.Problem("thermal", zone.Tell(milli / 1000.0, trip), "improve the cooling"),
            };
        }

        if (here.Count == 0)
        {
            yield return Finding.Ok("thermal", "no thermal zone, as in virtual machines");
        }
        else if (stated.Where(zone => !here.Contains(zone.Zone)).Select(zone => zone.Zone).ToArray() is { Length: > 0 } absent)
        {
            yield return Finding.Ok("thermal", $"{string.Join(", ", absent)} of the profile is not there, so it is not watched");
        }

        string[] active = [.. files.Entries("sys/class/thermal", "cooling_device")
            .Where(device => files.Number($"{device}/cur_state") > 0 && files.Text($"{device}/type")?.Contains("cpu", StringComparison.OrdinalIgnoreCase) == true)];
        long throttled = files.Entries("sys/devices/system/cpu", "cpu").Sum(cpu => files.Number($"{cpu}/thermal_throttle/core_throttle_count") ?? 0);
        if (active.Length > 0)
        {
            yield return Finding.Problem("thermal", "the processor is being slowed down now", "improve the cooling");
        }
        else if (throttled > 0)
        {
            yield return Finding.Warning("thermal", $"the processor was slowed down {throttled} times since it started", "improve the cooling");
        }
    }

    /// <summary>Whether a Raspberry Pi gets enough current: its firmware slows it down or it fails, which looks like anything else.</summary>
    /// <param name="board">What the profile says of the supply.</param>
    public static IEnumerable<Finding> Power(MachineFiles files, PowerFacts board)
    {
        string remedy = board is { SupplyV: double volts, SupplyA: double amperes }
            ? string.Create(CultureInfo.InvariantCulture, $"use a supply of {volts} V that can give {amperes} A, and a short cable")
            : "use a supply and a cable that the board's maker recommends";
        foreach (string sensor in files.Entries("sys/class/hwmon", "hwmon").Where(sensor => files.Text($"{sensor}/name") == "rpi_volt"))
        {
            yield return files.Number($"{sensor}/in0_lcrit_alarm") > 0
                ? Finding.Problem("power", "the supply voltage is or was too low since the last look", remedy)
                : Finding.Ok("power", "the supply voltage is sufficient");
        }
    }

    /// <summary>Memory that is left on the machine and in the control group, and swap.</summary>
    public static IEnumerable<Finding> Memory(MachineFiles files, ControlGroup group)
    {
        if (Bytes(files, "MemAvailable") is not long available || Bytes(files, "MemTotal") is not long total)
        {
            yield return Finding.Warning("memory", "/proc/meminfo does not say how much there is", "mount /proc, then ask again");
            yield break;
        }

        string found = string.Create(CultureInfo.InvariantCulture, $"{available / 1048576} MiB available of {total / 1048576} MiB");
        yield return Room(available, found, "stop other programs");
        if (group is { MemoryBytes: long most, MemoryLeft: long left } && most < total)
        {
            yield return Room(
                left, string.Create(CultureInfo.InvariantCulture, $"{left / 1048576} MiB left of the {most / 1048576} MiB that the control group allows"),
                "raise MemoryMax= of the unit or --memory of the container: the kernel ends the process at that limit");
        }

        if (Bytes(files, "SwapTotal") is long swap and > 0)
        {
            yield return Finding.Warning(
                "memory", string.Create(CultureInfo.InvariantCulture, $"{swap / 1048576} MiB of swap: a page of the path that was swapped out costs milliseconds"),
                "swapoff, or \"lock_memory\": \"touched\" in the profile's realtime object");
        }
    }

    // The lowest temperature at which the kernel slows something down for this zone.
    private static double? Passive(MachineFiles files, string zone) => files.Entries(zone, "trip_point_")
        .Where(path => path.EndsWith("_type", StringComparison.Ordinal) && files.Text(path) == "passive")
        .Select(path => files.Number($"{path[..^"_type".Length]}_temp"))
        .Where(milli => milli > 0)
        .Min() / 1000.0;

    private static Finding Room(long bytes, string found, string remedy) =>
        bytes < LittleMemory ? Finding.Problem("memory", found, $"{remedy}; the library alone needs 40 MiB")
        : bytes < ScarceMemory ? Finding.Warning("memory", found, $"{remedy}; an update holds two models for a while")
        : Finding.Ok("memory", found);

    /// <summary>A figure of /proc/meminfo, bytes; null where it is not there.</summary>
    public static long? Bytes(MachineFiles files, string name) =>
        files.Value("proc/meminfo", name) is string text && long.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * 1024
            : null;
}
