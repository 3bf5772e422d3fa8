using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>The power went away in the middle of a disk operation. Not an IOException: nothing may survive it.</summary>
public sealed class PowerFailureException(long operation) : Exception($"power failed in operation {operation}");

/// <summary>What of the unsynced work a medium happens to have kept when the power failed.</summary>
public enum Aftermath
{
    /// <summary>Only what was synced.</summary>
    SyncedOnly,

    /// <summary>Everything, as if each operation had been synced.</summary>
    Everything,

    /// <summary>Names without the content behind them: the classic empty file after a rename.</summary>
    NamesOnly,

    /// <summary>Content, but under the old names.</summary>
    ContentOnly,

    /// <summary>A random subset of names and writes, each write whole, torn, or only its length.</summary>
    Torn,
}

/// <summary>
/// A medium that loses what was not synced. Content and names are durable apart: <see cref="Sync"/> covers the first,
/// <see cref="SyncDirectory"/> the second, and a power failure may keep any part of the rest.
/// </summary>
public sealed class SimulatedDisk : IDisk
{
    /// <summary>Bytes a name takes in its directory, so that a full disk refuses new files too.</summary>
    private const int NameBytes = 32;

    private readonly Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _durableNames = new(StringComparer.Ordinal);
    private readonly List<NameChange> _pending = [];
    private bool _dark;

    /// <summary>Bytes of files and names that fit. Writing beyond stores what fits and fails.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>What the disk says is free, when that is a lie: somebody else fills it meanwhile.</summary>
    public long? ClaimedFree { get; set; }

    /// <summary>The operation in which the power fails, counted from 1; 0 for never.</summary>
    public long FailAt { get; set; }

    /// <summary>Changing operations since the start.</summary>
    public long Operations { get; private set; }

    /// <inheritdoc/>
    public long FreeBytes => ClaimedFree ?? Math.Max(0, Capacity - Used);

    /// <summary>Bytes in use.</summary>
    public long Used => _names.Values.Distinct().Sum(node => (long)node.Live.Length) + ((long)_names.Count * NameBytes);

    /// <inheritdoc/>
    public long? Length(string path)
    {
        RequirePower();
        return _names.TryGetValue(path, out Node? node) && !node.IsDirectory ? node.Live.Length : null;
    }

    /// <inheritdoc/>
    public int Read(string path, long offset, Span<byte> bytes)
    {
        RequirePower();
        byte[] live = File(path).Live;
        int count = (int)Math.Clamp(live.Length - offset, 0, bytes.Length);
        live.AsSpan((int)Math.Min(offset, live.Length), count).CopyTo(bytes);
        return count;
    }

    /// <inheritdoc/>
    public void Write(string path, long offset, ReadOnlySpan<byte> bytes)
    {
        RequirePower();
        if (!_names.TryGetValue(path, out Node? node))
        {
            RequireParent(path);
            RequireRoom(NameBytes);
            node = new Node();
            _names[path] = node;
            _pending.Add(new NameChange(null, path, node));
        }

        long growth = Math.Max(0, offset + bytes.Length - node.Live.Length);
        long missing = Math.Max(0, growth - Math.Max(0, Capacity - Used));
        ReadOnlySpan<byte> fits = bytes[..(int)Math.Max(0, bytes.Length - missing)];
        node.Write(offset, fits);
        Done();
        if (missing > 0)
        {
            throw new IOException("No space left on device");
        }
    }

