using System.Globalization;
using System.Net.Sockets;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What this device's own files ask for, tried on this machine.</summary>
internal static class SetupChecks
{
    private static readonly TimeSpan BrokerPatience = TimeSpan.FromSeconds(3);

    private static readonly (string Beginning, string Group)[] Buses =
    [
        ("gpiochip", "gpio"), ("i2c-", "i2c"), ("spidev", "spi"), ("iio:device", "iio"), ("video", "video"),
    ];

    /// <summary>Room and rights of the state directory.</summary>
    public static IEnumerable<Finding> Disk(string stateDirectory, DeviceProfile profile)
    {
        string? there = stateDirectory;
        while (there is not null && !Directory.Exists(there))
        {
            there = Path.GetDirectoryName(there);
        }

        if (there is null || File.Exists(stateDirectory))
        {
            yield return Finding.Problem("disk", $"{stateDirectory} is not a directory", "correct state_dir in the configuration");
            yield break;
        }

        yield return Written(there) is string objection
            ? Finding.Problem("disk", $"{there} cannot be written: {objection}", "give it to the user of the service, or correct state_dir (StateDirectory= of the unit)")
            : Finding.Ok("disk", $"{stateDirectory} can be written");
        long free = new DriveInfo(there).AvailableFreeSpace;

        // Two slots and the one that arrives.
        long needed = profile.DiskReserveBytes + (3 * profile.PackageBytesMax);
        string room = string.Create(CultureInfo.InvariantCulture, $"{free / 1048576} MiB free, {needed / 1048576} MiB wanted for two slots and an update of the largest size");
        yield return free < profile.DiskReserveBytes ? Finding.Problem("disk", room, "make room, or updates are refused")
            : free < needed ? Finding.Warning("disk", room, "make room, or lower limits.package_bytes_max in the profile")
            : Finding.Ok("disk", room);
    }

    /// <summary>Buses and pins that are there, and whether this user may use them.</summary>
    public static IEnumerable<Finding> Permissions(MachineFiles files)
    {
        foreach ((string beginning, string group) in Buses)
        {
            IReadOnlyList<string> nodes = files.Entries("dev", beginning);
            if (nodes.Count == 0)
            {
                continue;
            }

            string[] closed = [.. nodes.Where(node => !Kernel.MayReadAndWrite($"/{node}"))];
            yield return closed.Length == 0
                ? Finding.Ok("permissions", $"{string.Join(", ", nodes)} can be used")
                : Finding.Warning(
                    "permissions", $"{string.Join(", ", closed)} may not be used by this user",
                    $"add the user to the group that owns it, usually {group} (SupplementaryGroups={group} in a drop-in of the unit)");
        }
    }

    /// <summary>Applies the profile's real-time settings to a thread made for it, and says what the kernel answered.</summary>
    public static IEnumerable<Finding> RealTime(MachineFiles files, RealTimeOptions options)
    {
        ThreadPlacement placement = new(options);
        Thread thread = new(() =>
        {
            placement.EnterProcess();
            placement.EnterPath(reads: true);
        });
        thread.Start();
        thread.Join();
        foreach (RealTimeSetting setting in placement.Report.Settings)
        {
            yield return setting.Granted
                ? Finding.Ok("realtime", $"{setting.Name}: {setting.Detail}")
                : Finding.Problem("realtime", $"{setting.Name} is asked for by the profile and refused", setting.Detail);
        }

        if (options.Scheduler != PathScheduler.Fifo)
        {
            yield break;
        }

        yield return files.Text("sys/kernel/realtime") == "1"
            ? Finding.Ok("realtime", "the kernel is PREEMPT_RT")
            : Finding.Warning("realtime", "the kernel is not PREEMPT_RT: a path can still wait for a driver", "install the rt kernel of the distribution where 100 µs matter");
        if (files.Number("proc/sys/kernel/sched_rt_runtime_us") == -1)
        {
            yield return Finding.Warning(
                "realtime", "real-time threads may take a core wholly: a path that never waits stops everything else on it",
                "sysctl kernel.sched_rt_runtime_us=950000, unless the path's core is isolated and it is known to wait");
        }
        else if (files.Number("proc/sys/kernel/sched_rt_runtime_us") is long runtime and > 0
            && files.Number("proc/sys/kernel/sched_rt_period_us") is long period and > 0)
        {
            yield return Finding.Ok(
                "realtime", string.Create(CultureInfo.InvariantCulture, $"real-time threads get at most {100 * runtime / period} % of a core (sched_rt_runtime_us)"));
        }

    }

