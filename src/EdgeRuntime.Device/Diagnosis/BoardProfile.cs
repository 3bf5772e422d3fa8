using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>Finds the profile that knows this board, by what its device tree says of itself.</summary>
internal static class BoardProfile
{
    /// <summary>What the device tree says the board is, the most exact first; empty where there is none, as on x64.</summary>
    public static IReadOnlyList<string> Compatible(MachineFiles files) =>
        files.Text("proc/device-tree/compatible")?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The profile of this architecture that names the board most exactly; null when none names it.</summary>
    public static DeviceProfile? Find(MachineFiles files, IReadOnlyList<string> directories)
    {
        IReadOnlyList<string> texts = Compatible(files);
        return texts.Count == 0
            ? null
            : Best(texts, ProfileFiles.Known(directories).Select(name => DeviceProfile.Load(name, directories, new Mistakes())).OfType<DeviceProfile>());
    }

    /// <summary>The profile that shares the most exact text.</summary>
    /// <param name="texts">The board's, the most exact first.</param>
    internal static DeviceProfile? Best(IReadOnlyList<string> texts, IEnumerable<DeviceProfile> profiles)
    {
        DeviceProfile[] all = [.. profiles];
        return texts.Select(text => Array.Find(all, profile => profile.Compatible.Contains(text))).FirstOrDefault(profile => profile is not null);
    }

    /// <summary>The profile of any machine with this processor; null when it is not among the files.</summary>
    public static DeviceProfile? OfArchitecture(IReadOnlyList<string> directories) =>
        DeviceProfile.Load($"linux-{DeviceProfile.Here}", directories, new Mistakes());
}
