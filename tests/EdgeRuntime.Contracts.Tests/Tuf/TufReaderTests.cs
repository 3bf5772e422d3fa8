using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Tuf;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Tuf;

public sealed class TufReaderTests
{
    private const int Limit = 1 << 20;

    public static TheoryData<string> InvalidFixtures => Fixture.Named("invalid", "tuf_");

    [Theory]
    [MemberData(nameof(InvalidFixtures))]
    public void A_bad_file_lists_all_its_mistakes_with_line_and_column(string name)
    {
        byte[] bytes = Fixture.Bytes("invalid", name);
        Mistakes mistakes = new();
        TufMetadata? read = name.Split('_', '.')[1] switch
        {
            "root" => TufReader.Read<TufRoot>(bytes, name, mistakes, Limit),
            "timestamp" => TufReader.Read<TufTimestamp>(bytes, name, mistakes, Limit),
            "snapshot" => TufReader.Read<TufSnapshot>(bytes, name, mistakes, Limit),
            _ => TufReader.Read<TufTargets>(bytes, name, mistakes, Limit),
        };

        Assert.Null(read);
        Fixture.AssertExpected(name, mistakes.Lines());
    }

    // Signed by tuf-on-ci 0.11, another implementation, with keys whose private halves nobody here has.
    [MaterialFact("tuf_static/tuf-on-ci-0.11/metadata/1.root.json")]
    public void What_another_implementation_signed_is_read_and_its_signatures_count()
    {
        TufRoot root = Read<TufRoot>("1.root.json", null);
        Read<TufTimestamp>("timestamp.json", root.Roles["timestamp"], root);
        Read<TufSnapshot>("2.snapshot.json", root.Roles["snapshot"], root);
        TufTargets targets = Read<TufTargets>("1.targets.json", root.Roles["targets"], root);
        TufDelegation delegated = Assert.Single(targets.Delegations);
        TufMetadata role = Metadata<TufTargets>("2.delegatedrole.json");

        Assert.Null(role.Lacks(delegated, targets.DelegatedKeys));
        Assert.True(delegated.Covers("delegatedrole/artifact"));
        Assert.Single(((TufTargets)role.Signed).Targets);
        Assert.All(root.Keys.Values, key => Assert.Null(key.Unusable));
    }

    [Fact]
    public void A_draft_reads_back_as_what_was_put_in_and_keeps_what_it_does_not_know()
    {
        using TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        DateTimeOffset now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
        TufDraft draft = TufDraft.Targets(now, TimeSpan.FromDays(1)).WithTarget(new TargetFile
        {
            Path = "a\"b/ü.edgepkg",
            Length = 5,
            Hashes = new Dictionary<string, string> { ["sha256"] = new string('a', 64) },
            Release = new ReleaseClaim { Counter = 7, HardwareIds = ["x", "y"] },
        });
        string edited = Encoding.UTF8.GetString(draft.ToBytes()).Replace("\"_type\"", "\"x-note\": [1, {}], \"_type\"", StringComparison.Ordinal);
        TufMetadata other = TufReader.Read<TufTargets>(Encoding.UTF8.GetBytes(edited), "t", new Mistakes(), Limit)!;

        byte[] again = TufDraft.Of(other).Next(now.AddDays(3), TimeSpan.FromDays(2)).SignedBy(key).ToBytes();
        TufMetadata read = TufReader.Read<TufTargets>(again, "t", new Mistakes(), Limit)!;
        TufTargets targets = (TufTargets)read.Signed;

        Assert.Contains("\"x-note\"", Encoding.UTF8.GetString(again), StringComparison.Ordinal);
        Assert.Equal((2, now.AddDays(5), now.AddDays(3)), (targets.Version, targets.Expires, targets.Issued!.Value));
        Assert.Equal(7, targets.Targets["a\"b/ü.edgepkg"].Release.Counter);
        Assert.Equal(["x", "y"], targets.Targets["a\"b/ü.edgepkg"].Release.HardwareIds);
        Assert.Null(read.Lacks(new TufRole { KeyIds = [key.Public.Id], Threshold = 1 }, Ring(key.Public)));
    }

    [Fact]
    public void One_key_under_two_ids_counts_once_towards_a_threshold()
    {
        using TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        string pem = key.Public.ToPem()!.Replace("\n", "\\n", StringComparison.Ordinal);
        JsonValue twin = Parse($$"""{"keytype":"ecdsa","scheme":"ecdsa-sha2-nistp256","keyval":{"public":"{{pem}}"},"x":1}""");
        string twinId = Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Encode(twin, new Mistakes())!));
        const string Signed = """{"_type":"timestamp","expires":"2030-01-01T00:00:00Z","meta":{"snapshot.json":{"version":1}},"spec_version":"1.0.34","version":1}""";
        string Sig() => Convert.ToHexStringLower(key.Sign(Encoding.UTF8.GetBytes(Signed)));
        string json = $$"""{"signatures":[{"keyid":"{{key.Public.Id}}","sig":"{{Sig()}}"},{"keyid":"{{twinId}}","sig":"{{Sig()}}"}],"signed":{{Signed}}}""";
        TufMetadata read = TufReader.Read<TufTimestamp>(Encoding.UTF8.GetBytes(json), "t", new Mistakes(), Limit)!;
        Dictionary<string, TufKey> keys = Ring(key.Public, TufKey.Read(twinId, twin));
        string[] ids = [key.Public.Id, twinId];

        Assert.Null(read.Lacks(new TufRole { KeyIds = ids, Threshold = 1 }, keys));
        Assert.StartsWith(
            "1 of the 2 signatures that it needs: key",
            read.Lacks(new TufRole { KeyIds = ids, Threshold = 2 }, keys),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_thousand_names_take_no_more_than_one_pass()
    {
        StringBuilder json = new("""{"signatures":[],"signed":{"_type":"snapshot","spec_version":"1.0.0","version":1,"expires":"2030-01-01T00:00:00Z","meta":{"targets.json":{"version":1}""");
        for (int i = 0; i < 100_000; i++)
        {
            json.Append($$""","{{i}}":{"version":1}""");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(json.Append("}}}").ToString());
        TufMetadata? read = TufReader.Read<TufSnapshot>(bytes, "s", new Mistakes(), 5 * Limit);

        Assert.Equal(100_001, ((TufSnapshot)read!.Signed).Meta.Count);
    }

    private static T Read<T>(string name, TufRole? role, TufRoot? root = null)
        where T : TufSignedPart
    {
        TufMetadata read = Metadata<T>(name);
        root ??= (TufRoot)read.Signed;
        Assert.Null(read.Lacks(role ?? root.Roles["root"], root.Keys));
        return (T)read.Signed;
    }

    private static TufMetadata Metadata<T>(string name)
        where T : TufSignedPart
    {
        Mistakes mistakes = new();
        byte[] bytes = File.ReadAllBytes(Material.Find($"tuf_static/tuf-on-ci-0.11/metadata/{name}")!);
        TufMetadata? read = TufReader.Read<T>(bytes, name, mistakes, Limit);
        Assert.Empty(mistakes.Lines());
        return read!;
    }

    private static Dictionary<string, TufKey> Ring(params TufKey[] keys) => keys.ToDictionary(key => key.Id);

    private static JsonValue Parse(string json) => JsonFile.Parse(Encoding.UTF8.GetBytes(json), "key", new Mistakes())!;
}
