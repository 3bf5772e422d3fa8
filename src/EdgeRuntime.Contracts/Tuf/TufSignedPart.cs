using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>What the signatures of a metadata file cover, as far as every role has it.</summary>
public abstract record TufSignedPart
{
    /// <summary>Version of this file, 1 or more; never goes back, but for recovery under new keys.</summary>
    public required long Version { get; init; }

    /// <summary>From when it must not be believed any more.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>
    /// When it was signed, or null where the repository does not say; a member of ours that the specification lets other
    /// clients pass over. A device never believes that it is earlier than the newest of these that it has verified.
    /// </summary>
    public DateTimeOffset? Issued { get; init; }
}

/// <summary>Which keys sign for a role.</summary>
public record TufRole
{
    /// <summary>Ids of its keys, each once.</summary>
    public required IReadOnlyList<string> KeyIds { get; init; }

    /// <summary>How many different keys must have signed; 1 or more.</summary>
    public required int Threshold { get; init; }
}

/// <summary>The root of trust: keys and thresholds of the four top-level roles.</summary>
public sealed record TufRoot : TufSignedPart
{
    /// <summary>True when files are fetched under names that begin with their version or hash.</summary>
    public required bool ConsistentSnapshot { get; init; }

    /// <summary>Keys by their ids.</summary>
    public required IReadOnlyDictionary<string, TufKey> Keys { get; init; }

    /// <summary>Roles by name; at least <c>root</c>, <c>timestamp</c>, <c>snapshot</c> and <c>targets</c>.</summary>
    public required IReadOnlyDictionary<string, TufRole> Roles { get; init; }
}

/// <summary>What one metadata file says of another.</summary>
public sealed record MetaFile
{
    /// <summary>Its version.</summary>
    public required long Version { get; init; }

    /// <summary>Its length in bytes, or null when not said.</summary>
    public long? Length { get; init; }

    /// <summary>Its hashes, lowercase hex by algorithm; empty when not said.</summary>
    public IReadOnlyDictionary<string, string> Hashes { get; init; } = new Dictionary<string, string>();
}

/// <summary>Which snapshot is the newest; signed anew often, so that withholding it shows.</summary>
public sealed record TufTimestamp : TufSignedPart
{
    /// <summary>The newest snapshot.</summary>
    public required MetaFile Snapshot { get; init; }
}

/// <summary>Which versions of all targets metadata belong together.</summary>
public sealed record TufSnapshot : TufSignedPart
{
    /// <summary>By file name, such as <c>targets.json</c>.</summary>
    public required IReadOnlyDictionary<string, MetaFile> Meta { get; init; }
}

/// <summary>Which files may be installed, and who else may say so.</summary>
public sealed record TufTargets : TufSignedPart
{
    /// <summary>Files by their target path.</summary>
    public required IReadOnlyDictionary<string, TargetFile> Targets { get; init; }

    /// <summary>Keys of the delegated roles by their ids.</summary>
    public required IReadOnlyDictionary<string, TufKey> DelegatedKeys { get; init; }

    /// <summary>Delegated roles, the most trusted first.</summary>
    public required IReadOnlyList<TufDelegation> Delegations { get; init; }
}

/// <summary>A role that another targets role trusts with some paths.</summary>
public sealed record TufDelegation : TufRole
{
    /// <summary>Its name; its file is <c>NAME.json</c>.</summary>
    public required string Name { get; init; }

    /// <summary>True when nobody after it is asked about a path that it is trusted with.</summary>
    public bool Terminating { get; init; }

    /// <summary>Shell patterns of paths; <c>*</c> and <c>?</c> never match a slash.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Beginnings of the SHA-256 of paths, lowercase hex; used instead of <see cref="Paths"/>.</summary>
    public IReadOnlyList<string> PathHashPrefixes { get; init; } = [];

    /// <summary>True when the role is trusted with a path.</summary>
    public bool Covers(string path) => PathPattern.CoversHash(PathHashPrefixes, path)
        || Paths.Any(pattern => PathPattern.Matches(pattern, path));
}

/// <summary>A file that a targets role vouches for.</summary>
public sealed record TargetFile
{
    /// <summary>Its path among the targets.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Its hashes, lowercase hex by algorithm; at least one.</summary>
    public required IReadOnlyDictionary<string, string> Hashes { get; init; }

    /// <summary>What the repository says of it besides, as an object, or null.</summary>
    public JsonValue? Custom { get; init; }

    /// <summary>The release counter and hardware ids of <see cref="Custom"/>.</summary>
    public ReleaseClaim Release { get; init; } = ReleaseClaim.None;
}
