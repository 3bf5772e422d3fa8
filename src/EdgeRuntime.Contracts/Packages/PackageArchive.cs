using System.Buffers;
using System.Security.Cryptography;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>One file of a package.</summary>
public readonly record struct PackageFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>Bounds of a package that is read.</summary>
/// <param name="Bytes">Largest archive.</param>
/// <param name="ManifestBytes">Largest manifest.</param>
public sealed record PackageLimits(long Bytes = 128L * 1024 * 1024, int ManifestBytes = 1024 * 1024);

/// <summary>A package whose every byte has been checked: the only way in which a program gets at one.</summary>
/// <remarks>
/// An <c>.edgepkg</c> is a tar of <c>manifest.json</c>, <c>manifest.sig.json</c> and the files the manifest names, in
/// ordinal order. It has one form only: an archive that differs in any bit from the one 'edgectl pack' writes of the
/// same files is refused. The signature is checked before anything that it covers is parsed.
/// </remarks>
public abstract class PackageArchive
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _files = new(StringComparer.Ordinal);

    private protected PackageArchive(CheckedArchive archive)
    {
        Id = archive.Id;
        Bytes = archive.Bytes;
        Files = archive.Files;
        Signature = archive.Signature;
        Signers = archive.Signers;
        foreach (PackageFile file in Files)
        {
            _files[file.Path] = file.Content;
        }
    }

    /// <summary>Its id: SHA-256 of the manifest.</summary>
    public ModelId Id { get; }

    /// <summary>The manifest, with no mistake in it.</summary>
    public abstract PackageManifest Manifest { get; }

    /// <summary>Who signed, trusted or not; null for an unsigned package, which only a tool ever sees.</summary>
    public ManifestSignature? Signature { get; }

    /// <summary>Ids of the trusted keys that signed; at least one, unless it was read unverified.</summary>
    public IReadOnlyList<string> Signers { get; }

    /// <summary>The whole archive.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Every file in the order of the archive, manifest and signature included.</summary>
    public IReadOnlyList<PackageFile> Files { get; }

    /// <summary>Exact bytes of the manifest, which the id and the signature are about.</summary>
    public ReadOnlyMemory<byte> ManifestBytes => Files[0].Content;

    /// <summary>Reads a package that one of the trusted keys must have signed.</summary>
    /// <param name="archive">Kept, not copied; it must not change afterwards.</param>
    /// <exception cref="PackageRejectedException">Anything at all is wrong.</exception>
    public static PackageArchive Read(
        ReadOnlyMemory<byte> archive, IReadOnlyList<VerifyingKey> trusted, PackageLimits? limits = null) =>
        Read(archive, limits ?? new PackageLimits(), trusted);

    /// <summary>Reads a package whoever signed it, or nobody. For tools that show or sign: never load what it returns.</summary>
    /// <exception cref="PackageRejectedException">Anything but the signature is wrong.</exception>
    public static PackageArchive ReadUnverified(ReadOnlyMemory<byte> archive, PackageLimits? limits = null) =>
        Read(archive, limits ?? new PackageLimits(), null);

    /// <summary>Reads an archive's bytes, and not one more than is allowed.</summary>
    /// <exception cref="PackageRejectedException">There are more (<see cref="PackageFault.TooLarge"/>).</exception>
    /// <exception cref="IOException">The source failed.</exception>
    public static async Task<byte[]> ReceiveAsync(Stream from, PackageLimits limits, CancellationToken cancel)
    {
        using MemoryStream received = new();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0)
            {
                if (received.Length + read > limits.Bytes)
                {
                    throw TooLarge(received.Length + read, limits);
                }

                received.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return received.ToArray();
    }

    /// <summary>What an order needs to say about this package.</summary>
    /// <param name="chunkBytes">Bytes of every chunk but the last; 1024 to 131072.</param>
    /// <param name="revert">See <see cref="PackageReference.Revert"/>.</param>
    public PackageReference ToReference(int chunkBytes = 32 * 1024, bool revert = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunkBytes, 128 * 1024);
        List<string> chunks = [];
        for (int at = 0; at < Bytes.Length; at += chunkBytes)
        {
            chunks.Add(Sha256(Bytes.Span.Slice(at, Math.Min(chunkBytes, Bytes.Length - at))));
        }

        return new PackageReference
        {
            Digest = Id,
            Version = Manifest.Version,
            Size = Bytes.Length,
            ArchiveSha256 = Sha256(Bytes.Span),
            ChunkBytes = chunkBytes,
            ChunkSha256 = chunks,
            Revert = revert,
            Requires = Manifest.Requires,
        };
    }

    /// <summary>The same, for who needs a package that holds a model.</summary>
    /// <exception cref="PackageRejectedException">It holds something else.</exception>
    public ModelPackage AsModel() => this as ModelPackage
        ?? throw Refuse(Id, PackageFault.WrongPackage, [$"it is of the kind {Manifest.KindName()}, and a model is needed here"]);

    /// <summary>Content of a file, or null when there is none of that path.</summary>
    public ReadOnlyMemory<byte>? Find(string path)
    {
        // Spelled out: in 'found ? content : null' the null would become an empty memory.
        if (_files.TryGetValue(path, out ReadOnlyMemory<byte> content))
        {
            return content;
        }

        return null;
    }

    private static PackageArchive Read(
        ReadOnlyMemory<byte> archive, PackageLimits limits, IReadOnlyList<VerifyingKey>? trusted)
    {
        if (archive.Length > limits.Bytes)
        {
            throw TooLarge(archive.Length, limits);
        }

        List<PackageFile> files = TarFormat.Read(archive, ManifestReader.MaxFiles + 2);
        if (files.Count == 0 || files[0].Path != ManifestReader.FileName)
        {
            string first = files.Count == 0 ? "is empty" : $"begins with '{files[0].Path}'";
            string detail = $"the archive {first}; '{ManifestReader.FileName}' comes first";
            throw Refuse(default, PackageFault.MalformedArchive, [detail]);
        }

        ReadOnlySpan<byte> manifestBytes = files[0].Content.Span;
        if (manifestBytes.Length > limits.ManifestBytes)
        {
            string detail = $"the manifest has {manifestBytes.Length} bytes; {limits.ManifestBytes} are accepted";
            throw Refuse(default, PackageFault.TooLarge, [detail]);
        }

        ModelId id = ModelId.Of(manifestBytes);
        bool signed = files.Count > 1 && files[1].Path == ManifestSignature.FileName;
        ManifestSignature? signature = signed ? PackageContents.Signature(id, files[1]) : null;
        IReadOnlyList<string> signers = trusted is null
            ? []
            : PackageContents.RequireSigner(id, manifestBytes, signature, trusted);
        PackageManifest manifest = PackageContents.Manifest(id, manifestBytes);
        PackageContents.RequireFiles(id, manifest, files.Skip(signed ? 2 : 1).ToList());
        CheckedArchive whole = new(id, archive, files, signature, signers);
        return manifest switch
        {
            ModelManifest model => new ModelPackage(whole, model),
            ConfigurationManifest configuration => new ConfigurationPackage(whole, configuration),
            RuntimeManifest runtime => new RuntimePackage(whole, runtime),
            _ => throw new InvalidOperationException($"no package is made of a {manifest.GetType().Name}"),
        };
    }

    internal static PackageRejectedException Refuse(ModelId id, PackageFault fault, IReadOnlyList<string> lines)
    {
        string detail = lines.Count == 1 ? lines[0] : $"{lines[0]}; and {lines.Count - 1} more";
        return new PackageRejectedException(id, fault, detail) { Lines = lines };
    }

    internal static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static PackageRejectedException TooLarge(long bytes, PackageLimits limits) =>
        Refuse(default, PackageFault.TooLarge, [$"the archive has {bytes} bytes or more; {limits.Bytes} are accepted"]);
}

/// <summary>An archive whose signature, form and hashes are right, before what it holds was looked at.</summary>
internal sealed record CheckedArchive(
    ModelId Id, ReadOnlyMemory<byte> Bytes, IReadOnlyList<PackageFile> Files, ManifestSignature? Signature, IReadOnlyList<string> Signers);
