using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Everything a device is told by files, checked together.</summary>
/// <param name="Configuration">The configuration file.</param>
/// <param name="Sha256">Hash of its bytes, as reported to the fleet.</param>
/// <param name="Profile">The profile it names.</param>
internal sealed record Setup(DeviceConfiguration Configuration, string Sha256, DeviceProfile Profile)
{
    /// <summary>Reads the configuration and its profile with all their mistakes.</summary>
    /// <returns>Null when there was any; then <paramref name="mistakes"/> lists them.</returns>
    public static Setup? Load(string path, Mistakes mistakes)
    {
        if (ConfigurationReader.Load(path, mistakes) is not (DeviceConfiguration configuration, string sha256))
        {
            return null;
        }

        DeviceProfile? profile = DeviceProfile.Load(configuration.Profile, DeviceProfile.Directories(path), mistakes);
        return profile is null ? null : new Setup(configuration, sha256, profile);
    }
}
