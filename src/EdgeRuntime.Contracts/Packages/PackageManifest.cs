using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>What a package of any kind says about itself: <c>manifest.json</c> at its root.</summary>
/// <remarks>
/// Schema 1. Additive evolution: a device refuses a schema above its own, and unknown members within it, by their names; so a
/// demand that it does not understand is never passed over. tools/EdgeRuntime.Ctl/PACKAGE.md lists every member. The order in
/// which members are written is fixed: the hash of the file is the package's id.
/// </remarks>
[JsonDerivedType(typeof(ModelManifest))]
[JsonDerivedType(typeof(ConfigurationManifest))]
[JsonDerivedType(typeof(RuntimeManifest))]
public abstract record PackageManifest
{
    private protected PackageManifest()
    {
    }

    /// <summary>A manifest of what was read of all kinds alike; what its own kind has is for the caller to set.</summary>
    [SetsRequiredMembers]
    private protected PackageManifest(ManifestHead head)
    {
        Schema = head.Schema;
        Name = head.Name;
        Version = head.Version;
        ReleaseCounter = head.ReleaseCounter;
        Floor = head.Floor;
        Description = head.Description;
        Kind = head.Kind;
        Requires = head.Requires;
        Files = head.Files;
    }

    /// <summary>Newest schema this program reads.</summary>
    public const int NewestSchema = 1;

    /// <summary>The kind of a package that holds a model.</summary>
    public const string ModelKind = "model";

    /// <summary>The kind of a package that holds a part of a device's configuration.</summary>
    public const string ConfigurationKind = "config";

    /// <summary>The kind of a package that holds the device's own program and its libraries.</summary>
    public const string RuntimeKind = "runtime";

    /// <summary>Schema of the file; 1.</summary>
    [JsonPropertyOrder(1)]
    public required int Schema { get; init; }

    /// <summary>Name of the model, a level of its topics, or of whatever else it holds: 1 to 63 of <c>a-z 0-9 -</c>.</summary>
    [JsonPropertyOrder(2)]
    public required string Name { get; init; }

    /// <summary>Semantic version 2.0, such as <c>1.2.0</c>.</summary>
    [JsonPropertyOrder(3)]
    public required string Version { get; init; }

    /// <summary>Grows with every release of this name; a device never installs one below its floor. At least 1.</summary>
    [JsonPropertyOrder(4)]
    public required long ReleaseCounter { get; init; }

    /// <summary>
    /// What the signers of this release withdraw: once a device has committed it, no package of this name with a lower release
    /// counter is installed or returned to. 1 to <see cref="ReleaseCounter"/>; null leaves the floor where it is.
    /// </summary>
    [JsonPropertyOrder(5)]
    public long? Floor { get; init; }

    /// <summary>One sentence: what the model tells, the configuration changes, or the program is.</summary>
    [JsonPropertyOrder(6)]
    public required string Description { get; init; }

    /// <summary>What the package holds: <c>model</c>, <c>config</c> or <c>runtime</c>. (default: model)</summary>
    [JsonPropertyOrder(7)]
    public string? Kind { get; init; }

    /// <summary>What a device must be and have for it; null for what every package demands.</summary>
    [JsonPropertyOrder(8)]
    public RequirementSpec? Requires { get; init; }

    /// <summary>Every other file of the package; a file not named here makes the package invalid.</summary>
    [JsonPropertyOrder(30)]
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary><see cref="Kind"/>, said always.</summary>
    public string KindName() => Kind ?? ModelKind;
}

/// <summary>One file of a package.</summary>
/// <param name="Path">Relative, with <c>/</c> between names; no <c>.</c> or <c>..</c>.</param>
/// <param name="Sha256">Lowercase hex.</param>
/// <param name="Size">Bytes.</param>
public sealed record ManifestFile(string Path, string Sha256, long Size)
{
    /// <summary>Bytes of every chunk of <see cref="ChunkSha256"/> but the last; 1024 to 16 MiB. Null where the file is not cut.</summary>
    public int? ChunkBytes { get; init; }

    /// <summary>SHA-256 of each chunk, lowercase hex, in order; null where the file is not cut.</summary>
    public IReadOnlyList<string>? ChunkSha256 { get; init; }
}
