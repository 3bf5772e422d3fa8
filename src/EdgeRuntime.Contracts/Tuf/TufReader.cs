using System.Globalization;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>Longest metadata that is read.</summary>
public sealed record TufLimits
{
    /// <summary>A root, bytes. (default: 512 KiB)</summary>
    public int RootBytes { get; init; } = 512 * 1024;

    /// <summary>A timestamp, bytes. (default: 16 KiB)</summary>
    public int TimestampBytes { get; init; } = 16 * 1024;

    /// <summary>A snapshot, bytes, also when the timestamp claims more. (default: 2 MiB)</summary>
    public int SnapshotBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Targets metadata, bytes, also when the snapshot claims more. (default: 5 MiB)</summary>
    public int TargetsBytes { get; init; } = 5 * 1024 * 1024;

    /// <summary>Roots fetched in one refresh; the next one goes on from there. (default: 256)</summary>
    public int Roots { get; init; } = 256;

    /// <summary>Targets roles asked about one target. (default: 32)</summary>
    public int Delegations { get; init; } = 32;
}

/// <summary>Reads TUF metadata files and finds all their mistakes at once.</summary>
/// <remarks>
/// Members that are not known are passed over and stay covered by the signatures, as the specification wants. Nothing read
/// here is trusted: <see cref="TufMetadata.Lacks"/> says who signed.
/// </remarks>
public static class TufReader
{
    /// <summary>Most signatures of a file, and most keys of one role.</summary>
    public const int MaxSignatures = 64;

    /// <summary>Most keys of one file, and most delegations.</summary>
    public const int MaxKeys = 1024;

    /// <summary>Longest name of a role, as a file name with its characters escaped, bytes.</summary>
    public const int MaxRoleNameBytes = 200;

    /// <summary>Names of the roles that every root has.</summary>
    public static IReadOnlyList<string> TopLevelRoles { get; } = ["root", "timestamp", "snapshot", "targets"];

    private const int MaxDepth = 24;
    private const int MaxPatterns = 4096;
    private const int LargestHash = 128;

    /// <summary>Reads a file of one kind.</summary>
    /// <param name="name">The file's name, for mistakes.</param>
    /// <param name="limit">Longest file, bytes.</param>
    /// <typeparam name="T">Which of the four kinds the file must be.</typeparam>
    /// <returns>The metadata, or null with at least one mistake.</returns>
    public static TufMetadata? Read<T>(ReadOnlySpan<byte> utf8, string name, Mistakes mistakes, int limit)
        where T : TufSignedPart
    {
        int before = mistakes.Found;
        if (JsonFile.Parse(utf8, name, mistakes, new JsonLimits(limit, MaxDepth)) is not JsonValue tree)
        {
            return null;
        }

        (TufSignedPart Signed, IReadOnlyList<TufSignature> Signatures) read =
            JsonObjectReader.Read(tree, "", mistakes, root => (ReadSigned(root, typeof(T)), ReadSignatures(root)));
        byte[]? canonical = tree.Find("signed")?.Value is JsonValue signed ? CanonicalJson.Encode(signed, mistakes) : null;
        return mistakes.Found == before && canonical is not null
            ? new TufMetadata(read.Signed, tree, canonical, read.Signatures)
            : null;
    }

    private static TufSignedPart ReadSigned(JsonObjectReader root, Type kind)
    {
        TufSignedPart signed = root.RequiredObject<TufSignedPart>("signed", signed =>
        {
            TufSignedPart part = kind == typeof(TufRoot) ? ReadRoot(signed)
                : kind == typeof(TufTimestamp) ? ReadTimestamp(signed)
                : kind == typeof(TufSnapshot) ? ReadSnapshot(signed)
                : ReadTargets(signed);
            signed.IgnoreUnknown();
            part = part with
            {
                Version = signed.RequiredLong("version", 1, long.MaxValue),
                Expires = Date(signed, "expires") ?? Missing(signed, "expires"),
                Issued = Date(signed, IssuedMember),
            };
            if (part.Issued > part.Expires && !signed.IsWrong("expires"))
            {
                signed.Mistake(IssuedMember, "is after its own expiry");
            }

            return part;
        });
        root.IgnoreUnknown();
        return signed;
    }

    /// <summary>Name of <see cref="TufSignedPart.Issued"/> in a file.</summary>
    internal const string IssuedMember = "x-edgeruntime-issued";

