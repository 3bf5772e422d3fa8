using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads what a manifest of the kind <c>config</c> has beside what all have.</summary>
internal static class ConfigurationManifestReader
{
    public static ConfigurationManifest Read(JsonObjectReader root, ManifestHead head) => new(head)
    {
        Soak = root.Object("soak", ReadSoak),
    };

    /// <summary>Files that the package must have and does not list, a sentence each.</summary>
    public static IEnumerable<string> MissingFiles(ConfigurationManifest manifest)
    {
        if (!ManifestReader.Lists(manifest, ConfigurationOverlay.FileName))
        {
            yield return $"'{ConfigurationOverlay.FileName}' is not listed; it is what the package is about"
                + Spelling.Hint(ConfigurationOverlay.FileName, manifest.Files.Select(file => file.Path));
        }
    }

    private static ConfigurationSoakSpec ReadSoak(JsonObjectReader soak)
    {
        ConfigurationSoakSpec usual = new();
        return new ConfigurationSoakSpec
        {
            Seconds = soak.Double("seconds", usual.Seconds, 1, 86_400),
            MaxDroppedShare = soak.Double("max_dropped_share", usual.MaxDroppedShare, 0, 1),
        };
    }
}
