using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>The checks of a package's contents, each of which throws when it fails.</summary>
internal static class PackageContents
{
    private static readonly string NewerSchema =
        $"the manifest's schema is newer than the {PackageManifest.NewestSchema} this program reads; update the program";

    private const string DevelopmentOnly = "a development key signed it, and this program trusts release keys only: release it with "
        + "'edgectl sign' and a release key, or let a device of yours trust development keys (\"allow_development\": true in its trust)";

    public static ManifestSignature Signature(ModelId id, PackageFile file)
    {
        Mistakes mistakes = new();
        return ManifestSignature.Read(file.Content.Span, mistakes)
            ?? throw PackageArchive.Refuse(id, PackageFault.UntrustedSignature, [.. mistakes.Lines()]);
    }

    public static IReadOnlyList<string> RequireSigner(
        ModelId id, ReadOnlySpan<byte> manifest, ManifestSignature? signature, IReadOnlyList<VerifyingKey> trusted)
    {
        if (signature is null)
        {
            throw PackageArchive.Refuse(id, PackageFault.Unsigned, ["nobody signed the manifest; see 'edgectl sign'"]);
        }

        IReadOnlyList<string> signers = signature.Signers(manifest, trusted);
        if (signers.Count > 0)
        {
            return signers;
        }

        if (signature.IsDevelopment && !trusted.Any(key => key.IsDevelopment))
        {
            throw PackageArchive.Refuse(id, PackageFault.DevelopmentSignature, [DevelopmentOnly]);
        }

        string names = string.Join(", ", signature.Signatures.Select(s => s.Keyid[..12]));
        bool known = signature.Signatures.Any(s => trusted.Any(key => key.KeyId == s.Keyid));
        string why = known
            ? $"the signature of {names} is not one of this manifest"
            : $"no key that is trusted here signed the manifest; {names} did";
        throw PackageArchive.Refuse(id, PackageFault.UntrustedSignature, [why]);
    }

    public static PackageManifest Manifest(ModelId id, ReadOnlySpan<byte> utf8)
    {
        Mistakes mistakes = new();
        PackageManifest? manifest = ManifestReader.Read(utf8, mistakes);
        if (manifest is not null)
        {
            return manifest;
        }

        // A newer schema has members this program does not know; that it is newer is the only thing worth saying.
        bool newer = JsonFile.Parse(utf8, ManifestReader.FileName, new Mistakes())?.Find("schema")?.Value is
            { Kind: JsonKind.Number } schema
            && int.TryParse(schema.Text, out int number)
            && number > PackageManifest.NewestSchema;
        throw newer
            ? PackageArchive.Refuse(id, PackageFault.NewerSchema, [NewerSchema])
            : PackageArchive.Refuse(id, PackageFault.MalformedManifest, [.. mistakes.Lines()]);
    }

    /// <summary>Compares what is there with what the manifest promises.</summary>
    /// <param name="files">Without manifest and signature.</param>
    public static void RequireFiles(ModelId id, PackageManifest manifest, IReadOnlyList<PackageFile> files)
    {
        Dictionary<string, ManifestFile> promised =
            manifest.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        string before = "";
        foreach (PackageFile file in files)
        {
            // Ascending order also means that no path stands there twice.
            if (string.CompareOrdinal(file.Path, before) <= 0)
            {
                string order = $"'{file.Path}' stands after '{before}'; files are in ordinal order, each once";
                throw PackageArchive.Refuse(id, PackageFault.MalformedArchive, [order]);
            }

            before = file.Path;
            if (!promised.ContainsKey(file.Path))
            {
                throw PackageArchive.Refuse(id, PackageFault.ExtraFile, [$"'{file.Path}' is not named in the manifest"]);
            }
        }

        List<string> absent = [.. promised.Keys.Except(files.Select(file => file.Path)).Order(StringComparer.Ordinal)];
        if (absent.Count > 0)
        {
            string[] lines = [.. absent.Select(path => $"'{path}' is named in the manifest and not in the archive")];
            throw PackageArchive.Refuse(id, PackageFault.MissingFile, lines);
        }

        List<string> differing = [.. files.Select(file => Difference(file, promised[file.Path])).OfType<string>()];
        if (differing.Count > 0)
        {
            throw PackageArchive.Refuse(id, PackageFault.HashMismatch, differing);
        }
    }

    public static ReferenceProfile? Profile(ModelPackage package)
    {
        if (package.Find(ReferenceProfile.FileName) is not ReadOnlyMemory<byte> file)
        {
            return null;
        }

        Mistakes mistakes = new();
        return ReferenceReader.Read(file.Span, package.Manifest, mistakes) ?? throw Malformed(package, mistakes);
    }

    public static GoldenVectors Golden(ModelPackage package)
    {
        // The manifest's reader has made sure that it is listed, and the list has been compared with what is there.
        ReadOnlyMemory<byte> file = package.Find(GoldenVectors.FileName)!.Value;
        Mistakes mistakes = new();
        return GoldenReader.Read(file.Span, package.Manifest, mistakes) ?? throw Malformed(package, mistakes);
    }

    public static void CheckOverlay(ConfigurationPackage package)
    {
        Mistakes mistakes = new();
        if (ConfigurationOverlay.Read(package.Overlay.Span, mistakes) is null)
        {
            throw Malformed(package, mistakes);
        }
    }

    private static PackageRejectedException Malformed(PackageArchive package, Mistakes mistakes) =>
        PackageArchive.Refuse(package.Id, PackageFault.MalformedContent, [.. mistakes.Lines()]);

    private static string? Difference(PackageFile file, ManifestFile promised)
    {
        if (file.Content.Length != promised.Size)
        {
            return $"'{file.Path}' has {file.Content.Length} bytes where the manifest says {promised.Size}";
        }

        string sha256 = PackageArchive.Sha256(file.Content.Span);
        return sha256 != promised.Sha256
            ? $"'{file.Path}' hashes to {sha256[..12]}… where the manifest says {promised.Sha256[..12]}…{DifferingChunks(file, promised)}"
            : DifferingChunks(file, promised) is { Length: > 0 } chunks ? $"'{file.Path}': its chunks are others than the manifest says{chunks}" : null;
    }

    // Where the manifest cuts a file, it also tells which part of it is another.
    private static string DifferingChunks(PackageFile file, ManifestFile promised)
    {
        const int Shown = 4;
        if (promised is not { ChunkBytes: int bytes, ChunkSha256: { } expected })
        {
            return "";
        }

        List<int> differing = [];
        for (int i = 0; i < expected.Count; i++)
        {
            int start = i * bytes;
            if (PackageArchive.Sha256(file.Content.Span.Slice(start, Math.Min(bytes, file.Content.Length - start))) != expected[i])
            {
                differing.Add(i);
            }
        }

        string shown = string.Join(", ", differing.Take(Shown));
        return differing.Count == 0 ? "" : $" (chunk {shown}{(differing.Count > Shown ? ", …" : "")} of {expected.Count}, {bytes} bytes each)";
    }
}
