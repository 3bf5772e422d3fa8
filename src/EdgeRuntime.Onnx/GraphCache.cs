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
/// </remarks>
public sealed class GraphCache
{
    /// <summary>Most graphs kept.</summary>
    public const int FilesMax = 64;

    private const string Ending = ".graph";
    private const string DraftEnding = ".draft";
    private const int MacBytes = 32;
    private static readonly byte[] Magic = "EDGEGRF1"u8.ToArray();

    private readonly string _directory;
    private readonly byte[] _key;
    private readonly long _bytesMax;

    /// <summary>Opens the cache, and creates its directory where it is missing.</summary>
    /// <param name="directory">Holds nothing else; drafts that an earlier process left are removed.</param>
    /// <param name="key">The device's; at least 16 bytes, and nobody else's.</param>
    /// <param name="bytesMax">Bytes of all files together. (default: 256 MiB)</param>
    /// <exception cref="IOException">The directory cannot be created or read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public GraphCache(string directory, ReadOnlySpan<byte> key, long bytesMax = 256L * 1024 * 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, 16);
        _directory = directory;
        _key = key.ToArray();
        _bytesMax = bytesMax;
        Directory.CreateDirectory(directory);
        foreach (string draft in Directory.GetFiles(directory, "*" + DraftEnding))
        {
            File.Delete(draft);
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
            byte[] file = File.ReadAllBytes(path);
            int content = Magic.Length + MacBytes;
            if (file.Length > content
                && file.AsSpan(0, Magic.Length).SequenceEqual(Magic)
                && CryptographicOperations.FixedTimeEquals(
                    file.AsSpan(Magic.Length, MacBytes), MacOf(name, file.AsSpan(content))))
            {
                File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
                return file[content..];
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
    internal string DraftOf(string name) => Path.Combine(_directory, name + DraftEnding);

    /// <summary>Keeps a draft, and removes what then is too much.</summary>
    /// <returns>Why it is not kept, or null.</returns>
    internal string? Keep(string name, string draft)
    {
        try
        {
            byte[] graph = File.ReadAllBytes(draft);
            if (graph.Length > _bytesMax)
            {
                return $"it has {graph.Length} bytes; the cache holds {_bytesMax}";
            }

            MakeRoom(graph.Length + Magic.Length + MacBytes);
            string path = PathOf(name);
            using (FileStream file = File.Create(draft))
            {
                file.Write(Magic);
                file.Write(MacOf(name, graph));
                file.Write(graph);
            }

            // Not synced: after a power failure the MAC tells half a file from a whole one.
            File.Move(draft, path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
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
