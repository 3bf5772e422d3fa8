using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>
/// A runtime package as the program sees it that starts what is inside: files of which every byte was signed, and which of them is
/// the program.
/// </summary>
/// <remarks>
/// Of the manifest only <c>kind</c>, <c>version</c>, <c>program</c> and <c>files</c> are looked at, and members that are unknown are
/// passed over: the program that starts others is the oldest of a device, and what a manifest demands was judged by the one that took
/// the package. Signature and hashes are judged here as ever.
/// </remarks>
public sealed class RuntimeBundle
{
    private RuntimeBundle(ModelId id, string version, string program, IReadOnlyList<PackageFile> files) =>
        (Id, Version, Program, Files) = (id, version, program, files);

    /// <summary>SHA-256 of the manifest.</summary>
    public ModelId Id { get; }

    /// <summary>What the manifest calls this version.</summary>
    public string Version { get; }

    /// <summary>Path of the program among <see cref="Files"/>.</summary>
    public string Program { get; }

    /// <summary>Every file in the order of the archive, manifest and signature included.</summary>
    public IReadOnlyList<PackageFile> Files { get; }

    /// <summary>Reads a package that one of the trusted keys must have signed.</summary>
    /// <param name="archive">Kept, not copied; it must not change afterwards.</param>
    /// <exception cref="PackageRejectedException">It is no whole runtime package that one of the keys signed.</exception>
    public static RuntimeBundle Read(ReadOnlyMemory<byte> archive, IReadOnlyList<VerifyingKey> trusted)
    {
        List<PackageFile> files = TarFormat.Read(archive, ManifestReader.MaxFiles + 2);
        if (files.Count < 2 || files[0].Path != ManifestReader.FileName || files[1].Path != ManifestSignature.FileName)
        {
            throw PackageArchive.Refuse(default, PackageFault.MalformedArchive, ["the archive does not begin with a manifest and its signature"]);
        }

        PackageFile manifest = files[0];
        ModelId id = ModelId.Of(manifest.Content.Span);
        PackageContents.RequireSigner(id, manifest.Content.Span, PackageContents.Signature(id, files[1]), trusted);
        Mistakes mistakes = new();
        JsonValue root = JsonFile.Parse(manifest.Content.Span, manifest.Path, mistakes)
            ?? throw PackageArchive.Refuse(id, PackageFault.MalformedManifest, [.. mistakes.Lines()]);
        if (Text(root, "kind") != PackageManifest.RuntimeKind)
        {
            throw PackageArchive.Refuse(id, PackageFault.WrongPackage, ["it is no package of the kind \"runtime\""]);
        }

        RequireFiles(id, root, files);
        string program = Text(root, "program");
        return files.Skip(2).Any(file => file.Path == program)
            ? new RuntimeBundle(id, Text(root, "version"), program, files)
            : throw PackageArchive.Refuse(id, PackageFault.MalformedManifest, ["its 'program' is not one of its files"]);
    }

    // Both ways: what is there is promised, and what is promised is there.
    private static void RequireFiles(ModelId id, JsonValue root, List<PackageFile> files)
    {
        Dictionary<string, string> promised = [];
        foreach (JsonValue file in root.Find("files")?.Value.Items ?? [])
        {
            promised[Text(file, "path")] = Text(file, "sha256");
        }

        foreach (PackageFile file in files.Skip(2))
        {
            if (!promised.Remove(file.Path, out string? sha256) || PackageArchive.Sha256(file.Content.Span) != sha256)
            {
                throw PackageArchive.Refuse(id, PackageFault.HashMismatch, [$"'{file.Path}' is not as the manifest says"]);
            }
        }

        if (promised.Count > 0)
        {
            throw PackageArchive.Refuse(id, PackageFault.MissingFile, [$"'{promised.Keys.First()}' is named in the manifest and not in the archive"]);
        }
    }

    private static string Text(JsonValue value, string member) =>
        value.Find(member)?.Value is { Kind: JsonKind.Text } text ? text.Text : "";
}
