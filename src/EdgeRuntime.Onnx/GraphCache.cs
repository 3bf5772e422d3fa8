using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EdgeRuntime.Onnx;

/// <summary>
/// Graphs as the library optimized them on this very processor, so that the next start loads them faster. A directory that
/// may be deleted at any time.
/// </summary>
/// <remarks>
/// Every file is covered by an HMAC-SHA-256 under a key of the device; one that does not match is removed and built again,
/// so that nobody who can write the directory can make the device run another model. A file is found by the hash of the
/// model, the library's version and binding, the processor's features and what else decides how a graph is optimized.
/// At most <see cref="FilesMax"/> files and the given number of bytes: the ones not used for longest go first.
/// Where files are encrypted (AES-256-GCM, which tells a changed file as the HMAC does), no draft stands on the medium either.
/// </remarks>
public sealed class GraphCache
{
    /// <summary>Most graphs kept.</summary>
    public const int FilesMax = 64;

    private const string Ending = ".graph";
    private const string DraftEnding = ".draft";
    private const int MacBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int PlainHead = 8 + MacBytes;
    private const int EncryptedHead = 8 + NonceBytes + TagBytes;
    private static readonly byte[] PlainMagic = "EDGEGRF1"u8.ToArray();
    private static readonly byte[] EncryptedMagic = "EDGEGRE1"u8.ToArray();

    private readonly string _directory;
    private readonly byte[] _key;
    private readonly bool _encrypts;
    private readonly long _bytesMax;

    /// <summary>Opens the cache, and creates its directory where it is missing.</summary>
    /// <param name="directory">Holds nothing else; drafts that an earlier process left are removed.</param>
    /// <param name="key">The device's; at least 16 bytes, 32 to encrypt, and nobody else's.</param>
    /// <param name="encrypts">Whether files are encrypted; those that are not are then removed. (default: false)</param>
    /// <param name="bytesMax">Bytes of all files together. (default: 256 MiB)</param>
    /// <exception cref="IOException">The directory cannot be created or read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public GraphCache(string directory, ReadOnlySpan<byte> key, bool encrypts = false, long bytesMax = 256L * 1024 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, encrypts ? 32 : 16);
        _encrypts = encrypts;
        _directory = directory;
        _key = key.ToArray();
        _bytesMax = bytesMax;
        Directory.CreateDirectory(directory);
        foreach (string draft in Directory.GetFiles(directory, "*" + DraftEnding))
        {
            File.Delete(draft);
        }

