using System.Globalization;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Fleet.Storage;
using Microsoft.Data.Sqlite;

namespace EdgeRuntime.Fleet.Packages;

/// <summary>The packages that may be rolled out: archives on the disk under the name of their hash, what they say in the database.</summary>
/// <remarks>Bounded: <see cref="MaxPackages"/> packages of at most <see cref="PackageLimits"/> each; a further one is refused.</remarks>
public sealed class PackageShelf
{
    /// <summary>Packages kept.</summary>
    public const int MaxPackages = 1000;

    private readonly Database _database;
    private readonly string _directory;
    private readonly IReadOnlyList<VerifyingKey> _trusted;
    private readonly CipherShelf? _ciphers;
    private readonly Dictionary<ModelId, StoredPackage> _packages = [];

    /// <summary>Opens the shelf.</summary>
    /// <param name="directory">Where the archives lie; created when missing.</param>
    /// <param name="trusted">Keys one of which must have signed a package.</param>
    /// <param name="ciphers">Encrypts the archives, or null where they travel as they are.</param>
    internal PackageShelf(Database database, string directory, IReadOnlyList<VerifyingKey> trusted, CipherShelf? ciphers)
    {
        _database = database;
        _directory = directory;
        _trusted = trusted;
        _ciphers = ciphers;
        Directory.CreateDirectory(directory);
        Load();
        EncryptOlder();
    }

    /// <summary>Every package, the newest first.</summary>
    public IReadOnlyList<StoredPackage> All => [.. _packages.Values.OrderByDescending(package => package.PushedMs)];

    /// <summary>Finds a package, or null.</summary>
    public StoredPackage? Find(ModelId digest) => _packages.GetValueOrDefault(digest);

    /// <summary>Finds a package by its digest or by <c>name@version</c>, or null.</summary>
    public StoredPackage? Find(string text)
    {
        string[] parts = text.Split('@', 2);
        return ModelId.TryParse(text, out ModelId digest) ? Find(digest)
            : parts.Length == 2 ? _packages.Values.FirstOrDefault(p => p.Name == parts[0] && p.Version == parts[1])
            : null;
    }

    /// <summary>Where an archive lies.</summary>
    public string PathOf(string archiveSha256) => Path.Combine(_directory, $"{archiveSha256}.edgepkg");

    /// <summary>Checks an archive and puts it on the disk. Touches nothing else, so any thread may call it.</summary>
    /// <exception cref="PackageRejectedException">The package is not signed by a trusted key, or anything in it is wrong.</exception>
    /// <exception cref="IOException">It could not be written.</exception>
    public StoredPackage Admit(ReadOnlyMemory<byte> archive, long nowMs)
    {
        PackageArchive package = PackageArchive.Read(archive, _trusted);
        PackageReference reference = package.ToReference(PackageReference.ChunkBytesFor(archive.Length));
        Write(PathOf(reference.ArchiveSha256), archive.Span);
        _ciphers?.Seal(reference.ArchiveSha256, reference.ArchiveSha256, archive.Span, reference.ChunkBytes);
        return new StoredPackage
        {
            Digest = package.Id,
            Manifest = package.Manifest,
            Reference = (package as ModelPackage)?.Profile,
            Size = reference.Size,
            ArchiveSha256 = reference.ArchiveSha256,
            ChunkBytes = reference.ChunkBytes,
            ChunkSha256 = reference.ChunkSha256,
            SignedBy = package.Signers,
            PushedMs = nowMs,
            ManifestBytes = package.ManifestBytes,
            ReferenceBytes = package is ModelPackage ? package.Find(ReferenceProfile.FileName) ?? default : default,
        };
    }

    /// <summary>Lists an admitted package, within the caller's transaction.</summary>
    /// <returns>What keeps it out, in a sentence, or null.</returns>
    public string? Add(StoredPackage package)
    {
        if (_packages.ContainsKey(package.Digest))
        {
            return null;
        }

        StoredPackage? twin = Find($"{package.Name}@{package.Version}");
        if (twin is not null)
        {
            return $"{package.Name} {package.Version} is here already with another content ({twin.Digest.Short}); give this one a new version";
        }

        if (_packages.Count >= MaxPackages)
        {
            return $"{MaxPackages} packages are here already, and no more are kept";
        }

        _database.Execute(
            """
            INSERT INTO packages
              (digest, name, version, size, archive_sha256, chunks, signed_by, pushed, manifest, reference, chunk_bytes)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            package.Digest.ToString(), package.Name, package.Version, package.Size, package.ArchiveSha256,
            string.Join(' ', package.ChunkSha256), string.Join(' ', package.SignedBy), package.PushedMs,
            package.ManifestBytes.ToArray(), package.ReferenceBytes.ToArray(), package.ChunkBytes);
        _packages[package.Digest] = package;
        return null;
    }

    /// <summary>Reads everything again from the database; for after a failed commit.</summary>
    public void Load()
    {
        _packages.Clear();
        List<StoredPackage> rows = _database.Read(
            "SELECT digest, size, archive_sha256, chunk_bytes, chunks, signed_by, pushed, manifest, reference FROM packages",
            ReadRow);
        foreach (StoredPackage package in rows)
        {
            _packages[package.Digest] = package;
        }
    }

    // Those that were pushed before packages travelled encrypted.
    private void EncryptOlder()
    {
        foreach (StoredPackage package in _packages.Values.Where(one => _ciphers is not null && _ciphers.Find(one.ArchiveSha256) is null))
        {
            if (File.Exists(PathOf(package.ArchiveSha256)))
            {
                _ciphers!.Seal(package.ArchiveSha256, package.ArchiveSha256, File.ReadAllBytes(PathOf(package.ArchiveSha256)), package.ChunkBytes);
            }
        }
    }

    private static StoredPackage ReadRow(SqliteDataReader row)
    {
        string digest = row.GetString(0);
        byte[] manifest = row.GetFieldValue<byte[]>(7);
        byte[] reference = row.GetFieldValue<byte[]>(8);

        // Checked when they were admitted, so a mistake here is a damaged database.
        Mistakes mistakes = new();
        PackageManifest? read = ManifestReader.Read(manifest, mistakes);
        ReferenceProfile? profile = read is ModelManifest model && reference.Length > 0 ? ReferenceReader.Read(reference, model, mistakes) : null;
        if (read is null || mistakes.Any || !ModelId.TryParse(digest, out ModelId id))
        {
            throw new StorageException($"the database holds a damaged package ({digest}): {string.Join("; ", mistakes.Lines())}");
        }

        return new StoredPackage
        {
            Digest = id,
            Manifest = read,
            Reference = profile,
            Size = row.GetInt64(1),
            ArchiveSha256 = row.GetString(2),
            ChunkBytes = row.GetInt32(3),
            ChunkSha256 = row.GetString(4).Split(' '),
            SignedBy = row.GetString(5).Split(' '),
            PushedMs = row.GetInt64(6),
            ManifestBytes = manifest,
            ReferenceBytes = reference,
        };
    }

    private static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        if (File.Exists(path))
        {
            return;
        }

        // Two pushes of one package at once write the same bytes under different names; the last rename wins.
        string temporary = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.CurrentManagedThreadId}.tmp");
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
