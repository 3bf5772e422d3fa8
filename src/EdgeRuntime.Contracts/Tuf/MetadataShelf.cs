using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Tuf;

/// <summary>
/// The metadata directory of a TUF repository that others keep (<c>edgectl repo</c>), as messages for devices. Who sends
/// it holds none of its keys and vouches for nothing: devices check all of it themselves. Not thread-safe.
/// </summary>
/// <param name="directory">Where <c>timestamp.json</c> and the files that it leads to are.</param>
public sealed class MetadataShelf(string directory)
{
    // In JSON the files grow by a third, and by their names.
    private const long LargestFiles = MetadataMessage.LongestBytes * 2L / 3;

    private static readonly TufLimits Limits = new();

    private IReadOnlyList<byte[]> _messages = [];
    private DateTime _written;

    /// <summary>
    /// The newest state of the directory, as one message or the parts of one; the one before it while the directory cannot be read
    /// whole; empty before there is any.
    /// </summary>
    /// <param name="objection">Why the newest cannot be read, once for each state; else null.</param>
    public IReadOnlyList<byte[]> Messages(out string? objection)
    {
        objection = null;
        string timestamp = Path.Combine(directory, "timestamp.json");
        DateTime written = File.GetLastWriteTimeUtc(timestamp);
        if (written == _written)
        {
            return _messages;
        }

        _written = written;
        try
        {
            MetadataMessage message = new() { Files = Collect() };
            _messages = MetadataSlices.Cut(JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.MetadataMessage));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            objection = $"the metadata in {directory} cannot be sent: {e.Message}";
        }

        return _messages;
    }

    // From the timestamp on, which is written last: whatever a refresh is writing meanwhile, these belong together.
    private Dictionary<string, byte[]> Collect()
    {
        Dictionary<string, byte[]> files = [];
        TufTimestamp timestamp = Take<TufTimestamp>(files, "timestamp.json", Limits.TimestampBytes);
        TufSnapshot snapshot = Take<TufSnapshot>(files, $"{timestamp.Snapshot.Version}.snapshot.json", Limits.SnapshotBytes);
        foreach ((string name, MetaFile meta) in snapshot.Meta)
        {
            Take<TufTargets>(files, $"{meta.Version}.{Uri.EscapeDataString(name)}", Limits.TargetsBytes);
        }

        for (int version = 1; version <= Limits.Roots && File.Exists(Path.Combine(directory, $"{version}.root.json")); version++)
        {
            Take<TufRoot>(files, $"{version}.root.json", Limits.RootBytes);
        }

        long bytes = files.Values.Sum(file => (long)file.Length);
        return bytes <= LargestFiles
            ? files
            : throw new InvalidDataException($"its files have {bytes} bytes; {LargestFiles} are sent in one message");
    }

    private T Take<T>(Dictionary<string, byte[]> files, string name, int limit)
        where T : TufSignedPart
    {
        Mistakes mistakes = new();
        string path = Path.Combine(directory, name);
        byte[]? bytes = JsonFile.Bytes(path, mistakes, new JsonLimits(limit));
        TufMetadata? read = bytes is null ? null : TufReader.Read<T>(bytes, path, mistakes, limit);
        files[name] = read is null ? throw new InvalidDataException(mistakes.Lines().First()) : bytes!;
        return (T)read.Signed;
    }
}
