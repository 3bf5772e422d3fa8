using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>Which program is installed, which serves, and whether one that comes as a package could be started here.</summary>
internal static class RuntimeChecks
{
    /// <summary>Looks.</summary>
    /// <param name="program">Path of the installed program.</param>
    /// <param name="installed">Version of the installed program.</param>
    public static IEnumerable<Finding> Of(MachineFiles files, DeviceConfiguration configuration, string program, string installed)
    {
        string stateDirectory = configuration.StateDirectory;
        yield return Finding.Ok("runtime", $"{installed} is installed, {program}");
        if (configuration.Updates.Runtime is not string line)
        {
            yield break;
        }

        if (MountPoint.Of(files, stateDirectory) is { IsNoExec: true } mount)
        {
            yield return Finding.Problem(
                "runtime", $"{stateDirectory} lies on {mount.Path}, which is mounted noexec: no program from a package can be started",
                "mount it with exec, or give the device a state_dir elsewhere");
        }

        if (Directory.Exists(stateDirectory))
        {
            yield return State(line, configuration, installed);
        }
    }

    private static Finding State(string line, DeviceConfiguration configuration, string installed)
    {
        try
        {
            LineState? state = RuntimePointer.Read(
                DeviceStorage.ToRead(new FileDisk(configuration.StateDirectory), configuration.DeviceKeyFile), line, out string? damage);
            return damage is null
                ? Finding.Ok("runtime", $"{line}: {RuntimePointer.Tell(state, installed)}")
                : Finding.Problem("runtime", damage, "start the device: it takes the pointer before, or the installed program");
        }
        catch (IOException failed)
        {
            return Finding.Problem("runtime", $"{configuration.StateDirectory} cannot be read: {failed.Message}", "mend the disk, or correct state_dir");
        }
    }
}
