using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Engine.Tuf;

/// <summary>
/// Which packages a device may fetch and whose orders it follows, by TUF metadata that comes as messages, or file by file from a
/// repository, and outlives a restart in the store. Not thread-safe.
/// </summary>
/// <remarks>
/// It only ever says no to what is new: what is installed goes on, whatever expired, was lost or was forged. The client's workflow is
/// synchronous and a repository is not; so a round of questions runs it anew with every file that came, until it lacks none.
/// What it had verified before stands in the store by then.
/// </remarks>
public sealed class ReleaseTrust
{
    /// <summary>Name of the role whose keys sign orders.</summary>
    public const string DeployRole = "deploy";

    // Read before anything shows who sent it, on boards of little memory: a parsed file takes some fifty times its bytes.
    private static readonly TufLimits Limits = new()
    {
        RootBytes = 128 * 1024,
        SnapshotBytes = 256 * 1024,
        TargetsBytes = 1024 * 1024,
    };

    private readonly TrustedMetadata _store;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<string> _hardware;
    private IReadOnlyDictionary<string, byte[]> _files = new Dictionary<string, byte[]>();
    private readonly MetadataSlices _slices = new();
    private Dictionary<string, byte[]?>? _round;

    /// <param name="store">What was verified before.</param>
    /// <param name="root">The root that came with the device; trusted where the store has none that is whole.</param>
    /// <param name="hardware">What this device is; a target that names hardware must name one of these.</param>
    public ReleaseTrust(TrustedMetadata store, byte[] root, TimeProvider time, IReadOnlyList<string> hardware)
    {
        _store = store;
        _time = time;
        _hardware = hardware;
        Signers = OrderSigners.Nobody;
        try
        {
            if (!TufClient.HasRoot(store, Limits))
            {
                TufClient.Trust(store, root, Limits);
            }

            Learn(Refreshed());
        }
        catch (Exception e) when (e is TufException or IOException)
        {
            // On the first start there is nothing yet, and after long absence all is stale; the next message mends both.
        }
    }

    /// <summary>Who must sign an order; nobody's is followed before the metadata says.</summary>
    public OrderSigners Signers { get; private set; }

    /// <summary>The file of the repository that the round lacks, and how long it may be in bytes; null when it lacks none.</summary>
    public (string Name, int Limit)? Wanted { get; private set; }

    /// <summary>The name under which a package stands among the targets.</summary>
    public static string PathOf(string model, string version) => $"{model}-{version}.edgepkg";

    /// <summary>Takes a <see cref="MetadataMessage"/>.</summary>
    /// <param name="isPart">True when it was taken, and is not whole yet.</param>
    /// <returns>Why it was refused, by the attack that it would have been, or null when it is trusted now.</returns>
    public string? Take(ReadOnlyMemory<byte> message, out bool isPart)
    {
        isPart = false;
        if (message.Length > MetadataMessage.LongestBytes)
        {
            return $"it has {message.Length} bytes; {MetadataMessage.LongestBytes} are accepted";
        }

        IReadOnlyDictionary<string, byte[]> before = _files;
        Dictionary<string, byte[]?>? round = _round;
        try
        {
            _round = null;
            MetadataMessage? read = JsonSerializer.Deserialize(message.Span, WireJson.Default.MetadataMessage);
            if (read?.Slice is MetadataSlice slice)
            {
                string? objection = _slices.Add(slice, out byte[]? whole);
                isPart = objection is null && whole is null;
                if (whole is null)
                {
                    return objection;
                }

                read = JsonSerializer.Deserialize(whole, WireJson.Default.MetadataMessage);
            }

            _files = read?.Files ?? before;
            Learn(Refreshed());
            return null;
        }
        catch (Exception e) when (e is TufException or IOException or JsonException)
        {
            // What came before may still be whole, such as when an old broker repeats an old message.
            _files = before;
            return e is JsonException ? "it is not a message of metadata files" : e.Message;
        }
        finally
        {
            _round = round;
        }
    }

    /// <summary>Begins a round: from here on files come from the repository, and <see cref="Wanted"/> says which is next.</summary>
    public void BeginRound() => _round = new(StringComparer.Ordinal);

    /// <summary>What the repository has under a name; null when it has no such file.</summary>
    public void Supply(string name, byte[]? bytes) => _round?.TryAdd(name, bytes);

    /// <summary>Goes as far as the files of the round reach; <see cref="Wanted"/> says what is lacking.</summary>
    /// <returns>Why something was refused, by the attack that it would have been, or null.</returns>
    public string? Pull()
    {
        try
        {
            Wanted = null;
            Learn(Refreshed());
            return null;
        }
        catch (AwaitedException awaited)
        {
            Wanted = (awaited.Name, awaited.Limit);
            return null;
        }
        catch (Exception e) when (e is TufException or IOException)
        {
            return e.Message;
        }
    }

    /// <summary>Ends a round.</summary>
    /// <param name="believed">Whether it came to its end, and nothing was refused; else what came before stays.</param>
    public void EndRound(bool believed)
    {
        if (believed && _round is not null)
        {
            _files = _round.Where(file => file.Value is not null).ToDictionary(file => file.Key, file => file.Value!);
        }

        _round = null;
        Wanted = null;
    }

    /// <summary>Checks a package before a byte of it is fetched.</summary>
    /// <param name="floor">Lowest release counter that may be installed, or null where going back is allowed.</param>
    /// <returns>Why it must not be fetched, or null.</returns>
    public string? Objection(string model, PackageReference package, long? floor)
    {
        string path = PathOf(model, package.Version);
        try
        {
            TargetFile target = Refreshed().Find(path);
            target.Release.Check(path, _hardware, floor);
            return target.Length == package.Size && target.Hashes.GetValueOrDefault("sha256") == package.ArchiveSha256
                ? null
                : $"{path} is ordered with another size or hash than it is vouched for with (prevented: arbitrary software attack)";
        }
        catch (AwaitedException awaited)
        {
            Wanted = (awaited.Name, awaited.Limit);
            return $"{awaited.Name} is being asked for";
        }
        catch (Exception e) when (e is TufException or IOException)
        {
            return e.Message;
        }
    }

    // Each time anew: what was fresh when it came may have expired since.
    private TufClient Refreshed()
    {
        TufClient client = new(_store, Fetch, _time, Limits);
        client.Refresh();
        return client;
    }

    private byte[]? Fetch(string name, int limit)
    {
        if (_round is not null)
        {
            return _round.TryGetValue(name, out byte[]? bytes) ? bytes : throw new AwaitedException(name, limit);
        }

        return _files.GetValueOrDefault(name) ?? (name == "timestamp.json" ? _store.Load("timestamp", limit) : null);
    }

    private void Learn(TufClient client) =>
        Signers = client.Targets.Delegations.FirstOrDefault(role => role.Name == DeployRole) is TufDelegation role
            ? OrderSigners.Of(role, client.Targets.DelegatedKeys)
            : OrderSigners.Nobody;

    private sealed class AwaitedException(string name, int limit) : Exception
    {
        public string Name => name;

        public int Limit => limit;
    }
}
