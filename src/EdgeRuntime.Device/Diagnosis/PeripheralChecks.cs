using System.Globalization;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What is connected to the processor: the watchdog and the buses that the profile states, and the rights of this user.</summary>
internal static class PeripheralChecks
{
    private static readonly (string Beginning, string Group)[] Groups =
    [
        ("gpiochip", "gpio"), ("i2c-", "i2c"), ("spidev", "spi"), ("iio:device", "iio"), ("video", "video"),
    ];

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
    /// <param name="chips">Labels of the GPIO chips, by device.</param>
    public static IEnumerable<Finding> Buses(MachineFiles files, DeviceProfile profile, IReadOnlyDictionary<string, string> chips)
    {
        List<string> there = [];
        foreach (BoardBus bus in profile.Buses)
        {
            string? device = bus.Label is not null ? chips.FirstOrDefault(chip => chip.Value == bus.Label).Key : bus.Device;
            if (device is not null && files.Has(device[1..]))
            {
                int lines = profile.Pins.Count(pin => pin.Chip == bus.Name);
                there.Add($"{bus.Name} {device}{(lines > 0 ? $" with {lines} pins" : "")}");
            }
            else
            {
                yield return Finding.Ok("buses", $"{bus.Name} ({bus.Device ?? bus.Label}) is not there{(bus.Needs is null ? "" : $"; who needs it: {bus.Needs}")}");
            }
        }

        if (there.Count > 0)
        {
            yield return Finding.Ok("buses", string.Join(", ", there));
        }
    }

    /// <summary>Whether this user may use the buses and pins that are there, whatever the profile says of them.</summary>
    public static IEnumerable<Finding> Permissions(MachineFiles files)
    {
        foreach ((string beginning, string group) in Groups)
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
}
