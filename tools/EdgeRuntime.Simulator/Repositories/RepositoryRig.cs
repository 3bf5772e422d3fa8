using System.Security.Cryptography;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Tuf;

namespace EdgeRuntime.Simulator;

/// <summary>
/// A TUF repository in memory and a device's store: three release keys of which two must sign, an online key each for
/// snapshot and timestamp. An attacker is whoever changes <see cref="Files"/>.
/// </summary>
public sealed class RepositoryRig : IDisposable
{
    public const string Directory = "tuf";

    private readonly List<TufSigningKey> _keys = [];

    public RepositoryRig()
    {
        ReleaseKeys = [NewKey(), NewKey(), NewKey()];
        TargetsKeys = [NewKey(), NewKey()];
        SnapshotKey = NewKey();
        TimestampKey = NewKey();
        Root = WithRoles(TufDraft.Root(Clock.Now, TimeSpan.FromDays(365)));
        Targets = TufDraft.Targets(Clock.Now, TimeSpan.FromDays(365));
        Snapshot = TufDraft.Snapshot(Clock.Now, TimeSpan.FromDays(60));
        Timestamp = TufDraft.Timestamp(Clock.Now, TimeSpan.FromDays(7));
        PublishRoot();
        PublishTargets();
        TufClient.Trust(Store(), Files["1.root.json"]);
    }

    public MovableClock Clock { get; } = new();

    public SimulatedDisk Disk { get; set; } = new();

    /// <summary>What the repository serves, by name.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>What was asked for, in order.</summary>
    public List<string> Asked { get; } = [];

    public List<TufSigningKey> ReleaseKeys { get; set; }

    public List<TufSigningKey> TargetsKeys { get; set; }

    public TufSigningKey SnapshotKey { get; set; }

    public TufSigningKey TimestampKey { get; set; }

    public TufDraft Root { get; set; }

    public TufDraft Targets { get; set; }

    public TufDraft Snapshot { get; set; }

    public TufDraft Timestamp { get; set; }

    /// <summary>All four roles one version on.</summary>
    public void PublishNext()
    {
        TufDraft targets = Targets;
        Next();
        Targets = targets.Next(Clock.Now, TimeSpan.FromDays(365));
        PublishTargets();
    }

    /// <summary>From the next publication on this key alone gives orders.</summary>
    public void DelegateOrdersTo(SigningKey key) => DelegateOrdersTo(1, TufKey.OfEcdsa(key.Public));

    /// <summary>From the next publication on so many of these keys together give orders.</summary>
    public void DelegateOrdersTo(int threshold, params TufKey[] keys) => Targets = Targets.WithDelegation(
        new TufDelegation { Name = ReleaseTrust.DeployRole, KeyIds = [], Threshold = threshold, Paths = ["orders/*"] }, keys);

    /// <summary>The metadata as the repository has it now, as one message.</summary>
    public byte[] Metadata() => JsonSerializer.SerializeToUtf8Bytes(
        new MetadataMessage { Files = new Dictionary<string, byte[]>(Files) }, WireJson.Default.MetadataMessage);

    public TufSigningKey NewKey()
    {
        TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        _keys.Add(key);
        return key;
    }

    public TufDraft WithRoles(TufDraft root) => root
        .WithRole("root", [.. ReleaseKeys.Select(key => key.Public)], 2)
        .WithRole("targets", [.. TargetsKeys.Select(key => key.Public)], 1)
        .WithRole("snapshot", [SnapshotKey.Public], 1)
        .WithRole("timestamp", [TimestampKey.Public], 1);

    public static TufDraft Sign(TufDraft draft, params IEnumerable<TufSigningKey> keys) =>
        keys.Aggregate(draft, (signed, key) => signed.SignedBy(key));

    /// <summary>Publishes the root as it is, signed by the release keys and any others.</summary>
    public void PublishRoot(params IEnumerable<TufSigningKey> more)
    {
        Root = Sign(Root, [.. ReleaseKeys, .. more]);
        Files[$"{Root.Version}.root.json"] = Root.ToBytes();
    }

    /// <summary>The next root, with the keys that the rig holds now, signed by the old release keys too.</summary>
    public void RotateRoot(params IEnumerable<TufSigningKey> old)
    {
        Root = WithRoles(Root.Next(Clock.Now, TimeSpan.FromDays(365)));
        PublishRoot(old);
    }

    public void PublishTargets()
    {
        Targets = Sign(Targets, TargetsKeys[0]);
        byte[] bytes = Targets.ToBytes();
        Files[$"{Targets.Version}.targets.json"] = bytes;
        Snapshot = Snapshot.WithMeta("targets.json", Targets.Version, bytes);
        PublishSnapshot();
    }

    public void PublishSnapshot()
    {
        Snapshot = Sign(Snapshot, SnapshotKey);
        byte[] bytes = Snapshot.ToBytes();
        Files[$"{Snapshot.Version}.snapshot.json"] = bytes;
        Timestamp = Timestamp.WithMeta("snapshot.json", Snapshot.Version, bytes);
        PublishTimestamp();
    }

    public void PublishTimestamp()
    {
        Timestamp = Sign(Timestamp, TimestampKey);
        Files["timestamp.json"] = Timestamp.ToBytes();
    }

    /// <summary>A role that others delegate to, published and in the snapshot.</summary>
    public void PublishDelegated(string name, TufDraft targets, params IEnumerable<TufSigningKey> keys)
    {
        byte[] bytes = Sign(targets, keys).ToBytes();
        Files[$"{targets.Version}.{Uri.EscapeDataString(name)}.json"] = bytes;
        Snapshot = Snapshot.WithMeta($"{name}.json", targets.Version, bytes);
    }

    /// <summary>All four roles one version on, as a day's work makes them.</summary>
    public void Next()
    {
        Targets = Targets.Next(Clock.Now, TimeSpan.FromDays(365));
        Snapshot = Snapshot.Next(Clock.Now, TimeSpan.FromDays(60));
        Timestamp = Timestamp.Next(Clock.Now, TimeSpan.FromDays(7));
    }

    public static TargetFile Target(string path, byte[] content, long? counter = null, params string[] hardware) => new()
    {
        Path = path,
        Length = content.Length,
        Hashes = new Dictionary<string, string> { ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) },
        Release = new ReleaseClaim { Counter = counter, HardwareIds = hardware },
    };

    public TrustedMetadata Store() => new(Disk, Directory);

    public TufClient Client(TufLimits? limits = null) => new(Store(), Fetch, Clock, limits);

    /// <summary>A refresh by a device that has just started.</summary>
    public TufClient Refreshed()
    {
        TufClient client = Client();
        client.Refresh();
        return client;
    }

    /// <summary>The attack that a refresh refuses.</summary>
    public TufFault Refused()
    {
        try
        {
            Client().Refresh();
        }
        catch (TufException refused)
        {
            return refused.Fault;
        }

        throw new InvariantException("the refresh was not refused");
    }

    public byte[]? Trusted(string name) => DurableFiles.ReadAll(Disk, $"{Directory}/{name}", 1 << 20);

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    private byte[]? Fetch(string name, int limit)
    {
        Asked.Add(name);
        return Files.GetValueOrDefault(name);
    }
}

/// <summary>A wall clock that stands where it is set.</summary>
public sealed class MovableClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
