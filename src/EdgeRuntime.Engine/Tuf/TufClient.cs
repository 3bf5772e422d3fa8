using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Engine.Tuf;

/// <summary>Gets one metadata file of a repository, by whatever carrier.</summary>
/// <param name="name">Such as <c>2.root.json</c>, with unusual characters escaped as in an address.</param>
/// <param name="limit">Longest file that is wanted, bytes; one byte more is enough to show that it is longer.</param>
/// <returns>The bytes, or null when the repository has no such file.</returns>
public delegate byte[]? MetadataFetch(string name, int limit);

/// <summary>
/// The client workflow of the TUF specification 1.0, chapter 5: from a root trusted in advance to what may be installed.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// Whatever goes wrong, what was trusted before stays and the next refresh begins from there. Expiry only refuses news: it
/// takes nothing away that is installed. The time is the clock's or, where that is behind it, the newest signing time that
/// was ever verified here, so that a clock that lost its battery takes no stale metadata for fresh.
/// </remarks>
public sealed class TufClient
{
    private readonly TrustedMetadata _store;
    private readonly MetadataFetch _fetch;
    private readonly TimeProvider _time;
    private readonly TufLimits _limits;
    private readonly Dictionary<string, TufMetadata> _roles = new(StringComparer.Ordinal);
    private DateTimeOffset _now;
    private TufMetadata? _root;
    private TufMetadata? _timestamp;
    private TufMetadata? _snapshot;
    private TufMetadata? _targets;

    /// <param name="store">What is trusted, from one run to the next.</param>
    public TufClient(TrustedMetadata store, MetadataFetch fetch, TimeProvider time, TufLimits? limits = null)
    {
        _store = store;
        _fetch = fetch;
        _time = time;
        _limits = limits ?? new TufLimits();
    }

    /// <summary>The trusted root, once <see cref="Refresh"/> has loaded it.</summary>
    public TufRoot Root => Of<TufRoot>(_root);

    /// <summary>The snapshot of the last refresh.</summary>
    public TufSnapshot Snapshot => Of<TufSnapshot>(_snapshot);

    /// <summary>The top-level targets of the last refresh.</summary>
    public TufTargets Targets => Of<TufTargets>(_targets);

    /// <summary>What counts as now: the fixed start of the refresh, or the newest verified signing time if that is later.</summary>
    public DateTimeOffset Now => _now;

    /// <summary>Begins to trust a root that came by a trusted way, such as with the device's image.</summary>
    /// <exception cref="TufException">It is not a root, or not signed by its own keys.</exception>
    /// <exception cref="IOException">It cannot be stored.</exception>
    public static void Trust(TrustedMetadata store, byte[] root, TufLimits? limits = null)
    {
        limits ??= new TufLimits();
        Mistakes mistakes = new();
        TufMetadata read = TufReader.Read<TufRoot>(root, "root.json", mistakes, limits.RootBytes)
            ?? throw new TufException(TufFault.Malformed, [.. mistakes.Lines()]);
        TufRoot signed = (TufRoot)read.Signed;
        if (read.Lacks(signed.Roles["root"], signed.Keys) is string lacking)
        {
            throw new TufException(TufFault.ArbitrarySoftware, $"root.json: has {lacking}");
        }

        store.Save("root", root);
    }

    /// <summary>True when the store holds a root that is whole and signed by its own keys.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public static bool HasRoot(TrustedMetadata store, TufLimits? limits = null)
    {
        int limit = (limits ?? new TufLimits()).RootBytes;
        return store.Load("root", limit) is byte[] bytes
            && TufReader.Read<TufRoot>(bytes, "root.json", new Mistakes(), limit) is TufMetadata read
            && read.Signed is TufRoot root
            && read.Lacks(root.Roles["root"], root.Keys) is null;
    }

    /// <summary>Brings the four top-level roles up to date, each stored as soon as it is verified.</summary>
    /// <exception cref="TufException">Something was refused; the fault names the attack.</exception>
    /// <exception cref="IOException">The store or the carrier failed.</exception>
    public void Refresh()
    {
        _now = _time.GetUtcNow();
        _timestamp = _snapshot = _targets = null;
        _roles.Clear();
        LoadRoot();
        UpdateRoot();
        UpdateTimestamp();
        UpdateSnapshot();
        _targets = Role("targets", Root.Roles["targets"], Root.Keys);
        _store.Prune(Snapshot);
    }

