using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Tuf;

namespace EdgeRuntime.Engine.Tests.Tuf;

/// <summary>A device whose packages and orders are vouched for by metadata that comes as messages.</summary>
public sealed class ReleaseTrustTests : IDisposable
{
    private readonly RepositoryRig _rig = new();
    private readonly byte[] _archive = TestPackages.Make(1);

    public ReleaseTrustTests()
    {
        _rig.DelegateOrdersTo(TestPackages.DeployKey);
        _rig.PublishTargets();
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_package_that_nobody_vouches_for_is_not_fetched_until_somebody_does()
    {
        using SimulatedDevice device = Device();
        device.Agent.OnMetadata(_rig.Metadata());

        device.Obey(device.OrderFor(_archive, 1));
        Assert.Equal(0, device.Sent);
        Assert.Contains("deployment d-1 waits: no role that is trusted with it vouches for a target 'plant-1.0.0.edgepkg'", device.Notices);

        Vouch(_archive, "1.0.0");
        device.Agent.OnMetadata(_rig.Metadata());
        device.Run();

        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void An_order_that_comes_before_the_metadata_that_says_who_may_order_is_followed_when_it_is_here()
    {
        using SimulatedDevice device = Device();
        Vouch(_archive, "1.0.0");

        device.Obey(device.OrderFor(_archive, 1));
        Assert.Contains("an order was ignored: no deploy key that this device trusts signed it", device.Notices);
        device.Agent.OnMetadata(_rig.Metadata());
        device.Run();

        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void Another_package_under_a_version_that_is_vouched_for_is_not_fetched()
    {
        using SimulatedDevice device = Device();
        Vouch(TestPackages.Make(1, gain: 2), "1.0.0");
        device.Agent.OnMetadata(_rig.Metadata());

        device.Obey(device.OrderFor(_archive, 1));

        Assert.Equal(0, device.Sent);
        Assert.Contains("prevented: arbitrary software attack", device.Notices[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_for_other_hardware_is_not_fetched()
    {
        using SimulatedDevice device = Device();
        Vouch(_archive, "1.0.0", "another-board");
        device.Agent.OnMetadata(_rig.Metadata());

        device.Obey(device.OrderFor(_archive, 1));

        Assert.Equal(0, device.Sent);
        Assert.Contains("prevented: wrong software attack", device.Notices[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Expired_metadata_stops_what_is_new_and_nothing_that_is_installed()
    {
        using SimulatedDevice device = Device();
        Vouch(_archive, "1.0.0");
        device.Agent.OnMetadata(_rig.Metadata());
        device.Obey(device.OrderFor(_archive, 1));
        byte[] second = TestPackages.Make(2);
        Vouch(second, "2.0.0");
        device.Agent.OnMetadata(_rig.Metadata());
        _rig.Clock.Now += TimeSpan.FromDays(730);

        device.Obey(device.OrderFor(second, 2));

        Assert.Equal("1.0.0", device.Version);
        Assert.Contains("prevented: freeze attack", device.Notices[^1], StringComparison.Ordinal);

        // The order that is in force already is no news, however stale what vouched for it is.
        device.Obey(device.OrderFor(_archive, 3));
        Assert.Equal(3, device.Agent.Accepted.Generation);
    }

    [Fact]
    public void What_was_verified_outlives_a_restart_without_any_message()
    {
        using (SimulatedDevice first = Device())
        {
            Vouch(_archive, "1.0.0");
            first.Agent.OnMetadata(_rig.Metadata());
        }

        using SimulatedDevice device = Device();
        device.Obey(device.OrderFor(_archive, 1));

        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void Yesterdays_metadata_repeated_by_an_old_broker_changes_nothing()
    {
        using SimulatedDevice device = Device();
        byte[] yesterday = _rig.Metadata();
        Vouch(_archive, "1.0.0");
        device.Agent.OnMetadata(_rig.Metadata());

        device.Agent.OnMetadata(yesterday);
        device.Obey(device.OrderFor(_archive, 1));

        Assert.Contains(device.Notices, notice => notice.Contains("prevented: rollback attack", StringComparison.Ordinal));
        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void A_stolen_deploy_key_orders_nothing_once_the_metadata_names_another()
    {
        using SigningKey young = SigningKey.Create();
        using SimulatedDevice device = Device();
        Vouch(_archive, "1.0.0");
        _rig.DelegateOrdersTo(young);
        _rig.PublishNext();
        device.Agent.OnMetadata(_rig.Metadata());

        device.Obey(device.OrderFor(_archive, 1));
        Assert.Null(device.Version);

        PackageReference reference = PackageArchive.ReadUnverified(_archive).ToReference(1024, false);
        device.Obey(SimulatedDevice.Order(2, new Dictionary<string, PackageReference> { ["plant"] = reference }, young));
        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void An_order_needs_as_many_signatures_as_the_deploy_role_says_of_whatever_kinds_of_keys()
    {
        using TufSigningKey rsa = TufSigningKey.Create(TufKeyKind.RsaPss);
        using TufSigningKey ed25519 = TufSigningKey.Create(TufKeyKind.Ed25519);
        using TufSigningKey stranger = TufSigningKey.Create(TufKeyKind.Ed25519);
        using SimulatedDevice device = Device();
        Vouch(_archive, "1.0.0");
        _rig.DelegateOrdersTo(2, TufKey.OfEcdsa(TestPackages.DeployKey.Public), rsa.Public, ed25519.Public);
        _rig.PublishNext();
        device.Agent.OnMetadata(_rig.Metadata());

        DesiredState order = new()
        {
            Device = DeviceId.Parse("pi-1"),
            Deployment = "d-1",
            Generation = 1,
            IssuedUnixMs = 1,
            Slots = new Dictionary<string, PackageReference> { ["plant"] = device.Shelve(_archive) },
        };

        device.Obey(order.Sealed([rsa]));
        device.Obey(order.Sealed([rsa, rsa]));
        device.Obey(order.Sealed([rsa, stranger]));
        Assert.Equal(3, device.Notices.Count(
            notice => notice == "an order was ignored: it has 1 of the 2 signatures of deploy keys that it needs"));
        Assert.Null(device.Version);

        device.Obey(order.Sealed([ed25519, rsa]));
        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void Metadata_longer_than_a_packet_comes_in_parts_and_the_order_waits_for_the_last()
    {
        using SimulatedDevice device = Device();
        for (int i = 0; i < 400; i++)
        {
            _rig.Targets = _rig.Targets.WithTarget(RepositoryRig.Target($"older-{i}.edgepkg", [], i));
        }

        Vouch(_archive, "1.0.0");
        IReadOnlyList<byte[]> parts = MetadataSlices.Cut(_rig.Metadata());
        Assert.True(parts.Count > 1);

        device.Obey(device.OrderFor(_archive, 1));
        foreach (byte[] part in parts)
        {
            Assert.Null(device.Version);
            device.Agent.OnMetadata(part);
            device.Run();
        }

        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void A_device_with_a_repository_gets_the_metadata_by_itself_file_by_file()
    {
        using SimulatedDevice device = Asking();
        device.MetadataAsked.Clear();
        Vouch(_archive, "1.0.0");

        device.Obey(device.OrderFor(_archive, 1));
        Pass(device, minutes: 1);

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal(["2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"], device.MetadataAsked);
    }

    [Fact]
    public void Five_roots_that_were_missed_and_a_delegated_role_come_from_the_repository_too()
    {
        using SimulatedDevice device = Asking();
        for (int i = 0; i < 5; i++)
        {
            List<TufSigningKey> old = _rig.ReleaseKeys;
            _rig.ReleaseKeys = [_rig.NewKey(), _rig.NewKey(), _rig.NewKey()];
            _rig.RotateRoot(old);
        }

        TufSigningKey plants = _rig.NewKey();
        _rig.Targets = _rig.Targets.WithDelegation(
            new TufDelegation { Name = "plants", KeyIds = [], Threshold = 1, Paths = ["plant-*"] }, [plants.Public]);
        _rig.PublishDelegated(
            "plants",
            TufDraft.Targets(_rig.Clock.Now, TimeSpan.FromDays(9)).WithTarget(RepositoryRig.Target("plant-1.0.0.edgepkg", _archive, 9)), plants);
        _rig.PublishNext();

        device.Obey(device.OrderFor(_archive, 1));
        Pass(device, minutes: 1);

        Assert.Equal("1.0.0", device.Version);
        Assert.Equal("1.plants.json", device.MetadataAsked[^1]);
        Assert.Contains("6.root.json", device.MetadataAsked);
    }

    [Fact]
    public void A_repository_that_is_away_is_told_once_and_asked_again_until_the_order_that_waits_can_be_followed()
    {
        using SimulatedDevice device = Asking();
        Vouch(_archive, "1.0.0");
        device.RepositoryAnswers = false;

        device.Obey(device.OrderFor(_archive, 1));
        Pass(device, minutes: 30);
        Assert.Single(device.Notices, notice => notice.StartsWith("the repository of metadata cannot be read", StringComparison.Ordinal));
        int askedInVain = device.MetadataAsked.Count;
        Assert.InRange(askedInVain, 5, 12);

        device.RepositoryAnswers = true;
        Pass(device, minutes: 66);
        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void A_repository_that_shows_yesterday_is_refused_and_what_is_trusted_stays()
    {
        Dictionary<string, byte[]> yesterday = new(_rig.Files);
        using SimulatedDevice device = new SimulatedDevice(_rig.Disk, Trust(), yesterday).Start();
        Vouch(_archive, "1.0.0");
        device.Agent.OnMetadata(_rig.Metadata());

        Pass(device, minutes: 70);
        device.Obey(device.OrderFor(_archive, 1));

        Assert.Contains(device.Notices, notice => notice.StartsWith("metadata of the repository was refused", StringComparison.Ordinal)
            && notice.Contains("prevented: rollback attack", StringComparison.Ordinal));
        Assert.Equal("1.0.0", device.Version);
    }

    private static void Pass(SimulatedDevice device, int minutes)
    {
        for (int second = 0; second < 60 * minutes; second++)
        {
            device.Time.Advance(1);
            device.Run(1);
        }
    }

    private SimulatedDevice Asking() => new SimulatedDevice(_rig.Disk, Trust(), _rig.Files).Start();

    private ReleaseTrust Trust() => new(_rig.Store(), _rig.Files["1.root.json"], _rig.Clock, ["board", "linux-x64"]);

    private SimulatedDevice Device() => new SimulatedDevice(_rig.Disk, trust: Trust()).Start();

    private void Vouch(byte[] archive, string version, params string[] hardware)
    {
        _rig.Targets = _rig.Targets.WithTarget(RepositoryRig.Target($"plant-{version}.edgepkg", archive, 9, hardware));
        _rig.PublishNext();
    }
}
