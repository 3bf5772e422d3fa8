using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator;

/// <summary>
/// A medium that loses what was not synced. Content and names are durable apart: <see cref="Sync"/> covers the first,
/// <see cref="SyncDirectory"/> the second, and a power failure may keep any part of the rest.
/// </summary>
public sealed class SimulatedDisk : IDisk
{
    /// <summary>Bytes a name takes in its directory, so that a full disk refuses new files too.</summary>
    private const int NameBytes = 32;

    private readonly Dictionary<string, StoredNode> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredNode> _durableNames = new(StringComparer.Ordinal);
    private readonly List<NameChange> _pending = [];
    private bool _dark;

    /// <summary>Bytes of files and names that fit. Writing beyond stores what fits and fails.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>What the disk says is free, when that is a lie: somebody else fills it meanwhile.</summary>
    public long? ClaimedFree { get; set; }

    /// <summary>How often the machine was switched on again.</summary>
    public int Reboots { get; private set; }

    /// <summary>The operation in which the power fails, counted from 1; 0 for never.</summary>
    public long FailAt { get; set; }

    /// <summary>Changing operations since the start.</summary>
    public long Operations { get; private set; }

    /// <summary>What fails, when <see cref="Calls"/> reaches <see cref="FaultAt"/>.</summary>
    public DiskFault Fault { get; set; }

    /// <summary>The call that fails, counted from 1; 0 for none. One that cannot fail so is passed over.</summary>
    public long FaultAt { get; set; }

    /// <summary>Whether all calls after that one fail too, until the fault is mended.</summary>
    public bool FaultLasts { get; set; }

    /// <summary>Calls that read or change something, since the start.</summary>
    public long Calls { get; private set; }

    /// <summary>
    /// Told of every changing operation when it is done and before it could become durable: a copy of the disk made there is
    /// what a power failure in that operation leaves.
    /// </summary>
    public event Action<DiskCall, string>? Changed;

    /// <inheritdoc/>
    public long FreeBytes => ClaimedFree ?? Math.Max(0, Capacity - Used);

    /// <summary>Bytes in use.</summary>
    public long Used => _names.Values.Distinct().Sum(node => (long)node.Live.Length) + ((long)_names.Count * NameBytes);

    /// <inheritdoc/>
    public long? Length(string path)
    {
        RequirePower();
        return _names.TryGetValue(path, out StoredNode? node) && !node.IsDirectory ? node.Live.Length : null;
    }

    /// <inheritdoc/>
    public int Read(string path, long offset, Span<byte> bytes)
    {
        Begin(DiskCall.Read);
        byte[] live = File(path).Live;
        int count = (int)Math.Clamp(live.Length - offset, 0, bytes.Length);
        live.AsSpan((int)Math.Min(offset, live.Length), count).CopyTo(bytes);
        return count;
    }

    /// <inheritdoc/>
    public void Write(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        bool fails = Fails(DiskCall.Write);
        if (!_names.TryGetValue(path, out StoredNode? node))
        {
            RequireParent(path);
            RequireRoom(NameBytes);
            node = new StoredNode();
            _names[path] = node;
            _pending.Add(new NameChange(null, path, node));
        }

        long growth = Math.Max(0, offset + bytes.Length - node.Live.Length);
        long missing = fails ? bytes.Length / 2 : Math.Max(0, growth - Math.Max(0, Capacity - Used));
        ReadOnlySpan<byte> fits = bytes[..(int)Math.Max(0, bytes.Length - missing)];
        node.Write(offset, fits);
        Done(DiskCall.Write, path);
        if (missing > 0 || fails)
        {
            throw Failure(fails ? Fault : DiskFault.NoSpace);
        }
    }

    /// <inheritdoc/>
    public void Reserve(string path, long bytes)
    {
        Begin(DiskCall.Reserve);
        long have = _names.TryGetValue(path, out StoredNode? node) ? node.Live.Length : -NameBytes;
        RequireParent(path);
        RequireRoom(bytes - have);
        if (node is null)
        {
            node = new StoredNode();
            _names[path] = node;
            _pending.Add(new NameChange(null, path, node));
        }

        if (have < bytes)
        {
            node.Write(Math.Max(0, have), new byte[bytes - Math.Max(0, have)]);
        }

        Done(DiskCall.Reserve, path);
    }