    /// <summary>How dates are written.</summary>
    internal const string DateForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static List<TufSignature> ReadSignatures(JsonObjectReader root)
    {
        List<TufSignature> signatures = [];
        root.RequiredObjects(
            "signatures",
            signature =>
            {
                string id = signature.RequiredString("keyid");
                JsonValue? value = signature.Value("sig");
                if (value is not { Kind: JsonKind.Text })
                {
                    signature.Mistake("sig", "is missing; it must be a text of hex digits");
                }

                if (signatures.Any(other => other.KeyId == id))
                {
                    signature.Mistake("keyid", "signed a second time; every key id may stand here once");
                }

                // Not hex is only a signature that does not count: keys of other kinds may write theirs otherwise.
                signatures.Add(new TufSignature(id, value is null ? null : Hex(value.Text)));
                signature.IgnoreUnknown();
                return id;
            },
            0,
            MaxSignatures);
        return signatures;
    }

    private static TufRoot ReadRoot(JsonObjectReader signed)
    {
        ReadHead(signed, "root");
        Dictionary<string, TufRole> roles = new(StringComparer.Ordinal);
        signed.RequiredObject("roles", reader =>
        {
            foreach (string name in TopLevelRoles)
            {
                roles[name] = reader.RequiredObject(name, ReadRole);
            }

            reader.IgnoreUnknown();
            return roles;
        });
        return new TufRoot
        {
            Version = 1,
            Expires = default,
            ConsistentSnapshot = signed.Bool("consistent_snapshot", false),
            Keys = ReadKeys(signed),
            Roles = roles,
        };
    }

    private static TufTimestamp ReadTimestamp(JsonObjectReader signed)
    {
        ReadHead(signed, "timestamp");
        MetaFile snapshot = signed.RequiredObject("meta", meta =>
        {
            foreach (string other in meta.Names.Where(name => name != "snapshot.json"))
            {
                meta.Mistake(other, "does not belong in a timestamp, which only tells of snapshot.json");
            }

            return meta.RequiredObject("snapshot.json", ReadMetaFile);
        });
        return new TufTimestamp { Version = 1, Expires = default, Snapshot = snapshot };
    }

    private static TufSnapshot ReadSnapshot(JsonObjectReader signed)
    {
        ReadHead(signed, "snapshot");
        Dictionary<string, MetaFile> files = new(StringComparer.Ordinal);
        signed.RequiredObject("meta", meta =>
        {
            meta.RequiredObject("targets.json", ReadMetaFile);
            foreach (string name in meta.Names)
            {
                files[name] = meta.RequiredObject(name, ReadMetaFile);
            }

            return files;
        });
        return new TufSnapshot { Version = 1, Expires = default, Meta = files };
    }

    private static TufTargets ReadTargets(JsonObjectReader signed)
    {
        ReadHead(signed, "targets");
        Dictionary<string, TargetFile> targets = new(StringComparer.Ordinal);
        signed.RequiredObject("targets", reader =>
        {
            foreach (string path in reader.Names)
            {
                targets[path] = reader.RequiredObject(path, target => ReadTarget(target, path));
            }

            return targets;
        });
        IReadOnlyDictionary<string, TufKey> keys = new Dictionary<string, TufKey>();
        IReadOnlyList<TufDelegation> delegations = [];
        signed.Object("delegations", reader =>
        {
            keys = ReadKeys(reader);
            delegations = reader.RequiredObjects("roles", ReadDelegation, 0, MaxKeys);
            foreach (IGrouping<string, TufDelegation> same in delegations.GroupBy(role => role.Name).Where(same => same.Count() > 1))
            {
                reader.Mistake("roles", $"the role \"{JsonValue.Shortened(same.Key)}\" stands here {same.Count()} times");
            }

            reader.IgnoreUnknown();
            return delegations;
        });
        return new TufTargets
        {
            Version = 1,
            Expires = default,
            Targets = targets,
            DelegatedKeys = keys,
            Delegations = delegations,
        };
    }

    private static void ReadHead(JsonObjectReader signed, string type)
    {
        signed.RequiredString("_type", text => text == type
            ? null
            : $"is \"{JsonValue.Shortened(text)}\" where \"{type}\" is expected");
        signed.RequiredString("spec_version", text => SpecVersion(text)
            ? null
            : $"{JsonValue.Shortened(text)} is not a version of TUF 1, which this program reads");
    }

    private static TargetFile ReadTarget(JsonObjectReader target, string path)
    {
        JsonValue? custom = target.Value("custom");
        TargetFile file = new()
        {
            Path = path,
            Length = target.RequiredLong("length", 0, long.MaxValue),
            Hashes = ReadHashes(target),
            Custom = custom,
            Release = target.Object("custom", ReleaseClaim.Read) ?? ReleaseClaim.None,
        };
        if (file.Hashes.Count == 0 && !target.IsWrong("hashes"))
        {
            target.Mistake("hashes", "is missing; it must be an object with a hash");
        }

        target.IgnoreUnknown();
        return file;
    }