    /// <summary>Whether the path's cores are its own.</summary>
    public static IEnumerable<Finding> Cores(MachineFiles files, DeviceProfile profile)
    {
        IReadOnlyList<int> asked = profile.RealTime.Cores;
        int[] shared = [.. asked.Except(CoreList.Parse(files.Text("sys/devices/system/cpu/isolated")))];
        if (shared.Length > 0)
        {
            string names = string.Join(',', shared);
            yield return Finding.Warning(
                "realtime", $"core {names} is the path's, but other programs may run there",
                $"isolcpus={names} nohz_full={names} on the kernel's command line, or AllowedCPUs= for the other slices");
        }

        if (asked.Count > 0 && profile.Inference.IntraOpThreads > asked.Count)
        {
            yield return Finding.Warning(
                "realtime", $"{profile.Inference.IntraOpThreads} threads of an operator share {asked.Count} core{(asked.Count == 1 ? "" : "s")} of the path",
                "name as many cores in realtime.cores as inference.intra_op_threads, or lower that");
        }
    }

    /// <summary>What the profile lets the process use, against what there is and what a device that runs here uses.</summary>
    /// <param name="resident">Resident memory of the device that runs here; null when none does.</param>
    public static IEnumerable<Finding> Budgets(DeviceProfile profile, int cores, ControlGroup group, long? resident)
    {
        int threads = profile.Inference.IntraOpThreads;
        yield return threads > cores
            ? Finding.Warning(
                "profile", $"{profile.Name} asks for {threads} threads in an operator, and there are {cores} cores",
                "lower inference.intra_op_threads: threads that wait for each other's core cost latency")
            : Finding.Ok("profile", $"{threads} thread{(threads == 1 ? "" : "s")} in an operator, {cores} core{(cores == 1 ? "" : "s")}");
        if (profile.Limits.CpuCoresMax is double most && most > Math.Min(cores, group.Cores ?? cores))
        {
            yield return Finding.Warning(
                "profile", string.Create(CultureInfo.InvariantCulture, $"limits.cpu_cores_max is {most:0.##}, more than this process may have"),
                "lower it, or give the process more cores");
        }

        if (profile.Limits.ResidentBytesMax is not long bytes)
        {
            yield break;
        }

        string limit = string.Create(CultureInfo.InvariantCulture, $"limits.resident_bytes_max is {bytes >> 20} MiB");
        if (bytes > group.MemoryBytes)
        {
            yield return Finding.Warning("profile", $"{limit}, more than the control group allows", "lower it, or raise MemoryMax= of the unit");
        }

        if (resident is long used)
        {
            string found = string.Create(CultureInfo.InvariantCulture, $"the device that runs here takes {used >> 20} MiB, {limit}");
            yield return used > bytes
                ? Finding.Problem("profile", found, "serve fewer or smaller models, or raise the limit")
                : Finding.Ok("profile", found);
        }
    }

    /// <summary>Whether something listens where the broker should be. No more: this device's name may be in use by the device.</summary>
    public static Finding Broker(LinkConfiguration link)
    {
        string address = $"{link.Host}:{link.Port}";
        using TcpClient client = new();
        try
        {
            return client.ConnectAsync(link.Host, link.Port).Wait(BrokerPatience)
                ? Finding.Ok("broker", $"{address} accepts connections")
                : Finding.Warning("broker", $"{address} does not answer within {BrokerPatience.TotalSeconds} s", "look at the network and the firewall; the device serves without");
        }
        catch (AggregateException e) when (e.InnerException is SocketException refused)
        {
            return Finding.Warning("broker", $"{address}: {refused.Message}", "start the broker, or correct link in the configuration; the device serves without");
        }
    }

    private static string? Written(string directory)
    {
        string probe = Path.Combine(directory, $".doctor-{Environment.ProcessId}");
        try
        {
            File.WriteAllBytes(probe, [0]);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
