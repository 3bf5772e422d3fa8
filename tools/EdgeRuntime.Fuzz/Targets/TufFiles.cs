using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Tuf;
using EdgeRuntime.Fuzz.Mutation;

namespace EdgeRuntime.Fuzz.Targets;

/// <summary>TUF metadata, by its reader and served to a whole client.</summary>
internal static class TufFiles
{
    private const int Limit = 64 * 1024;

    private static readonly Mutation.Mutation[] Json = [JsonMutation.Change, JsonMutation.Change, JsonMutation.Change, ByteMutation.Havoc];
    private static readonly DateTimeOffset Day = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<SampleRepository> Genuine = new(() => new SampleRepository());

    public static IReadOnlyList<Target> Targets { get; } =
    [
        new Target
        {
            Name = "tuf",
            About = "TUF metadata of the four kinds",
            Run = Metadata,
            Seeds = Seeds,
            Mutations = Json,
            LargestInput = 16 * 1024,
            BytesPerByte = 1500,
            FixedBytes = 1024 * 1024,
        },
        new Target
        {
            Name = "tuf-client",
            About = "a TUF client to whom one file of a repository is served otherwise, and then the genuine one",
            Run = Client,
            Seeds = Seeds,
            Mutations = Json,
            Weight = 0.5,
            LargestInput = 16 * 1024,
            BytesPerByte = 1500,
            FixedBytes = 4 * 1024 * 1024,
        },
        new Target
        {
            Name = "tuf-message",
            About = "TUF metadata as a device receives it, and what it then lets pass",
            Run = Message,
            Seeds = () =>
            [
                JsonSerializer.SerializeToUtf8Bytes(new MetadataMessage { Files = Genuine.Value.Files }, WireJson.Default.MetadataMessage),
                .. MetadataSlices.Cut(JsonSerializer.SerializeToUtf8Bytes(
                    new MetadataMessage { Files = new Dictionary<string, byte[]> { ["1.root.json"] = new byte[MetadataSlices.SliceBytes] } },
                    WireJson.Default.MetadataMessage)).TakeLast(1),
            ],
            Mutations = Json,
            Weight = 0.5,
            LargestInput = 32 * 1024,
            BytesPerByte = 1500,
            FixedBytes = 4 * 1024 * 1024,
        },
        new Target
        {
            Name = "tuf-key",
            About = "public keys of the three kinds in PEM",
            Run = bytes => TufKey.FromPem(Encoding.UTF8.GetString(bytes)).ToPem() is not null,
            Refuses = e => e is FormatException,
            Seeds = () => [Encoding.ASCII.GetBytes(SampleKeys.PublicKey), Encoding.ASCII.GetBytes(Genuine.Value.Key.Public.ToPem()!)],
            Mutations = [LineMutation.Change, ByteMutation.Havoc],
            Weight = 0.25,
        },
    ];

    private static bool Metadata(byte[] bytes) =>
        Read<TufRoot>(bytes) | Read<TufTimestamp>(bytes) | Read<TufSnapshot>(bytes) | Read<TufTargets>(bytes);

    private static bool Read<T>(byte[] bytes)
        where T : TufSignedPart
    {
        Mistakes mistakes = new();
        TufMetadata? read = TufReader.Read<T>(bytes, "f.json", mistakes, Limit);
        if (!Promise.Kept(read, mistakes))
        {
            return false;
        }

        byte[] again = TufDraft.Of(read!).ToBytes();
        TufMetadata? written = TufReader.Read<T>(again, "f.json", mistakes, 8 * Limit);
        Promise.Require(
            written is not null && written.Canonical.Span.SequenceEqual(read!.Canonical.Span),
            "what was written anew is not what was signed");
        return true;
    }

