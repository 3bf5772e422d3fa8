using System.Globalization;
using System.Security.Cryptography;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Fleet.Packages;

/// <summary>
/// What devices fetch where packages travel encrypted: one ciphertext of every archive and of every delta, on the disk beside the key
/// that its archive's content is under.
/// </summary>
/// <remarks>Holds as much as is sealed and not removed; who seals bounds that. Thread-safe.</remarks>
internal sealed class CipherShelf
{
    /// <summary>How the file of a ciphertext ends.</summary>
    public const string Ending = ".encrypted";

    private const string KeyEnding = ".key";
    private const string UnfinishedEnding = ".tmp";

    private readonly string _directory;
    private readonly RandomNumberGenerator _random;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ContentKey> _keys = [];
    private readonly Dictionary<string, string> _ciphertexts = [];
    private readonly Dictionary<string, string> _paths = [];

    /// <summary>Opens the shelf, and reads what is there.</summary>
    /// <param name="directory">Created when missing. Only this user may read the keys in it.</param>
    /// <param name="random">Makes keys.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public CipherShelf(string directory, RandomNumberGenerator random)
    {
        _directory = directory;
        _random = random;
        Directory.CreateDirectory(directory);
        foreach (string path in Directory.GetFiles(directory))
        {
            Read(path);
        }
    }

    /// <summary>Encrypts an archive or a delta to it, unless that is done already.</summary>
    /// <param name="archiveSha256">Hash of the archive, lowercase hex.</param>
    /// <param name="sha256">Hash of what is encrypted: the same, or a delta's.</param>
    /// <param name="chunkBytes">Of each of its chunks but the last.</param>
    /// <returns>SHA-256 of the ciphertext, lowercase hex.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public string Seal(string archiveSha256, string sha256, ReadOnlySpan<byte> content, int chunkBytes)
    {
        ContentKey key;
        lock (_lock)
        {
            if (_ciphertexts.TryGetValue(sha256, out string? known))
            {
                return known;
            }

            key = KeyOf(archiveSha256);
        }

        // Whoever does the same at the same time writes the same bytes; the last rename wins.
        string part = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{sha256}.{Environment.CurrentManagedThreadId}{UnfinishedEnding}"));
        string ciphertext;
        using (ChunkCipher cipher = key.CipherOf(sha256, (content.Length + chunkBytes - 1) / chunkBytes))
        using (FileStream file = new(part, FileMode.Create, FileAccess.Write))
        {
            ciphertext = cipher.Seal(content, chunkBytes, file);
            file.Flush(flushToDisk: true);
        }

        string path = Path.Combine(_directory, $"{sha256}-{ciphertext}{Ending}");
        File.Move(part, path, overwrite: true);
        lock (_lock)
        {
            Keep(sha256, ciphertext, path);
        }

        return ciphertext;
    }

    /// <summary>Hash of the ciphertext of an archive or a delta, or null where it was not encrypted.</summary>
    public string? Find(string sha256)
    {
        lock (_lock)
        {
            return _ciphertexts.GetValueOrDefault(sha256);
        }
    }

    /// <summary>Where a ciphertext lies, by its hash; null for none.</summary>
    public string? PathOf(string ciphertextSha256)
    {
        lock (_lock)
        {
            return _paths.GetValueOrDefault(ciphertextSha256);
        }
    }

    /// <summary>Removes the ciphertext of a delta.</summary>
    public void Remove(string sha256)
    {
        lock (_lock)
        {
            if (_ciphertexts.Remove(sha256, out string? ciphertext) && _paths.Remove(ciphertext, out string? path))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>What a device's order says of an archive's encryption; null where it was not encrypted.</summary>
    /// <param name="recipient">The device's public key.</param>
    public PackageEncryption? WrapFor(ReadOnlySpan<byte> recipient, DeviceId device, string archiveSha256)
    {
        lock (_lock)
        {
            return _ciphertexts.TryGetValue(archiveSha256, out string? ciphertext) && _keys.TryGetValue(archiveSha256, out ContentKey? key)
                ? key.WrapFor(recipient, device, archiveSha256, ciphertext)
                : null;
        }
    }

    // Durable before anything is encrypted under it.
    private ContentKey KeyOf(string archiveSha256)
    {
        if (!_keys.TryGetValue(archiveSha256, out ContentKey? key))
        {
            key = ContentKey.Create(_random);
            string path = Path.Combine(_directory, archiveSha256 + KeyEnding);
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (FileStream file = new(path + UnfinishedEnding, options))
            {
                file.Write(key.Bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + UnfinishedEnding, path, overwrite: true);
            _keys[archiveSha256] = key;
        }

        return key;
    }

    private void Read(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        if (path.EndsWith(KeyEnding, StringComparison.Ordinal) && new FileInfo(path).Length == Hpke.KeyBytes)
        {
            _keys[name] = ContentKey.Of(File.ReadAllBytes(path));
        }
        else if (path.EndsWith(Ending, StringComparison.Ordinal) && name.Split('-') is [string sha256, string ciphertext])
        {
            Keep(sha256, ciphertext, path);
        }
        else
        {
            // What was not finished is made again.
            File.Delete(path);
        }
    }

    private void Keep(string sha256, string ciphertext, string path)
    {
        _ciphertexts[sha256] = ciphertext;
        _paths[ciphertext] = path;
    }
}