    /// <summary>Finds what is vouched for under a path: the pre-order walk through delegations, most trusted first.</summary>
    /// <exception cref="TufException">Nobody vouches for it, or a role on the way cannot be believed.</exception>
    /// <exception cref="IOException">The store or the carrier failed.</exception>
    public TargetFile Find(string path)
    {
        // The delegator goes along: whom one role trusts with a name says nothing about whom another does.
        Stack<(string Name, TufRole Role, IReadOnlyDictionary<string, TufKey> Keys)> waiting = new();
        waiting.Push(("targets", Root.Roles["targets"], Root.Keys));
        HashSet<string> visited = new(StringComparer.Ordinal);
        while (waiting.TryPop(out (string Name, TufRole Role, IReadOnlyDictionary<string, TufKey> Keys) next))
        {
            if (visited.Contains(next.Name))
            {
                continue;
            }

            if (visited.Count >= _limits.Delegations)
            {
                throw new TufException(
                    TufFault.NoSuchTarget, $"no target '{path}' in the first {visited.Count} roles that are trusted with it");
            }

            visited.Add(next.Name);
            TufTargets targets = next.Name == "targets" ? Targets : Of<TufTargets>(Role(next.Name, next.Role, next.Keys));
            if (targets.Targets.TryGetValue(path, out TargetFile? found))
            {
                return found;
            }

            List<TufDelegation> covering = [];
            foreach (TufDelegation delegation in targets.Delegations.Where(delegation => delegation.Covers(path)))
            {
                covering.Add(delegation);
                if (delegation.Terminating)
                {
                    waiting.Clear();
                    break;
                }
            }

            covering.Reverse();
            covering.ForEach(delegation => waiting.Push((delegation.Name, delegation, targets.DelegatedKeys)));
        }

        throw new TufException(TufFault.NoSuchTarget, $"no role that is trusted with it vouches for a target '{path}'");
    }

    /// <summary>The name under which the repository keeps a target: with its hash where snapshots are consistent.</summary>
    public string FileNameOf(TargetFile target)
    {
        if (!Root.ConsistentSnapshot)
        {
            return target.Path;
        }

        int slash = target.Path.LastIndexOf('/') + 1;
        string hash = target.Hashes.GetValueOrDefault("sha256") ?? target.Hashes.Values.First();
        return $"{target.Path[..slash]}{hash}.{target.Path[slash..]}";
    }

    // 5.2. A damaged root is no reason to ask anybody: who answered could not be checked.
    private void LoadRoot()
    {
        byte[] bytes = _store.Load("root", _limits.RootBytes)
            ?? throw new TufException(TufFault.NoTrust, "no root is trusted here yet; give the one that came with the device");
        TufMetadata root = Read<TufRoot>(bytes, "root.json", _limits.RootBytes);
        Require(root, "root.json", ((TufRoot)root.Signed).Roles["root"], ((TufRoot)root.Signed).Keys);
        _store.FinishRotation(root.Signed.Version);
        _root = root;
        Remember(root);
    }

    // 5.3.
    private void UpdateRoot()
    {
        for (int i = 0; i < _limits.Roots; i++)
        {
            TufRoot old = Root;
            string name = $"{old.Version + 1}.root.json";
            if (Fetch(name, _limits.RootBytes) is not byte[] bytes)
            {
                break;
            }

            TufMetadata next = Read<TufRoot>(bytes, name, _limits.RootBytes);
            TufRoot root = (TufRoot)next.Signed;
            Require(next, name, old.Roles["root"], old.Keys);
            Require(next, name, root.Roles["root"], root.Keys);
            if (root.Version != old.Version + 1)
            {
                throw new TufException(
                    TufFault.Rollback, $"{name}: is version {root.Version}; only {old.Version + 1} may follow {old.Version}");
            }

            if (KeysDiffer(old, root, "timestamp") || KeysDiffer(old, root, "snapshot"))
            {
                _store.Rotate(root.Version, bytes);
            }
            else
            {
                _store.Save("root", bytes);
            }

            _root = next;
            Remember(next);
        }

        // Only now, and by the newest root: what who once held the online keys dated far ahead must not bind for ever.
        foreach (TufMetadata known in (IEnumerable<TufMetadata>)[
            .. Known<TufTimestamp>("timestamp", _limits.TimestampBytes),
            .. Known<TufSnapshot>("snapshot", _limits.SnapshotBytes),
            .. Known<TufTargets>("targets", _limits.TargetsBytes)])
        {
            Remember(known);
        }

        RequireFresh(_root!, "root.json");
    }