        foreach (string graph in encrypts ? Directory.GetFiles(directory, "*" + Ending) : [])
        {
            DeletePlain(graph);
        }
    }

    /// <summary>Files that did not match their MAC, since this was opened.</summary>
    public int Rejected { get; private set; }

    /// <summary>Everything but the model that decides how a graph is optimized.</summary>
    internal static string ContextOf(string version, string binding, SessionSettings settings)
    {
        StringBuilder context = new();
        context.Append(CultureInfo.InvariantCulture, $"onnxruntime {version} {binding}\n{CpuFeatures.Text}\n");
        foreach (KeyValuePair<string, string> entry in settings.Entries)
        {
            context.Append(CultureInfo.InvariantCulture, $"{entry.Key}={entry.Value}\n");
        }

        return context.ToString();
    }

    /// <summary>The name of a graph.</summary>
    internal static string NameOf(ReadOnlySpan<byte> model, string context)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(model));
        hash.AppendData(Encoding.UTF8.GetBytes(context));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>A graph that is kept and matches its MAC, else null.</summary>
    internal byte[]? Find(string name, TimeProvider time)
    {
        string path = PathOf(name);
        try
        {
            if (Read(path, name) is byte[] graph)
            {
                File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
                return graph;
            }

            Rejected++;
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there, or not for us: the graph is optimized again.
        }

        return null;
    }

    /// <summary>Where the library is to write a graph before it is kept.</summary>
    internal GraphDraft DraftOf(string name) => _encrypts ? GraphDraft.InMemory() : GraphDraft.At(FileDraftOf(name));

    /// <summary>Keeps a draft, and removes what then is too much.</summary>
    /// <returns>Why it is not kept, or null.</returns>
    internal string? Keep(string name, GraphDraft draft)
    {
        string part = FileDraftOf(name);
        try
        {
            byte[] graph = File.ReadAllBytes(draft.Path);
            if (graph.Length > _bytesMax)
            {
                return $"it has {graph.Length} bytes; the cache holds {_bytesMax}";
            }

            MakeRoom(graph.Length + PlainHead);
            using (FileStream file = File.Create(part))
            {
                if (_encrypts)
                {
                    WriteEncrypted(file, name, graph);
                }
                else
                {
                    file.Write(PlainMagic);
                    file.Write(MacOf(name, graph));
                    file.Write(graph);
                }
            }

            // Not synced: after a power failure the MAC tells half a file from a whole one.
            File.Move(part, PathOf(name), overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Forget(part);
            return e.Message;
        }
    }

    /// <summary>Removes a graph that the library would not load.</summary>
    internal void Remove(string name) => Forget(PathOf(name));

    /// <summary>Removes a file; nothing when it is not there.</summary>
    internal static void Forget(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It counts against the bound and goes with the next one that does not fit.
        }
    }

    private string PathOf(string name) => Path.Combine(_directory, name + Ending);

    private string FileDraftOf(string name) => Path.Combine(_directory, name + DraftEnding);

    private static void DeletePlain(string path)
    {
        Span<byte> magic = stackalloc byte[EncryptedMagic.Length];
        using (FileStream file = File.OpenRead(path))
        {
            file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        }

        if (!magic.SequenceEqual(EncryptedMagic))
        {
            File.Delete(path);
        }
    }

    // Into an array of the graph's own length, once: the session is made of that.
    private byte[]? Read(string path, string name)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Span<byte> head = stackalloc byte[_encrypts ? EncryptedHead : PlainHead];
        long length = file.Length - head.Length;
        if (length <= 0 || length > _bytesMax)
        {
            return null;
        }

        byte[] graph = new byte[length];
        file.ReadExactly(head);
        file.ReadExactly(graph);
        return (_encrypts ? TryDecrypt(name, head, graph) : IsAuthentic(name, head, graph)) ? graph : null;
    }

    private bool IsAuthentic(string name, ReadOnlySpan<byte> head, ReadOnlySpan<byte> graph) =>
        head.StartsWith(PlainMagic) && CryptographicOperations.FixedTimeEquals(head[PlainMagic.Length..], MacOf(name, graph));

    // After the magic: nonce, tag, ciphertext. The name is authenticated too, as below.
    private void WriteEncrypted(FileStream file, string name, byte[] graph)
    {
        byte[] stored = new byte[EncryptedHead + graph.Length];
        EncryptedMagic.CopyTo(stored, 0);
        Span<byte> nonce = stored.AsSpan(EncryptedMagic.Length, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> tag = stored.AsSpan(EncryptedMagic.Length + NonceBytes, TagBytes);
        using AesGcm aes = new(_key, TagBytes);
        aes.Encrypt(nonce, graph, stored.AsSpan(stored.Length - graph.Length), tag, Encoding.ASCII.GetBytes(name));
        file.Write(stored);
    }

    private bool TryDecrypt(string name, ReadOnlySpan<byte> head, Span<byte> graph)
    {
        if (!head.StartsWith(EncryptedMagic))
        {
            return false;
        }

        using AesGcm aes = new(_key, TagBytes);
        try
        {
            aes.Decrypt(head.Slice(EncryptedMagic.Length, NonceBytes), graph, head[^TagBytes..], graph, Encoding.ASCII.GetBytes(name));
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    // The name stands for the model and its context, so that a file renamed to another name does not match.
    private byte[] MacOf(string name, ReadOnlySpan<byte> graph)
    {
        using IncrementalHash mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(Encoding.ASCII.GetBytes(name));
        mac.AppendData(graph);
        return mac.GetHashAndReset();
    }

    private void MakeRoom(long bytes)
    {
        FileInfo[] files =
            [.. new DirectoryInfo(_directory).GetFiles("*" + Ending).OrderBy(file => file.LastWriteTimeUtc)];
        long held = files.Sum(file => file.Length);
        for (int i = 0; i < files.Length && (held + bytes > _bytesMax || files.Length - i >= FilesMax); i++)
        {
            held -= files[i].Length;
            files[i].Delete();
        }
    }
}
