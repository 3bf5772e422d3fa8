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
        // One that is not there is refused, which is told with the other settings.
        IReadOnlyList<int> here = CoreList.Parse(files.Text("sys/devices/system/cpu/present"));
        int[] shared = [.. profile.RealTime.Cores.Where(core => here.Count == 0 || here.Contains(core))
            .Except(CoreList.Parse(files.Text("sys/devices/system/cpu/isolated")))];
        if (shared.Length > 0)
        {
            string names = string.Join(',', shared);
            yield return Finding.Warning(
                "realtime", $"core {names} is the path's, but other programs may run there",
                $"isolcpus={names} nohz_full={names} on the kernel's command line, or AllowedCPUs= for the other slices");
        }
    }

    /// <summary>Whether every thread of an operator has a core: one of the path's where the profile names them, else one of the machine's.</summary>
    /// <param name="cores">Cores that this process may use.</param>
    public static Finding Threads(DeviceProfile profile, int cores)
    {
        int threads = profile.Inference.IntraOpThreads;
        int named = profile.RealTime.Cores.Count;
        (int room, string whose) = named > 0 && named <= cores ? (named, " of the path") : (cores, "");
        string found = $"{threads} thread{(threads == 1 ? "" : "s")} in an operator, {room} core{(room == 1 ? "" : "s")}{whose}";
        return threads <= room
            ? Finding.Ok("threads", found)
            : Finding.Warning(
                "threads", $"{found}: threads that wait for each other's core cost latency",
                whose.Length > 0 ? "name as many cores in realtime.cores as inference.intra_op_threads, or lower that" : "lower inference.intra_op_threads");
    }

    /// <summary>What the profile lets the process use, against what it may have and what a device that runs here uses.</summary>
    /// <param name="cores">Cores that this process may use.</param>
    /// <param name="resident">Resident memory of the device that runs here; null when none does.</param>
    public static IEnumerable<Finding> Limits(DeviceLimits limits, int cores, ControlGroup group, long? resident)
    {
        double allowed = Math.Min(cores, group.Cores ?? cores);
        if (limits.CpuCoresMax > allowed)
        {
            yield return Finding.Warning(
                "limits", string.Create(CultureInfo.InvariantCulture, $"limits.cpu_cores_max is {limits.CpuCoresMax:0.##}, and this process may have {allowed:0.##}: it is never passed"),
                "lower it, or give the process more cores");
        }

        if (limits.ResidentBytesMax is not long bytes)
        {
            yield break;
        }

        string limit = string.Create(CultureInfo.InvariantCulture, $"limits.resident_bytes_max is {bytes >> 20} MiB");
        if (bytes > group.MemoryBytes)
        {
            yield return Finding.Warning("limits", $"{limit}, more than the control group allows", "lower it, or raise MemoryMax= of the unit");
        }

        if (resident is long used)
        {
            string found = string.Create(CultureInfo.InvariantCulture, $"the device that runs here takes {used >> 20} MiB, {limit}");
            yield return used > bytes
                ? Finding.Problem("limits", found, "serve fewer or smaller models, or raise the limit")
                : Finding.Ok("limits", found);
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
}