    // 5.4.
    private void UpdateTimestamp()
    {
        TufMetadata? trusted = Known<TufTimestamp>("timestamp", _limits.TimestampBytes).FirstOrDefault();
        const string Name = "timestamp.json";
        byte[] bytes = Fetch(Name, _limits.TimestampBytes)
            ?? throw new TufException(TufFault.Unavailable, $"{Name}: the repository has none");
        TufMetadata read = Read<TufTimestamp>(bytes, Name, _limits.TimestampBytes);
        Require(read, Name, Root.Roles["timestamp"], Root.Keys);
        if (trusted is not null)
        {
            long had = trusted.Signed.Version;
            if (read.Signed.Version < had)
            {
                throw new TufException(TufFault.Rollback, $"{Name}: is version {read.Signed.Version}; {had} is trusted");
            }

            if (read.Signed.Version == had)
            {
                // Nothing is new. Were its content another, it would not be believed.
                RequireFresh(trusted, Name);
                _timestamp = trusted;
                return;
            }

            long older = Of<TufTimestamp>(trusted).Snapshot.Version;
            long newer = Of<TufTimestamp>(read).Snapshot.Version;
            if (newer < older)
            {
                throw new TufException(TufFault.Rollback, $"{Name}: names snapshot {newer}; {older} was named before");
            }
        }

        Remember(read);
        RequireFresh(read, Name);
        _store.Save("timestamp", bytes);
        _timestamp = read;
    }

    // 5.5.
    private void UpdateSnapshot()
    {
        MetaFile meta = Of<TufTimestamp>(_timestamp).Snapshot;
        const string Name = "snapshot.json";
        byte[]? stored = _store.Load("snapshot", _limits.SnapshotBytes);
        TufMetadata? trusted = Known<TufSnapshot>("snapshot", _limits.SnapshotBytes).FirstOrDefault();
        if (trusted is not null && trusted.Signed.Version == meta.Version && Differs(stored!, meta) is null)
        {
            RequireFresh(trusted, Name);
            _snapshot = trusted;
            return;
        }

        byte[] bytes = FetchMeta("snapshot", meta, _limits.SnapshotBytes);
        TufMetadata read = Read<TufSnapshot>(bytes, Name, _limits.SnapshotBytes);
        Require(read, Name, Root.Roles["snapshot"], Root.Keys);
        RequireVersion(read, Name, meta);
        if (trusted is not null)
        {
            RequireNoRollback(Of<TufSnapshot>(trusted), Of<TufSnapshot>(read));
        }

        Remember(read);
        RequireFresh(read, Name);
        _store.Save("snapshot", bytes);
        _snapshot = read;
    }

    // 5.6, and the same for every delegated role. A role that is already here is believed anew under each delegator.
    private TufMetadata Role(string role, TufRole signers, IReadOnlyDictionary<string, TufKey> keys)
    {
        string name = $"{role}.json";
        if (!Snapshot.Meta.TryGetValue(name, out MetaFile? meta))
        {
            throw new TufException(TufFault.MixAndMatch, $"{JsonText(name)}: the snapshot does not list it");
        }

        if (_roles.TryGetValue(role, out TufMetadata? had))
        {
            Require(had, name, signers, keys);
            return had;
        }

        byte[]? stored = _store.Load(role, _limits.TargetsBytes);
        if (stored is not null && Differs(stored, meta) is null
            && TufReader.Read<TufTargets>(stored, name, new Mistakes(), _limits.TargetsBytes) is TufMetadata trusted
            && trusted.Signed.Version == meta.Version
            && trusted.Lacks(signers, keys) is null)
        {
            RequireFresh(trusted, name);
            _roles[role] = trusted;
            return trusted;
        }

        byte[] bytes = FetchMeta(role, meta, _limits.TargetsBytes);
        TufMetadata read = Read<TufTargets>(bytes, name, _limits.TargetsBytes);
        Require(read, name, signers, keys);
        RequireVersion(read, name, meta);
        Remember(read);
        RequireFresh(read, name);
        _store.Save(role, bytes);
        _roles[role] = read;
        return read;
    }

