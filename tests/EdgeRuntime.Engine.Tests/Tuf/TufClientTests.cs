using System.Text;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Tuf;

namespace EdgeRuntime.Engine.Tests.Tuf;

public sealed class TufClientTests : IDisposable
{
    private static readonly byte[] Package = [1, 2, 3];

    private readonly RepositoryRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_refresh_asks_for_each_role_once_and_stores_the_bytes_as_they_came()
    {
        _rig.Refreshed();

        Assert.Equal(["2.root.json", "timestamp.json", "1.snapshot.json", "1.targets.json"], _rig.Asked);
        Assert.Equal(_rig.Files["timestamp.json"], _rig.Trusted("timestamp.json"));
        Assert.Equal(_rig.Files["1.targets.json"], _rig.Trusted("targets.json"));
    }

    [Fact]
    public void A_refresh_without_news_asks_for_root_and_timestamp_only()
    {
        _rig.Refreshed();
        _rig.Asked.Clear();

        TufClient client = _rig.Refreshed();

        Assert.Equal(["2.root.json", "timestamp.json"], _rig.Asked);
        Assert.Equal(1, client.Targets.Version);
    }

    [Fact]
    public void A_target_is_found_with_what_is_said_of_it()
    {
        _rig.Next();
        _rig.Targets = _rig.Targets.WithTarget(RepositoryRig.Target("pump/pump-2.edgepkg", Package, 7, "linux-x64"));
        _rig.PublishTargets();

        TufClient client = _rig.Refreshed();
        TargetFile target = client.Find("pump/pump-2.edgepkg");

        Assert.Equal(3, target.Length);
        Assert.Equal(7, target.Release.Counter);
        Assert.Equal(["linux-x64"], target.Release.HardwareIds);
        Assert.Equal(
            "pump/039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81.pump-2.edgepkg",
            client.FileNameOf(target));
    }

    [Fact]
    public void Without_a_root_nothing_is_asked_for()
    {
        _rig.Disk = new();

        Assert.Equal(TufFault.NoTrust, _rig.Refused());
        Assert.Empty(_rig.Asked);
    }

    [Fact]
    public void Roots_that_are_damaged_on_the_disk_are_not_believed()
    {
        _rig.Disk.FlipBit($"{RepositoryRig.Directory}/root.json", _rig.Files["1.root.json"].Length / 2);

        Assert.Contains(_rig.Refused(), (TufFault[])[TufFault.Malformed, TufFault.ArbitrarySoftware]);
        Assert.Empty(_rig.Asked);
    }

    [Theory]
    [InlineData("timestamp.json")]
    [InlineData("snapshot.json")]
    [InlineData("targets.json")]
    public void Other_files_that_are_damaged_on_the_disk_are_fetched_anew(string name)
    {
        _rig.Refreshed();
        _rig.Disk.FlipBit($"{RepositoryRig.Directory}/{name}", 40);

        _rig.Refreshed();

        Assert.Equal(_rig.Files[name == "timestamp.json" ? name : $"1.{name}"], _rig.Trusted(name));
    }

    [Fact]
    public void Unknown_members_stay_covered_by_the_signatures_and_disturb_nobody()
    {
        string root = Encoding.UTF8.GetString(_rig.Files["1.root.json"]);
        byte[] changed = Encoding.UTF8.GetBytes(root.Replace("\"_type\"", "\"news\": 1, \"_type\"", StringComparison.Ordinal));

        TufException refused = Assert.Throws<TufException>(() => TufClient.Trust(_rig.Store(), changed));

        Assert.Equal(TufFault.ArbitrarySoftware, refused.Fault);
    }

    [Fact]
    public void Delegations_are_walked_most_trusted_first_and_a_terminating_one_ends_the_walk()
    {
        using TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        _rig.Next();
        foreach (string name in (string[])["first", "last", "never"])
        {
            _rig.PublishDelegated(name, TufDraft.Targets(_rig.Clock.Now, TimeSpan.FromDays(9)), key);
            _rig.Targets = _rig.Targets.WithDelegation(Delegation(name, name == "last"), [key.Public]);
        }

        _rig.PublishTargets();
        TufClient client = _rig.Refreshed();
        _rig.Asked.Clear();

        Assert.Equal(TufFault.NoSuchTarget, Assert.Throws<TufException>(() => client.Find("a")).Fault);
        Assert.Equal(["1.first.json", "1.last.json"], _rig.Asked);
    }

