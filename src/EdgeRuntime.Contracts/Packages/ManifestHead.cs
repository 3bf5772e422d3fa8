namespace EdgeRuntime.Contracts.Packages;

/// <summary>What every manifest says, as it was read; see the members of <see cref="PackageManifest"/>.</summary>
internal sealed record ManifestHead(
    int Schema,
    string Name,
    string Version,
    long ReleaseCounter,
    long? Floor,
    string Description,
    string? Kind,
    RequirementSpec? Requires,
    IReadOnlyList<ManifestFile> Files);
