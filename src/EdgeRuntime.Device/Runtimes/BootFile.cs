using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Configuration;

namespace EdgeRuntime.Device.Runtimes;

/// <summary>What of the configuration the installed program needs to choose the one that serves.</summary>
/// <remarks>
/// Everything else is passed over, mistakes too: the file may be written for a newer program, and it is that one's to judge it.
/// </remarks>
/// <param name="StateDirectory">Where the slots are.</param>
/// <param name="Runtime">Name of the packages that this device takes its program from.</param>
/// <param name="Keys">Of which one must have signed.</param>
/// <param name="DeviceKeyFile">Of the key that the slots may be encrypted under; null for the one in the state directory.</param>
internal sealed record BootFile(string StateDirectory, string Runtime, IReadOnlyList<VerifyingKey> Keys, string? DeviceKeyFile)
{
    /// <summary>Reads a configuration.</summary>
    /// <param name="objection">Why no package can be chosen although the file names one, as a sentence; else null.</param>
    /// <returns>Null where the device takes no program from packages, or does not say so readably.</returns>
    public static BootFile? Read(string path, out string? objection)
    {
        objection = null;
        Mistakes mistakes = new();
        if (JsonFile.Bytes(path, mistakes) is not byte[] bytes || JsonFile.Parse(bytes, path, mistakes) is not JsonValue root
            || Text(root.Find("updates")?.Value.Find("runtime")?.Value) is not string runtime
            || Text(root.Find("state_dir")?.Value) is not string state)
        {
            // The one that serves reads the file again, and says what is wrong with it.
            return null;
        }

        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        JsonValue? trust = root.Find("trust")?.Value;
        DevelopmentKeys development = trust?.Find("allow_development")?.Value.Text == "true" ? DevelopmentKeys.Allowed : DevelopmentKeys.Refused;
        List<VerifyingKey> keys = [];
        foreach (JsonValue file in trust?.Find("release_keys")?.Value.Items ?? [])
        {
            try
            {
                keys.AddRange(VerifyingKey.Load(ConfigurationReader.Under(directory, file.Text), development));
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                objection = $"{file.Text}: {e.Message}";
            }
        }

        string? deviceKey = Text(root.Find("device_key_file")?.Value) is string named ? ConfigurationReader.Under(directory, named) : null;
        return new BootFile(ConfigurationReader.Under(directory, state), runtime, keys, deviceKey);
    }

    private static string? Text(JsonValue? value) => value is { Kind: JsonKind.Text, Text.Length: > 0 } ? value.Text : null;
}