    [Fact]
    public void A_chain_of_more_roles_than_allowed_ends_the_walk()
    {
        using TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        _rig.Next();
        for (int i = 0; i < 6; i++)
        {
            TufDraft role = TufDraft.Targets(_rig.Clock.Now, TimeSpan.FromDays(9));
            _rig.PublishDelegated($"r{i}", role.WithDelegation(Delegation($"r{i + 1}"), [key.Public]), key);
        }

        _rig.Targets = _rig.Targets.WithDelegation(Delegation("r0"), [key.Public]);
        _rig.PublishTargets();
        TufClient client = _rig.Client(new TufLimits { Delegations = 4 });
        client.Refresh();

        TufException refused = Assert.Throws<TufException>(() => client.Find("a"));

        Assert.Equal("no target 'a' in the first 4 roles that are trusted with it", refused.Message);
    }

    [Fact]
    public void A_role_is_believed_only_as_far_as_the_one_that_delegates_to_it_at_the_time()
    {
        using TufSigningKey ours = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        using TufSigningKey theirs = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        _rig.Next();
        TufDraft shared = TufDraft.Targets(_rig.Clock.Now, TimeSpan.FromDays(9))
            .WithTarget(RepositoryRig.Target("a/x", Package)).WithTarget(RepositoryRig.Target("b/x", Package));
        _rig.PublishDelegated("shared", shared, ours);
        foreach ((string name, TufSigningKey key) in (IEnumerable<(string, TufSigningKey)>)[("a", ours), ("b", theirs)])
        {
            TufDraft parent = TufDraft.Targets(_rig.Clock.Now, TimeSpan.FromDays(9));
            _rig.PublishDelegated(name, parent.WithDelegation(Delegation("shared", paths: $"{name}/*"), [key.Public]), ours);
            _rig.Targets = _rig.Targets.WithDelegation(Delegation(name, paths: $"{name}/*"), [ours.Public]);
        }

        _rig.PublishTargets();
        TufClient client = _rig.Refreshed();

        Assert.Equal("a/x", client.Find("a/x").Path);
        Assert.Equal(TufFault.ArbitrarySoftware, Assert.Throws<TufException>(() => client.Find("b/x")).Fault);
    }

    [Fact]
    public void A_role_whose_name_climbs_out_of_the_directory_is_kept_inside_and_forgotten_with_its_delegation()
    {
        using TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        const string Name = "../../etc/passwd";
        _rig.Next();
        _rig.PublishDelegated(Name, TufDraft.Targets(_rig.Clock.Now, TimeSpan.FromDays(9)), key);
        _rig.Targets = _rig.Targets.WithDelegation(Delegation(Name), [key.Public]);
        _rig.PublishTargets();

        Assert.Throws<TufException>(() => _rig.Refreshed().Find("a"));

        Assert.NotNull(_rig.Trusted("..%2F..%2Fetc%2Fpasswd.json"));

        // A snapshot may only drop a file after its keys were replaced.
        _rig.SnapshotKey = _rig.NewKey();
        _rig.RotateRoot();
        _rig.Next();
        _rig.Snapshot = TufDraft.Snapshot(_rig.Clock.Now, TimeSpan.FromDays(60)).Next(_rig.Clock.Now, TimeSpan.FromDays(60));
        _rig.PublishTargets();
        _rig.Refreshed();

        Assert.Null(_rig.Trusted("..%2F..%2Fetc%2Fpasswd.json"));
    }

    [Fact]
    public void Power_that_fails_at_any_point_of_a_refresh_leaves_a_store_that_goes_on()
    {
        long operations = Swept(failAt: 0);
        for (long at = 1; at <= operations; at++)
        {
            Swept(at);
        }

        Assert.True(operations > 20, $"only {operations} operations");
    }

    // A device that missed a rotation of both online keys and a release, and whose power fails once on the way.
    private static long Swept(long failAt)
    {
        using RepositoryRig rig = new();
        for (int i = 0; i < 5; i++)
        {
            rig.Next();
        }

        rig.PublishTargets();
        rig.Refreshed();
        rig.SnapshotKey = rig.NewKey();
        rig.TimestampKey = rig.NewKey();
        rig.RotateRoot();
        rig.Snapshot = TufDraft.Snapshot(rig.Clock.Now, TimeSpan.FromDays(60));
        rig.Timestamp = TufDraft.Timestamp(rig.Clock.Now, TimeSpan.FromDays(7));
        rig.PublishTargets();
        long before = rig.Disk.Operations;
        rig.Disk.FailAt = failAt == 0 ? 0 : before + failAt;
        try
        {
            rig.Refreshed();
        }
        catch (PowerFailureException)
        {
            rig.Disk.Reboot((Aftermath)(failAt % 5), new Random((int)failAt));
        }

        long operations = rig.Disk.Operations - before;
        TufClient client = rig.Refreshed();
        Assert.Equal(2, client.Root.Version);
        Assert.Equal(1, client.Snapshot.Version);
        return operations;
    }

    private static TufDelegation Delegation(string name, bool terminating = false, string paths = "*") => new()
    {
        Name = name,
        KeyIds = [],
        Threshold = 1,
        Paths = [paths],
        Terminating = terminating,
    };
}
