using System.Globalization;
using System.Runtime.InteropServices;

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
        string model = files.Value("proc/cpuinfo", "model name") ?? files.Value("proc/cpuinfo", "Model") ?? "unnamed";
        string board = files.Board();
        yield return Finding.Ok(
            "processor", $"{model}{(board.Length == 0 ? "" : $", {board}")}, {cores} core{(cores == 1 ? "" : "s")} for this process");
        string flags = files.Value("proc/cpuinfo", architecture == Architecture.X64 ? "flags" : "Features") ?? "";
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
    public static IEnumerable<Finding> Thermal(MachineFiles files)
    {
        int zones = 0;
        foreach (string zone in files.Entries("sys/class/thermal", "thermal_zone"))
        {
            if (files.Number($"{zone}/temp") is not long milli)
            {
                continue;
            }

            zones++;
            string name = files.Text($"{zone}/type") ?? zone[(zone.LastIndexOf('/') + 1)..];
            string celsius = string.Create(CultureInfo.InvariantCulture, $"{name} {milli / 1000.0:0.0} Cel");
            yield return milli >= HotCelsius * 1000
                ? Finding.Warning("thermal", $"{celsius}: most boards slow down from here on", "improve the cooling, or lower the rate of the costly models")
                : Finding.Ok("thermal", celsius);
        }

        if (zones == 0)
        {
            yield return Finding.Ok("thermal", "no thermal zone, as in virtual machines");
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

    /// <summary>Memory that is left, and swap.</summary>
    public static IEnumerable<Finding> Memory(MachineFiles files)
    {
        if (Kilobytes(files, "MemAvailable") is not long available || Kilobytes(files, "MemTotal") is not long total)
        {
            yield return Finding.Warning("memory", "/proc/meminfo does not say how much there is", "mount /proc, then ask again");
            yield break;
        }

        string found = string.Create(CultureInfo.InvariantCulture, $"{available / 1048576} MiB available of {total / 1048576} MiB");
        yield return available < LittleMemory ? Finding.Problem("memory", found, "stop other programs: the library alone needs 40 MiB")
            : available < ScarceMemory ? Finding.Warning("memory", found, "an update holds two models for a while; stop other programs")
            : Finding.Ok("memory", found);
        if (Kilobytes(files, "SwapTotal") is long swap and > 0)
        {
            yield return Finding.Warning(
                "memory", string.Create(CultureInfo.InvariantCulture, $"{swap / 1048576} MiB of swap: a page of the path that was swapped out costs milliseconds"),
                "swapoff, or \"lock_memory\": \"touched\" in the profile's realtime object");
        }
    }

    private static long? Kilobytes(MachineFiles files, string name) =>
        files.Value("proc/meminfo", name) is string text && long.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * 1024
            : null;
}