    // Whatever one file holds, only a named refusal may come of it, and the genuine repository must be followed afterwards.
    private static bool Client(byte[] bytes)
    {
        SampleRepository genuine = Genuine.Value;
        string replaced = genuine.Names[bytes.Length % genuine.Names.Count];
        MemoryDisk disk = new();
        TrustedMetadata store = new(disk, "");
        TufClient.Trust(store, genuine.Files["1.root.json"]);
        bool accepted = true;
        try
        {
            Follow(store, name => name == replaced ? bytes : genuine.Files.GetValueOrDefault(name));
        }
        catch (TufException)
        {
            accepted = false;
        }

        Follow(store, genuine.Files.GetValueOrDefault);
        return accepted;
    }

    // Every refusal is a sentence, and nobody's orders are followed but of those whom genuine metadata names: here nobody.
    private static bool Message(byte[] bytes)
    {
        ReleaseTrust trust = new(new TrustedMetadata(new MemoryDisk(), ""), Genuine.Value.Files["1.root.json"], new SteadyTime(), []);
        string? objection = trust.Take(bytes, out bool isPart);
        Promise.Require(objection is not "", "a refusal says nothing");
        Promise.Require(trust.Signers.Count == 0, "somebody may order who was named by nobody");
        return objection is null && !isPart;
    }

    private static void Follow(TrustedMetadata store, Func<string, byte[]?> serve)
    {
        TufClient client = new(store, (name, _) => serve(name), new SteadyTime());
        client.Refresh();
        Promise.Require(client.Find("r/a").Length == 1, "another target was found than the one that is vouched for");
    }

    private static IEnumerable<byte[]> Seeds() =>
        [.. Genuine.Value.Files.Values, .. SeedFiles.Of("tests/EdgeRuntime.Contracts.Tests/Fixtures", "tuf_*.json"), .. SeedFiles.OfMaterial("*.root.json", "timestamp.json", "*.targets.json", "*.snapshot.json")];

    /// <summary>Two roots, a release and a delegated role, signed by a key that is always the same: Ed25519 draws no randomness.</summary>
    private sealed class SampleRepository
    {
        public SampleRepository()
        {
            byte[] pkcs8 = [.. Convert.FromHexString("302e020100300506032b657004220420"), .. new byte[32]];
            Key = TufSigningKey.FromPem(PemEncoding.WriteString("PRIVATE KEY", pkcs8));
            TimeSpan year = TimeSpan.FromDays(365);
            TufDraft root = TufDraft.Root(Day, year);
            foreach (string role in TufReader.TopLevelRoles)
            {
                root = root.WithRole(role, [Key.Public], 1);
            }

            Files["1.root.json"] = root.SignedBy(Key).ToBytes();
            Files["2.root.json"] = root.Next(Day, year).SignedBy(Key).ToBytes();
            TargetFile target = new() { Path = "r/a", Length = 1, Hashes = new Dictionary<string, string> { ["sha256"] = new('0', 64) } };
            Files["1.r.json"] = TufDraft.Targets(Day, year).WithTarget(target).SignedBy(Key).ToBytes();
            TufDelegation delegation = new() { Name = "r", KeyIds = [], Threshold = 1, Paths = ["r/*"] };
            Files["1.targets.json"] = TufDraft.Targets(Day, year).WithDelegation(delegation, [Key.Public]).SignedBy(Key).ToBytes();
            Files["1.snapshot.json"] = TufDraft.Snapshot(Day, year).WithMeta("targets.json", 1, Files["1.targets.json"])
                .WithMeta("r.json", 1, Files["1.r.json"]).SignedBy(Key).ToBytes();
            Files["timestamp.json"] = TufDraft.Timestamp(Day, year).WithMeta("snapshot.json", 1, Files["1.snapshot.json"]).SignedBy(Key).ToBytes();
            Names = [.. Files.Keys.Where(name => name != "1.root.json").Order(StringComparer.Ordinal), "3.root.json"];
        }

        public TufSigningKey Key { get; }

        public Dictionary<string, byte[]> Files { get; } = [];

        public IReadOnlyList<string> Names { get; }
    }

    private sealed class SteadyTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Day;
    }
}
