using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Writes packages: the same files always become the same bytes, but for the signature, which is new each time.</summary>
public static class PackageWriter
{
    // Indented, because people read it; line feeds on every system, because it is hashed.
    private static readonly WireJson Indented = new(new JsonSerializerOptions(WireJson.Default.Options)
    {
        WriteIndented = true,
        NewLine = "\n",
        TypeInfoResolver = null,
    });

    /// <summary>Packs files under a manifest whose own list of files is filled in here.</summary>
    /// <param name="manifest">Its <see cref="PackageManifest.Files"/> is ignored.</param>
    /// <param name="files">By path, without manifest and signature.</param>
    /// <param name="key">Signs; null for an unsigned package.</param>
    /// <param name="chunkBytes">Files larger than this are also hashed in chunks of it; null for none.</param>
    /// <exception cref="PackageRejectedException">The result would be refused by a device.</exception>
    public static byte[] Pack(
        PackageManifest manifest, IReadOnlyDictionary<string, byte[]> files, SigningKey? key, int? chunkBytes = null)
    {
        PackageManifest complete = manifest with { Files = ListOf(files, chunkBytes) };
        return Pack(Encode(complete), files, key);
    }

    /// <summary>Packs files under a manifest that is complete, byte for byte.</summary>
    /// <exception cref="PackageRejectedException">The result would be refused by a device.</exception>
    public static byte[] Pack(byte[] manifest, IReadOnlyDictionary<string, byte[]> files, SigningKey? key)
    {
        ManifestSignature? signature = key is null ? null : ManifestSignature.Of(manifest, key);
        byte[] archive = Assemble(manifest, signature, files.Select(file => new PackageFile(file.Key, file.Value)));
        PackageArchive.ReadUnverified(archive);
        return archive;
    }

    /// <summary>Adds a signature to a package, in place of an older one of the same key.</summary>
    /// <exception cref="PackageRejectedException">Anything but the signature is wrong.</exception>
    public static byte[] Sign(PackageArchive package, SigningKey key)
    {
        ReadOnlySpan<byte> manifest = package.ManifestBytes.Span;
        ManifestSignature signature = ManifestSignature.Of(manifest, key, package.Signature);
        IEnumerable<PackageFile> files = package.Files.Where(
            file => file.Path is not (ManifestReader.FileName or ManifestSignature.FileName));
        byte[] signed = Assemble(manifest, signature, files);
        PackageArchive.Read(signed, [key.Public]);
        return signed;
    }

    /// <summary>The list of files as it stands in a manifest.</summary>
    /// <param name="chunkBytes">Files larger than this are also hashed in chunks of it; null for none.</param>
    public static IReadOnlyList<ManifestFile> ListOf(IReadOnlyDictionary<string, byte[]> files, int? chunkBytes = null) =>
    [
        .. files.OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => new ManifestFile(file.Key, PackageArchive.Sha256(file.Value), file.Value.Length)
            {
                ChunkBytes = file.Value.Length > chunkBytes ? chunkBytes : null,
                ChunkSha256 = file.Value.Length > chunkBytes
                    ? [.. file.Value.Chunk(chunkBytes.Value).Select(chunk => PackageArchive.Sha256(chunk))]
                    : null,
            }),
    ];

    /// <summary>A manifest as people read it: indented, with a line break at its end.</summary>
    public static byte[] Encode(PackageManifest manifest) =>
        WithNewline(JsonSerializer.Serialize(manifest, Indented.PackageManifest));

    /// <summary>A profile as people read it; see <see cref="Encode(PackageManifest)"/>.</summary>
    public static byte[] Encode(ReferenceProfile profile) =>
        WithNewline(JsonSerializer.Serialize(profile, Indented.ReferenceProfile));

    /// <summary>Golden vectors, compact: nobody reads thousands of numbers.</summary>
    public static byte[] Encode(GoldenVectors golden) =>
        WithNewline(JsonSerializer.Serialize(golden, WireJson.Default.GoldenVectors));

    // Nothing is checked here, so that tests can make what must be refused.
    internal static byte[] Assemble(
        ReadOnlySpan<byte> manifest, ManifestSignature? signature, IEnumerable<PackageFile> files)
    {
        using MemoryStream archive = new();
        TarFormat.Write(archive, ManifestReader.FileName, manifest);
        if (signature is not null)
        {
            TarFormat.Write(archive, ManifestSignature.FileName, signature.ToBytes());
        }

        foreach (PackageFile file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            TarFormat.Write(archive, file.Path, file.Content.Span);
        }

        TarFormat.WriteEnd(archive);
        return archive.ToArray();
    }

    private static byte[] WithNewline(string json) => Encoding.UTF8.GetBytes(json + "\n");
}