    /// <inheritdoc/>
    public void Sync(string path)
    {
        bool fails = Fails(DiskCall.Sync);
        StoredNode node = File(path);
        if (fails)
        {
            node.LoseUnsynced();
            throw Failure(Fault);
        }

        Done(DiskCall.Sync, path);
        node.MakeDurable();
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        Begin(DiskCall.SyncDirectory);
        if (path.Length > 0 && !(_names.TryGetValue(path, out StoredNode? node) && node.IsDirectory))
        {
            throw new DirectoryNotFoundException(path);
        }

        Done(DiskCall.SyncDirectory, path);
        for (int i = 0; i < _pending.Count; i++)
        {
            NameChange change = _pending[i].WithSynced(path);
            _pending[i] = change;
            if (change.IsDurable)
            {
                change.Apply(_durableNames);
            }
        }

        _pending.RemoveAll(change => change.IsDurable);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        Begin(DiskCall.Rename);
        StoredNode node = File(from);
        RequireParent(to);
        if (!_names.ContainsKey(to))
        {
            RequireRoom(0);
        }

        NameChange change = new(from, to, node);
        change.Apply(_names);
        _pending.Add(change);
        Done(DiskCall.Rename, to);
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        RequirePower();
        if (!_names.TryGetValue(path, out StoredNode? node))
        {
            return;
        }

        Begin(DiskCall.Delete);
        if (node.IsDirectory && _names.Keys.Any(name => DurableFiles.Parent(name) == path))
        {
            throw new IOException($"{path} is not empty");
        }

        NameChange change = new(path, null, node);
        change.Apply(_names);
        _pending.Add(change);
        Done(DiskCall.Delete, path);
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        Begin(DiskCall.CreateDirectory);
        for (int slash = path.IndexOf('/'); ; slash = path.IndexOf('/', slash + 1))
        {
            string level = slash < 0 ? path : path[..slash];
            if (!_names.ContainsKey(level))
            {
                RequireRoom(NameBytes);
                StoredNode node = new() { IsDirectory = true };
                _names[level] = node;
                _pending.Add(new NameChange(null, level, node));
            }

            if (slash < 0)
            {
                break;
            }
        }

        Done(DiskCall.CreateDirectory, path);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        Begin(DiskCall.List);
        return [.. _names.Keys
            .Where(name => DurableFiles.Parent(name) == path)
            .Select(name => path.Length == 0 ? name : name[(path.Length + 1)..])
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>A disk with the same content, durable or not, that nobody watches and that does not fail.</summary>
    public SimulatedDisk Copy()
    {
        Dictionary<StoredNode, StoredNode> copies = new(ReferenceEqualityComparer.Instance);
        StoredNode Of(StoredNode node) => copies.TryGetValue(node, out StoredNode? copy) ? copy : copies[node] = node.Copy();

        SimulatedDisk disk = new() { Capacity = Capacity, ClaimedFree = ClaimedFree, Reboots = Reboots };
        foreach ((string path, StoredNode node) in _names)
        {
            disk._names[path] = Of(node);
        }

        foreach ((string path, StoredNode node) in _durableNames)
        {
            disk._durableNames[path] = Of(node);
        }

        disk._pending.AddRange(_pending.Select(change => change with { Node = Of(change.Node) }));
        return disk;
    }

    /// <summary>Paths of all files, in ordinal order.</summary>
    public IReadOnlyList<string> Files() =>
        [.. _names.Where(entry => !entry.Value.IsDirectory).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    /// <summary>Switches the machine on again with what the medium kept.</summary>
    public void Reboot(Aftermath aftermath, Random random)
    {
        Reboots++;
        bool keepNames = aftermath is Aftermath.Everything or Aftermath.NamesOnly;
        foreach (NameChange change in _pending)
        {
            if (keepNames || (aftermath == Aftermath.Torn && random.Next(2) == 0))
            {
                change.Apply(_durableNames);
            }
        }

        _pending.Clear();
        _names.Clear();
        foreach ((string path, StoredNode node) in _durableNames)
        {
            _names[path] = node;
        }

        // A file whose directory did not survive is gone with it.
        foreach (string orphan in _names.Keys.Where(path => !HasParents(path)).ToList())
        {
            _names.Remove(orphan);
            _durableNames.Remove(orphan);
        }

        foreach (StoredNode node in _names.Values.Distinct())
        {
            node.Survive(aftermath, random);
        }

        _dark = false;
        FailAt = 0;
        FaultAt = 0;
    }

    /// <summary>Spoils one bit of a file, as ageing flash does.</summary>
    public void FlipBit(string path, long offset, byte mask = 0x10)
    {
        File(path).Flip(offset, mask);
    }

    private bool HasParents(string path)
    {
        for (string parent = DurableFiles.Parent(path); parent.Length > 0; parent = DurableFiles.Parent(parent))
        {
            if (!_names.ContainsKey(parent))
            {
                return false;
            }
        }

        return true;
    }

    private StoredNode File(string path) => _names.TryGetValue(path, out StoredNode? node) && !node.IsDirectory
        ? node
        : throw new FileNotFoundException(path);

    private void RequireParent(string path)
    {
        string parent = DurableFiles.Parent(path);
        if (parent.Length > 0 && !(_names.TryGetValue(parent, out StoredNode? node) && node.IsDirectory))
        {
            throw new DirectoryNotFoundException(parent);
        }
    }

    private void RequireRoom(long bytes)
    {
        if (Capacity - Used < bytes)
        {
            throw Failure(DiskFault.NoSpace);
        }
    }

    private void Begin(DiskCall call)
    {
        if (Fails(call))
        {
            throw Failure(Fault);
        }
    }

    private bool Fails(DiskCall call)
    {
        RequirePower();
        Calls++;
        bool canFail = Fault == DiskFault.InputOutput || call is not (DiskCall.Read or DiskCall.List or DiskCall.Delete);
        return canFail && FaultAt > 0 && (Calls == FaultAt || (FaultLasts && Calls > FaultAt));
    }

    private static IOException Failure(DiskFault fault) =>
        new(fault == DiskFault.NoSpace ? "No space left on device" : "Input/output error");

    private void RequirePower()
    {
        if (_dark)
        {
            throw new PowerFailureException(Operations);
        }
    }

    // Called after the operation took effect in memory and before it could become durable: whether the medium kept
    // it is then the aftermath's to decide.
    private void Done(DiskCall call, string path)
    {
        Operations++;
        Changed?.Invoke(call, path);
        if (Operations == FailAt)
        {
            _dark = true;
            throw new PowerFailureException(Operations);
        }
    }
}