    /// <inheritdoc/>
    public void Sync(string path)
    {
        RequirePower();
        Node node = File(path);
        Done();
        node.MakeDurable();
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        RequirePower();
        if (path.Length > 0 && !(_names.TryGetValue(path, out Node? node) && node.IsDirectory))
        {
            throw new DirectoryNotFoundException(path);
        }

        Done();
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
        RequirePower();
        Node node = File(from);
        RequireParent(to);
        if (!_names.ContainsKey(to))
        {
            RequireRoom(0);
        }

        NameChange change = new(from, to, node);
        change.Apply(_names);
        _pending.Add(change);
        Done();
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        RequirePower();
        if (!_names.TryGetValue(path, out Node? node))
        {
            return;
        }

        if (node.IsDirectory && List(path).Count > 0)
        {
            throw new IOException($"{path} is not empty");
        }

        NameChange change = new(path, null, node);
        change.Apply(_names);
        _pending.Add(change);
        Done();
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        RequirePower();
        for (int slash = path.IndexOf('/'); ; slash = path.IndexOf('/', slash + 1))
        {
            string level = slash < 0 ? path : path[..slash];
            if (!_names.ContainsKey(level))
            {
                RequireRoom(NameBytes);
                Node node = new() { IsDirectory = true };
                _names[level] = node;
                _pending.Add(new NameChange(null, level, node));
            }

            if (slash < 0)
            {
                break;
            }
        }

        Done();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        RequirePower();
        return [.. _names.Keys
            .Where(name => DurableFiles.Parent(name) == path)
            .Select(name => path.Length == 0 ? name : name[(path.Length + 1)..])
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Switches the machine on again with what the medium kept.</summary>
    public void Reboot(Aftermath aftermath, Random random)
    {
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
        foreach ((string path, Node node) in _durableNames)
        {
            _names[path] = node;
        }

        // A file whose directory did not survive is gone with it.
        foreach (string orphan in _names.Keys.Where(path => !HasParents(path)).ToList())
        {
            _names.Remove(orphan);
            _durableNames.Remove(orphan);
        }

        foreach (Node node in _names.Values.Distinct())
        {
            node.Survive(aftermath, random);
        }

        _dark = false;
        FailAt = 0;
    }

    /// <summary>Spoils one byte of a file, as ageing flash does.</summary>
    public void FlipBit(string path, long offset)
    {
        Node node = File(path);
        node.Live[offset] ^= 0x10;
        node.MakeDurable();
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

    private Node File(string path) => _names.TryGetValue(path, out Node? node) && !node.IsDirectory
        ? node
        : throw new FileNotFoundException(path);

    private void RequireParent(string path)
    {
        string parent = DurableFiles.Parent(path);
        if (parent.Length > 0 && !(_names.TryGetValue(parent, out Node? node) && node.IsDirectory))
        {
            throw new DirectoryNotFoundException(parent);
        }
    }

    private void RequireRoom(long bytes)
    {
        if (Capacity - Used < bytes)
        {
            throw new IOException("No space left on device");
        }
    }

    private void RequirePower()
    {
        if (_dark)
        {
            throw new PowerFailureException(Operations);
        }
    }

    // Called after the operation took effect in memory and before it could become durable: whether the medium kept
    // it is then the aftermath's to decide.
    private void Done()
    {
        Operations++;
        if (Operations == FailAt)
        {
            _dark = true;
            throw new PowerFailureException(Operations);
        }
    }

    /// <summary>One name that came, went or moved; durable once every directory it touches was synced.</summary>
    private sealed record NameChange(string? From, string? To, Node Node)
    {
        private bool FromSynced { get; init; } = From is null;

        private bool ToSynced { get; init; } = To is null;

        public bool IsDurable => FromSynced && ToSynced;

        public NameChange WithSynced(string directory) => this with
        {
            FromSynced = FromSynced || DurableFiles.Parent(From!) == directory,
            ToSynced = ToSynced || DurableFiles.Parent(To!) == directory,
        };

        public void Apply(Dictionary<string, Node> names)
        {
            if (From is not null)
            {
                names.Remove(From);
            }

            if (To is not null)
            {
                names[To] = Node;
            }
        }
    }

    private sealed class Node
    {
        private readonly List<(long Offset, byte[] Bytes)> _unsynced = [];
        private byte[] _durable = [];

        public bool IsDirectory { get; init; }

        public byte[] Live { get; private set; } = [];

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            _unsynced.Add((offset, copy));
            Live = Overlay(Live, offset, copy);
        }

        public void MakeDurable()
        {
            _durable = [.. Live];
            _unsynced.Clear();
        }

        public void Survive(Aftermath aftermath, Random random)
        {
            switch (aftermath)
            {
                case Aftermath.Everything or Aftermath.ContentOnly:
                    break;
                case Aftermath.Torn:
                    Live = Tear(random);
                    break;
                default:
                    Live = [.. _durable];
                    break;
            }

            MakeDurable();
        }

        private byte[] Tear(Random random)
        {
            byte[] survived = [.. _durable];
            foreach ((long offset, byte[] bytes) in _unsynced)
            {
                survived = random.Next(4) switch
                {
                    0 => survived,
                    1 => Overlay(survived, offset, bytes),
                    2 => Overlay(survived, offset, bytes[..random.Next(bytes.Length + 1)]),

                    // The file grew, the blocks never arrived.
                    _ => Overlay(survived, offset, new byte[bytes.Length]),
                };
            }

            return survived;
        }

        private static byte[] Overlay(byte[] content, long offset, byte[] bytes)
        {
            byte[] result = new byte[Math.Max(content.Length, offset + bytes.Length)];
            content.CopyTo(result, 0);
            bytes.CopyTo(result, offset);
            return result;
        }
    }
}
