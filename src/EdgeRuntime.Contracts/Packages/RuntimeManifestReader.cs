using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Reads what a manifest of the kind <c>runtime</c> has beside what all have.</summary>
internal static class RuntimeManifestReader
{
    public static RuntimeManifest Read(JsonObjectReader root, ManifestHead head) => new(head, root.RequiredString("program", PackageNames.Path))
    {
        Soak = root.Object("soak", ReadSoak),
    };

    /// <summary>Files that the package must have and does not list, a sentence each.</summary>
    public static IEnumerable<string> MissingFiles(RuntimeManifest manifest)
    {
        if (!ManifestReader.Lists(manifest, manifest.Program))
        {
            yield return $"'{manifest.Program}' is not listed, and 'program' says that it is what is started"
                + Spelling.Hint(manifest.Program, manifest.Files.Select(file => file.Path));
        }
    }

    private static RuntimeSoakSpec ReadSoak(JsonObjectReader soak)
    {
        RuntimeSoakSpec usual = new();
        return new RuntimeSoakSpec
        {
            Seconds = soak.Double("seconds", usual.Seconds, 1, 86_400),
            AnswerSeconds = soak.Double("answer_seconds", usual.AnswerSeconds, 1, 3_600),
        };
    }
}
