using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// What a package of the kind <c>config</c> brings: <c>configuration.json</c>, whose members take the place of those of the same name
/// in a device's own file.
/// </summary>
/// <remarks>
/// What makes a device itself, and what its owner alone decides, is refused by name. Whether the rest is right only the device can
/// tell, whose file it is laid over.
/// </remarks>
public static class ConfigurationOverlay
{
    /// <summary>File name in a package.</summary>
    public const string FileName = "configuration.json";

    private const string Identity = "makes the device the one that it is; no package can change it";
    private const string Owner = "is the owner's word on what packages may do here; no package can change it";
    private const string AtStart = "is only read at start, where no trial could judge it; no package can change it";

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["device"] = Identity,
        ["state_dir"] = Identity,
        ["link"] = Identity,
        ["device_key_file"] = Identity,
        ["encrypt_at_rest"] = Owner,
        ["trust"] = Owner,
        ["updates"] = Owner,
        ["transfer"] = Owner,
        ["profile"] = AtStart,
    };

    /// <summary>Reads an overlay with all that is wrong with it wherever it is laid.</summary>
    /// <param name="name">What mistakes call the file.</param>
    /// <returns>Its members, or null when there are mistakes.</returns>
    public static JsonValue? Read(ReadOnlySpan<byte> utf8, Mistakes mistakes, string name = FileName)
    {
        int before = mistakes.Found;
        JsonValue? root = JsonFile.Parse(utf8, name, mistakes);
        if (root is null)
        {
            return null;
        }

        JsonObjectReader.Read(root, "", mistakes, Check);
        return mistakes.Found == before ? root : null;
    }

    /// <summary>Lays an overlay over a device's own file. Every value keeps its own file and place.</summary>
    public static JsonValue Over(JsonValue overlay, JsonValue own) =>
        overlay.Members.Aggregate(own, (merged, member) => merged.With(member.Name, member.Value));

    private static bool Check(JsonObjectReader root)
    {
        root.IgnoreUnknown();
        bool any = false;
        foreach (string member in root.Names)
        {
            any = true;
            if (Refused.TryGetValue(member, out string? why))
            {
                root.Mistake(member, why);
            }
        }

        if (!any)
        {
            root.Mistake("changes nothing: it has no member");
        }

        return any;
    }
}
