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

    /// <summary>Everything that the profile states and that can be looked at.</summary>
    /// <param name="providers">Execution providers that ONNX Runtime was built with.</param>
    public static IEnumerable<Finding> Of(MachineFiles files, DeviceProfile profile, Architecture architecture, IReadOnlyList<string> providers)
    {
        List<Finding> differences =
        [
            .. Board(files, profile), .. Instructions(files, profile, architecture), .. Cores(files, profile), .. Memory(files, profile),
        ];
        return
        [
            .. differences.Count == 0
                ? [Finding.Ok("profile", $"{profile.Name}, {profile.Architecture}: nothing that it states of the board is otherwise here")]
                : differences,
            .. Providers(profile, providers),
            .. Heat(files, profile),
        ];
    }

    private static IEnumerable<Finding> Board(MachineFiles files, DeviceProfile profile)
    {
        string[] here = (files.Text("proc/device-tree/compatible") ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        if (profile.Compatible.Count > 0 && here.Length > 0 && !profile.Compatible.Intersect(here).Any())
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

    private static IEnumerable<Finding> Providers(DeviceProfile profile, IReadOnlyList<string> providers)
    {
        string[] built = [.. providers.Select(Short)];
        string[] missing = [.. profile.Inference.Providers.Select(provider => provider.Name)
            .Where(name => providers.Count > 0 && !built.Contains(Short(name), StringComparer.OrdinalIgnoreCase))];
        if (missing.Length > 0)
        {
            yield return Finding.Warning(
                "profile", $"{profile.Name} prefers {string.Join(", ", missing)}, which this ONNX Runtime was built without: models fall back to {string.Join(", ", providers)}",
                "name a library that has it in inference.library, or take it out of inference.providers");
        }

        static string Short(string name) => name.Replace("ExecutionProvider", "", StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<Finding> Heat(MachineFiles files, DeviceProfile profile)
    {
        foreach (ThermalZone zone in profile.Thermal)
        {
            string? here = files.Entries("sys/class/thermal", "thermal_zone").FirstOrDefault(path => files.Text($"{path}/type") == zone.Zone);
            if (here is null || files.Number($"{here}/temp") is not long milli)
            {
                yield return Finding.Ok("thermal", $"the profile's zone {zone.Zone} is not there");
                continue;
            }

            // A fan that starts is as it should be.
            ThermalTrip? passed = zone.Trips.LastOrDefault(trip => trip.Kind != "active" && milli >= trip.Celsius * 1000);
            if (passed is not null)
            {
                string found = string.Create(CultureInfo.InvariantCulture, $"{zone.Zone} is at {milli / 1000.0:0.0} Cel, above {passed.Celsius:0.#} Cel, where this board ");
                yield return passed.Kind == "passive"
                    ? Finding.Warning("thermal", found + "slows down", "improve the cooling, or lower the rate of the costly models")
                    : Finding.Problem("thermal", found + "is about to stop", "improve the cooling");
            }
        }
    }
}
