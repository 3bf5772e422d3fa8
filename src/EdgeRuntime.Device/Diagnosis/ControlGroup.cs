using System.Globalization;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What the control groups around this process allow: containers and MemoryMax= or CPUQuota= of a unit set them.</summary>
/// <param name="MemoryBytes">The tightest limit; null for none.</param>
/// <param name="MemoryLeft">What is left below it, with pages of files that can be given up; null without a limit.</param>
/// <param name="Cores">Processor time of each moment, in cores; null for no limit.</param>
internal sealed record ControlGroup(long? MemoryBytes, long? MemoryLeft, double? Cores)
{
    // Version 1 has no word for "none", only the largest whole number of pages.
    private const long NoLimit = 1L << 60;
    private const int MostLevels = 32;

    /// <summary>Reads the limits of both versions of control groups, on every level up to the root.</summary>
    public static ControlGroup Of(MachineFiles files)
    {
        ControlGroup found = new(null, null, null);
        foreach (string line in (files.Text("proc/self/cgroup") ?? "").Split('\n'))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3)
            {
                continue;
            }

            string[] controllers = parts[1].Split(',');
            if (parts[1].Length == 0)
            {
                found = Levels("sys/fs/cgroup", parts[2]).Aggregate(found, (all, directory) => all.With(Second(files, directory)));
            }
            else if (controllers.Contains("memory"))
            {
                found = Levels("sys/fs/cgroup/memory", parts[2]).Aggregate(found, (all, directory) => all.With(FirstMemory(files, directory)));
            }
            else if (controllers.Contains("cpu"))
            {
                found = Levels($"sys/fs/cgroup/{(files.Has("sys/fs/cgroup/cpu") ? "cpu" : parts[1])}", parts[2])
                    .Aggregate(found, (all, directory) => all.With(FirstCpu(files, directory)));
            }
        }

        return found;
    }

    private ControlGroup With(ControlGroup other) => new(
        Least(MemoryBytes, other.MemoryBytes), Least(MemoryLeft, other.MemoryLeft),
        Cores is double mine && other.Cores is double its ? Math.Min(mine, its) : Cores ?? other.Cores);

    private static long? Least(long? one, long? other) => one is long first && other is long second ? Math.Min(first, second) : one ?? other;

    // The group's own directory and those above it. In a container its own is the root.
    private static IEnumerable<string> Levels(string root, string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int depth = Math.Min(names.Length, MostLevels); depth >= 0; depth--)
        {
            yield return depth == 0 ? root : $"{root}/{string.Join('/', names[..depth])}";
        }
    }

    private static ControlGroup Second(MachineFiles files, string directory)
    {
        long? most = files.Number($"{directory}/memory.max");
        string[] cpu = (files.Text($"{directory}/cpu.max") ?? "").Split(' ');
        return new ControlGroup(
            most,
            most - files.Number($"{directory}/memory.current") + (Statistic(files, directory, "inactive_file") ?? 0),
            cpu.Length == 2 && Whole(cpu[0]) is long quota && Whole(cpu[1]) is long period and > 0 ? (double)quota / period : null);
    }

    private static ControlGroup FirstMemory(MachineFiles files, string directory)
    {
        long? most = files.Number($"{directory}/memory.limit_in_bytes") is long limit and < NoLimit ? limit : null;
        return new ControlGroup(
            most,
            most - files.Number($"{directory}/memory.usage_in_bytes") + (Statistic(files, directory, "total_inactive_file") ?? 0),
            null);
    }

    private static ControlGroup FirstCpu(MachineFiles files, string directory) => new(
        null, null,
        files.Number($"{directory}/cpu.cfs_quota_us") is long quota and > 0 && files.Number($"{directory}/cpu.cfs_period_us") is long period and > 0
            ? (double)quota / period
            : null);

    private static long? Statistic(MachineFiles files, string directory, string name)
    {
        foreach (string line in (files.Text($"{directory}/memory.stat") ?? "").Split('\n'))
        {
            if (line.StartsWith($"{name} ", StringComparison.Ordinal))
            {
                return Whole(line[(name.Length + 1)..]);
            }
        }

        return null;
    }

    private static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
