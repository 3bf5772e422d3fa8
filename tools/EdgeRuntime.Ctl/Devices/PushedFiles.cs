using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Ctl.Deltas;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>What a push serves: the package, and deltas to it, which stand in a directory of their own until it ends.</summary>
internal sealed class PushedFiles : IDisposable
{
    private readonly Dictionary<string, string> _paths;
    private readonly string? _directory;

    private PushedFiles(PackageReference reference, Dictionary<string, string> paths, string? directory)
    {
        Reference = reference;
        _paths = paths;
        _directory = directory;
    }

    /// <summary>What the order says of the package.</summary>
    public PackageReference Reference { get; }

    /// <summary>Hash of the package's ciphertext, or null where it is served as it is.</summary>
    public string? CiphertextSha256 { get; private init; }

    /// <summary>Makes what is served.</summary>
    /// <param name="olds">Packages that devices may have.</param>
    /// <param name="urls">Addresses that serve the package too.</param>
    /// <param name="content">What all of it is encrypted under, or null.</param>
    /// <exception cref="CommandException">One of them is no package.</exception>
    public static PushedFiles Of(
        PackageArchive package, string path, bool revert, IReadOnlyList<string> olds, IReadOnlyList<string> urls, ContentKey? content)
    {
        PackageReference whole = package.ToReference(PackageReference.ChunkBytesFor(package.Bytes.Length), revert);
        Dictionary<string, string> paths = new() { [whole.ArchiveSha256] = path };
        string? directory = olds.Count > 0 || content is not null ? Directory.CreateTempSubdirectory("edgectl-push-").FullName : null;
        List<DeltaReference> deltas = [];
        foreach (string old in olds)
        {
            PackageArchive before = DeltaCommand.Open(old);
            DeltaCandidate smallest = DeltaCandidates.Of(before.Bytes, package.Bytes, TensorPairs.Of(before, package))[0];
            DeltaReference delta = DeltaCandidates.Reference(smallest, before.ToReference().ArchiveSha256);
            if (delta.Size < whole.Size && !deltas.Any(known => known.Sha256 == delta.Sha256))
            {
                paths[delta.Sha256] = Path.Combine(directory!, delta.Sha256);
                File.WriteAllBytes(paths[delta.Sha256], smallest.Bytes);
                deltas.Add(delta with
                {
                    CiphertextSha256 = content is null ? null : Encrypt(content, smallest.Bytes, delta.AsArchive(whole), directory!, paths),
                });
            }
        }

        return new PushedFiles(whole with { Carriers = urls.Count > 0 ? ["mqtt", .. urls] : [], Deltas = deltas }, paths, directory)
        {
            CiphertextSha256 = content is null ? null : Encrypt(content, package.Bytes.Span, whole, directory!, paths),
        };
    }

    /// <summary>The file of an archive or delta, by its hash.</summary>
    public string PathOf(string sha256) => _paths[sha256];

    private static string Encrypt(
        ContentKey content, ReadOnlySpan<byte> plain, PackageReference reference, string directory, Dictionary<string, string> paths)
    {
        using ChunkCipher cipher = content.CipherOf(reference.ArchiveSha256, reference.ChunkSha256.Count);
        string part = Path.Combine(directory, $"{reference.ArchiveSha256}.encrypted");
        using FileStream file = File.Create(part);
        string sha256 = cipher.Seal(plain, reference.ChunkBytes, file);
        paths[sha256] = part;
        return sha256;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_directory is not null)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }
}
