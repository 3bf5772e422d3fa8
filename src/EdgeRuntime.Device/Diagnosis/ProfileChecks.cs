using System.Globalization;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What a profile says of clock, watchdog, buses and storage of the board, held against the kernel's files about this machine.</summary>
internal static class ProfileChecks
{
    /// <summary>What can be looked at of every profile, named in a configuration or found by the board.</summary>
    /// <param name="board">The profile that knows the board this is; null when none does.</param>
    /// <param name="chips">Labels of the GPIO chips, by device.</param>
    public static IEnumerable<Finding> All(MachineFiles files, DeviceProfile profile, DeviceProfile? board, IReadOnlyDictionary<string, string> chips) =>
        [.. Better(files, profile, board), .. Clock(files, profile), .. Watchdog(files, profile), .. Buses(files, profile, chips)];

    /// <summary>Whether another profile knows this very board.</summary>
    public static IEnumerable<Finding> Better(MachineFiles files, DeviceProfile profile, DeviceProfile? board)
    {
        if (BoardProfile.Compatible(files) is [string here, ..] && board?.Compatible.Contains(here) == true && !profile.Compatible.Contains(here))
        {
            yield return Finding.Warning(
                "profile", $"this board calls itself {here}, which the profile {board.Name} knows and {profile.Name} does not", $"\"profile\": \"{board.Name}\" in the configuration");
        }
    }

    /// <summary>Whether the cores run as fast as the profile says.</summary>
    public static IEnumerable<Finding> Clock(MachineFiles files, DeviceProfile profile)
    {
        foreach (CoreGroup group in profile.Cores)
        {
            long? kilohertz = files.Number($"sys/devices/system/cpu/cpu{(group.Numbers.Count > 0 ? group.Numbers[0] : 0)}/cpufreq/cpuinfo_max_freq");
            if (group.ClockHzMax is long stated && kilohertz * 1000 < stated * 0.98)
            {
                yield return Finding.Warning(
                    "profile",
                    string.Create(CultureInfo.InvariantCulture, $"{group.Kind} runs at up to {kilohertz / 1000} MHz here; the board can do {stated / 1_000_000}"),
                    "look at the firmware's settings and the supply; a power mode may hold it back");
            }
        }
    }

    /// <summary>Whether the hardware's watchdog is there, and anybody feeds it.</summary>
    public static IEnumerable<Finding> Watchdog(MachineFiles files, DeviceProfile profile)
    {
        if (profile.Watchdog is not WatchdogFacts watchdog)
        {
            yield break;
        }

        string name = watchdog.Device["/dev/".Length..];
        if (!files.Has($"dev/{name}"))
        {
            yield return Finding.Warning(
                "watchdog", $"{watchdog.Device} is not there: a machine that hangs stays so",
                watchdog.Driver is null ? "load its driver" : $"load its driver, {watchdog.Driver}, or switch it on in the firmware");
            yield break;
        }

        string about = $"{watchdog.Device}{(files.Text($"sys/class/watchdog/{name}/identity") is string identity ? $", {identity}" : "")}";
        string most = watchdog.LongestTimeoutS is double seconds ? string.Create(CultureInfo.InvariantCulture, $" (at most {seconds} s here)") : "";
        yield return files.Text($"sys/class/watchdog/{name}/state") switch
        {
            "inactive" => Finding.Warning(
                "watchdog", $"{about}, is fed by nobody: a machine that hangs stays so", $"RuntimeWatchdogSec=10 in /etc/systemd/system.conf{most}"),
            "active" => Finding.Ok("watchdog", $"{about}, restarts a machine that hangs after {files.Text($"sys/class/watchdog/{name}/timeout") ?? "some"} s"),
            _ => Finding.Ok("watchdog", $"{about}; whether it is fed is not told here{most}"),
        };
    }

    /// <summary>Which of the board's buses are there, and what the others need.</summary>
    public static IEnumerable<Finding> Buses(MachineFiles files, DeviceProfile profile, IReadOnlyDictionary<string, string> chips)
    {
        if (profile.Buses.Count == 0)
        {
            yield break;
        }

        List<string> there = [];
        foreach (BoardBus bus in profile.Buses)
        {
            string? device = bus.Label is not null ? chips.FirstOrDefault(chip => chip.Value == bus.Label).Key : bus.Device;
            if (device is not null && files.Has(device[1..]))
            {
                int lines = profile.Pins.Count(pin => pin.Chip == bus.Name);
                there.Add($"{bus.Name} {device}{(lines > 0 ? $" with {lines} pins" : "")}");
            }
            else if (bus.Needs is not null)
            {
                yield return Finding.Ok("buses", $"{bus.Name} ({bus.Device ?? bus.Label}) is not there; who needs it: {bus.Needs}");
            }
        }

        yield return Finding.Ok("buses", there.Count == 0 ? "none of the board's buses can be seen" : string.Join(", ", there));
    }

    /// <summary>What the state directory lies on, and how to treat it.</summary>
    public static IEnumerable<Finding> Storage(MachineFiles files, DeviceProfile profile, string stateDirectory)
    {
        string? device = DeviceOf(files, stateDirectory);
        StorageFacts? storage = profile.Storage.FirstOrDefault(storage => storage.Device is string disk && device?.StartsWith(disk, StringComparison.Ordinal) == true);
        if (storage is not null)
        {
            yield return Finding.Ok("disk", $"the state directory is on {device}, {storage.Kind}{(storage.Advice is null ? "" : $": {storage.Advice}")}");
        }
    }

    // The mount point that is the longest beginning of the path; "36 35 98:0 /root /mnt opts - ext4 /dev/sda1 opts".
    private static string? DeviceOf(MachineFiles files, string path)
    {
        string? device = null;
        int longest = -1;
        foreach (string line in (files.Text("proc/self/mountinfo") ?? "").Split('\n'))
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-");
            string point = words.Length > 4 ? words[4] : "";
            bool holds = point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);
            if (dash > 0 && dash + 2 < words.Length && point.Length > 0 && holds && point.Length >= longest)
            {
                longest = point.Length;
                device = words[dash + 2];
            }
        }

        return device;
    }
}