    private static MetaFile ReadMetaFile(JsonObjectReader meta)
    {
        MetaFile file = new()
        {
            Version = meta.RequiredLong("version", 1, long.MaxValue),
            Length = meta.Long("length", 0, long.MaxValue),
            Hashes = ReadHashes(meta),
        };
        meta.IgnoreUnknown();
        return file;
    }

    private static IReadOnlyDictionary<string, string> ReadHashes(JsonObjectReader from) =>
        from.Map("hashes", static (hashes, algorithm) => hashes.RequiredString(algorithm, text =>
            text.Length <= LargestHash && text.All(char.IsAsciiHexDigit) ? null : "is not a hash in hex digits").ToLowerInvariant());

    private static TufRole ReadRole(JsonObjectReader role)
    {
        TufRole read = new() { KeyIds = ReadKeyIds(role), Threshold = role.RequiredInt("threshold", 1, int.MaxValue) };
        role.IgnoreUnknown();
        return read;
    }

    private static TufDelegation ReadDelegation(JsonObjectReader role)
    {
        bool hashed = role.Has("path_hash_prefixes");
        if (hashed && role.Has("paths"))
        {
            role.Mistake("path_hash_prefixes", "stands beside paths; a delegation has one of the two");
        }

        TufDelegation read = new()
        {
            Name = role.RequiredString("name", RoleName),
            KeyIds = ReadKeyIds(role),
            Threshold = role.RequiredInt("threshold", 1, int.MaxValue),
            Terminating = role.Bool("terminating", false),
            Paths = role.Strings("paths", 0, MaxPatterns),
            PathHashPrefixes = role.Strings("path_hash_prefixes", 0, MaxPatterns, text =>
                text.Length <= 64 && text.All(char.IsAsciiHexDigit) ? null : "is not the beginning of a SHA-256 in hex digits"),
        };
        role.IgnoreUnknown();
        return read;
    }

    private static IReadOnlyList<string> ReadKeyIds(JsonObjectReader role)
    {
        if (role.Value("keyids") is null)
        {
            role.Mistake("keyids", "is missing; it must be an array in [ ]");
        }

        IReadOnlyList<string> ids = role.Strings("keyids", 0, MaxSignatures);
        if (ids.Distinct(StringComparer.Ordinal).Count() < ids.Count)
        {
            role.Mistake("keyids", "names a key twice; a key counts once towards a threshold");
        }

        return ids;
    }

    private static Dictionary<string, TufKey> ReadKeys(JsonObjectReader from)
    {
        Dictionary<string, TufKey> keys = new(StringComparer.Ordinal);
        from.RequiredObject("keys", reader =>
        {
            if (reader.Names.Count() > MaxKeys)
            {
                reader.Mistake($"has {reader.Names.Count()} keys; {MaxKeys} are allowed");
            }

            foreach (string id in reader.Names.Take(MaxKeys))
            {
                if (reader.Value(id) is { Kind: JsonKind.Object } tree)
                {
                    keys[id] = TufKey.Read(id, tree);
                }
                else
                {
                    reader.Mistake(id, "must be a key's object in { }");
                }
            }

            reader.IgnoreUnknown();
            return keys;
        });
        return keys;
    }

    private static string? RoleName(string name) =>
        TopLevelRoles.Contains(name) ? $"\"{name}\" is the name of a top-level role"
        : Uri.EscapeDataString(name).Length > MaxRoleNameBytes ? $"is longer than {MaxRoleNameBytes} bytes as a file name"
        : null;

    private static bool SpecVersion(string text)
    {
        string[] parts = text.Split('.');
        return parts is ["1", _] or ["1", _, _] && parts.All(part => part.Length is > 0 and < 9 && part.All(char.IsAsciiDigit));
    }

    private static DateTimeOffset? Date(JsonObjectReader signed, string name)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        DateTimeOffset? date = null;
        signed.String(name, text =>
        {
            bool right = DateTimeOffset.TryParseExact(
                text, DateForm, CultureInfo.InvariantCulture, Utc, out DateTimeOffset parsed);
            date = parsed;
            return right ? null : $"\"{JsonValue.Shortened(text)}\" is not a date such as 2030-01-31T12:00:00Z";
        });
        return date;
    }

    private static DateTimeOffset Missing(JsonObjectReader signed, string name)
    {
        if (!signed.IsWrong(name))
        {
            signed.Mistake(name, "is missing; it must be a date such as 2030-01-31T12:00:00Z");
        }

        return default;
    }

    private static byte[]? Hex(string text)
    {
        const int LongestSignature = 4096;
        return text.Length is > 0 and <= LongestSignature && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : null;
    }
}
