using System.Globalization;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>Room, rights and kind of what the state directory lies on.</summary>
internal static class DiskChecks
{
    /// <summary>Room and rights of the state directory.</summary>
    public static IEnumerable<Finding> Room(string stateDirectory, DeviceProfile profile)
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

    /// <summary>What the profile says of the disk under the state directory: its kind, and how to treat it.</summary>
    public static IEnumerable<Finding> Storage(MachineFiles files, DeviceProfile profile, string stateDirectory)
    {
        string? device = MountPoint.Of(files, stateDirectory)?.Device;
        StorageFacts? storage = profile.Storage.FirstOrDefault(storage => storage.Device is string disk && device?.StartsWith(disk, StringComparison.Ordinal) == true);
        if (storage is not null)
        {
            yield return Finding.Ok("disk", $"the state directory is on {device}, {storage.Kind}{(storage.Advice is null ? "" : $": {storage.Advice}")}");
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
