using System.Globalization;
using System.Runtime.InteropServices;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What a profile says of its board, against the kernel's files about this one.</summary>
internal static class BoardChecks
{
    // Firmware, graphics and the kernel itself take their part of what a board is sold with.
    private const double LeastOfMemory = 0.7;
    private const double MostOfMemory = 1.02;

    /// <summary>Every difference, or that there is none.</summary>
    /// <param name="board">The profile that knows the board this is; null when none does.</param>
    public static IReadOnlyList<Finding> Of(MachineFiles files, DeviceProfile profile, DeviceProfile? board, Architecture architecture)
    {
        List<Finding> differences =
        [
            .. Identity(files, profile, board), .. Instructions(files, profile, architecture), .. Cores(files, profile), .. Clocks(files, profile),
            .. Memory(files, profile),
        ];
        return differences.Count > 0
            ? differences
            : [Finding.Ok("profile", $"{profile.Name}, {profile.Architecture}: nothing that it states of the board is otherwise here")];
    }

    /// <summary>Whether it is this board's profile, told once: by the one that would be, where there is one.</summary>
    public static IEnumerable<Finding> Identity(MachineFiles files, DeviceProfile profile, DeviceProfile? board)
    {
        IReadOnlyList<string> here = BoardProfile.Compatible(files);
        if (here.Count == 0 || profile.Compatible.Contains(here[0]))
        {
            yield break;
        }

        if (board?.Compatible.Contains(here[0]) == true)
        {
            yield return Finding.Warning(
                "profile", $"this board calls itself {here[0]}, which the profile {board.Name} knows and {profile.Name} does not", $"\"profile\": \"{board.Name}\" in the configuration");
        }
        else if (profile.Compatible.Count > 0 && !profile.Compatible.Intersect(here).Any())
        {
            yield return Finding.Warning(
                "profile", $"{profile.Name} is for {string.Join(" or ", profile.Compatible)}, and this board is {here[0]}",
                "name this board's profile in the configuration; device-profiles/README.md says how one is made");
        }
    }

    private static IEnumerable<Finding> Instructions(MachineFiles files, DeviceProfile profile, Architecture architecture)
    {
        HashSet<string> here = [.. MachineChecks.Flags(files, architecture).Split(' ')];
        string[] missing = [.. profile.InstructionSets.Where(set => !here.Contains(set))];
        if (here.Count > 1 && missing.Length > 0)
        {
            yield return Finding.Warning(
                "profile", $"{profile.Name} states {string.Join(", ", missing)}, which this processor does not have",
                "choose another profile, or correct instruction_sets: packages made for it may be slow here, or refused");
        }
    }

    private static IEnumerable<Finding> Cores(MachineFiles files, DeviceProfile profile)
    {
        IReadOnlyList<int> here = CoreList.Parse(files.Text("sys/devices/system/cpu/present"));
        int[] missing = [.. profile.Cores.SelectMany(group => group.Numbers).Except(here)];
        if (here.Count > 0 && missing.Length > 0)
        {
            yield return Finding.Warning(
                "profile", $"{profile.Name} states core {string.Join(',', missing)}, and there are {files.Text("sys/devices/system/cpu/present")}",
                "choose another profile, or correct cores and realtime.cores");
        }
    }

    /// <summary>Whether the cores run as fast as the profile says.</summary>
    public static IEnumerable<Finding> Clocks(MachineFiles files, DeviceProfile profile)
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

    private static IEnumerable<Finding> Memory(MachineFiles files, DeviceProfile profile)
    {
        if (profile.MemoryBytes.Count > 0 && MachineChecks.Bytes(files, "MemTotal") is long here
            && !profile.MemoryBytes.Any(size => here >= size * LeastOfMemory && here <= size * MostOfMemory))
        {
            yield return Finding.Warning(
                "profile", string.Create(CultureInfo.InvariantCulture, $"{profile.Name} states {string.Join(" or ", profile.MemoryBytes.Select(size => size >> 20))} MiB of memory, and there are {here >> 20}"),
                "choose another profile, or correct memory_bytes");
        }
    }
}