    private byte[] FetchMeta(string role, MetaFile meta, int limit)
    {
        string file = TrustedMetadata.FileName(role);
        string name = Root.ConsistentSnapshot ? $"{meta.Version}.{file}" : file;
        if (meta.Length > limit)
        {
            throw new TufException(TufFault.EndlessData, $"{name}: would have {meta.Length} bytes; {limit} are read");
        }

        byte[] bytes = Fetch(name, (int)(meta.Length ?? limit))
            ?? throw new TufException(TufFault.Unavailable, $"{name}: the repository has none");
        return Differs(bytes, meta) is string difference
            ? throw new TufException(TufFault.MixAndMatch, $"{name}: {difference}")
            : bytes;
    }

    private byte[]? Fetch(string name, int limit)
    {
        byte[]? bytes = _fetch(name, limit);
        return bytes?.Length > limit
            ? throw new TufException(TufFault.EndlessData, $"{name}: has more than the {limit} bytes it may have")
            : bytes;
    }

    // What is stored for a role, if it is whole and those sign it who must by the root that is trusted now.
    private IEnumerable<TufMetadata> Known<T>(string role, int limit)
        where T : TufSignedPart
    {
        if (_store.Load(role, limit) is byte[] bytes
            && TufReader.Read<T>(bytes, role, new Mistakes(), limit) is TufMetadata read
            && read.Lacks(Root.Roles[role], Root.Keys) is null)
        {
            yield return read;
        }
    }

    private void Remember(TufMetadata verified)
    {
        if (verified.Signed.Issued is DateTimeOffset issued && issued > _now)
        {
            _now = issued;
        }
    }

    private void RequireFresh(TufMetadata metadata, string name)
    {
        DateTimeOffset expires = metadata.Signed.Expires;
        if (expires > _now)
        {
            return;
        }

        string sentence = $"{JsonText(name)}: version {metadata.Signed.Version} expired at {expires:yyyy-MM-dd HH:mm}Z; "
            + $"here it is {_now:yyyy-MM-dd HH:mm}Z";

        // Both may be true: the repository is not being refreshed, or this machine's clock is wrong.
        throw new TufException(TufFault.Freeze, $"{sentence}. Nothing new is installed until it is renewed, or the clock set right");
    }

    private static TufMetadata Read<T>(byte[] bytes, string name, int limit)
        where T : TufSignedPart
    {
        Mistakes mistakes = new();
        return TufReader.Read<T>(bytes, name, mistakes, limit)
            ?? throw new TufException(TufFault.Malformed, [.. mistakes.Lines()]);
    }

    private static void Require(
        TufMetadata metadata, string name, TufRole role, IReadOnlyDictionary<string, TufKey> keys)
    {
        if (metadata.Lacks(role, keys) is string lacking)
        {
            throw new TufException(TufFault.ArbitrarySoftware, $"{JsonText(name)}: has {lacking}");
        }
    }

    private static void RequireVersion(TufMetadata metadata, string name, MetaFile meta)
    {
        if (metadata.Signed.Version != meta.Version)
        {
            throw new TufException(
                TufFault.MixAndMatch, $"{JsonText(name)}: is version {metadata.Signed.Version}; {meta.Version} belongs here");
        }
    }

    private static void RequireNoRollback(TufSnapshot trusted, TufSnapshot read)
    {
        foreach ((string name, MetaFile had) in trusted.Meta)
        {
            if (!read.Meta.TryGetValue(name, out MetaFile? has))
            {
                throw new TufException(TufFault.Rollback, $"snapshot.json: does not list {JsonText(name)} any more");
            }

            if (has.Version < had.Version)
            {
                throw new TufException(
                    TufFault.Rollback, $"snapshot.json: names {JsonText(name)} {has.Version}; {had.Version} was named before");
            }
        }
    }

    private static string? Differs(ReadOnlySpan<byte> bytes, MetaFile meta) =>
        meta.Length is long length && bytes.Length != length
            ? $"has {bytes.Length} bytes; {length} are promised"
            : meta.Hashes.Count > 0 ? TargetHash.Differs(bytes, meta.Hashes) : null;

    private static bool KeysDiffer(TufRoot old, TufRoot root, string role) =>
        !old.Roles[role].KeyIds.ToHashSet(StringComparer.Ordinal).SetEquals(root.Roles[role].KeyIds);

    private static T Of<T>(TufMetadata? metadata)
        where T : TufSignedPart =>
        metadata?.Signed as T ?? throw new InvalidOperationException("refresh first");

    // Names come out of files; they end up in logs.
    private static string JsonText(string name) => name.Any(char.IsControl) ? Uri.EscapeDataString(name) : name;
}
