using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Engine.Tuf;

namespace EdgeRuntime.Engine.Tests.Tuf;

/// <summary>
/// One case for each attack that the TUF specification and the Uptane standard name, as far as metadata prevents it; and
/// the clocks and absences that must not be mistaken for one.
/// </summary>
public sealed class TufAttackTests : IDisposable
{
    private static readonly byte[] Package = [1, 2, 3];

    private readonly RepositoryRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("2.root.json")]
    [InlineData("timestamp.json")]
    [InlineData("2.snapshot.json")]
    [InlineData("2.targets.json")]
    public void Arbitrary_software_metadata_of_a_stranger_is_refused_and_what_was_trusted_stays(string attacked)
    {
        _rig.Refreshed();
        _rig.Next();
        _rig.RotateRoot();

        // A stranger signs in the place of one role; the rest is genuine, so that nothing else can be what refuses it.
        using TufSigningKey stranger = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        switch (attacked)
        {
            case "2.root.json":
                _rig.Files[attacked] = RepositoryRig.Sign(_rig.Root.Next(_rig.Clock.Now, TimeSpan.FromDays(1)), stranger).ToBytes();
                break;
            case "timestamp.json":
                _rig.TimestampKey = stranger;
                break;
            case "2.snapshot.json":
                _rig.SnapshotKey = stranger;
                break;
            default:
                _rig.TargetsKeys = [stranger];
                break;
        }

        _rig.PublishTargets();

        Assert.Equal(TufFault.ArbitrarySoftware, _rig.Refused());
        Assert.Equal(_rig.Files["1.targets.json"], _rig.Trusted("targets.json"));
    }

    [Fact]
    public void Arbitrary_software_bytes_other_than_promised_are_refused()
    {
        using TargetHash check = new(RepositoryRig.Target("a", Package));
        check.Append([1, 2, 4]);

        Assert.Equal(TufFault.ArbitrarySoftware, Assert.Throws<TufException>(check.Finish).Fault);
    }

    [Fact]
    public void Key_compromise_one_release_key_of_two_that_must_sign_is_not_enough()
    {
        TufDraft root = _rig.Root.Next(_rig.Clock.Now, TimeSpan.FromDays(365));
        _rig.Files["2.root.json"] = RepositoryRig.Sign(root, _rig.ReleaseKeys[0]).ToBytes();

        TufException refused = Assert.Throws<TufException>(() => _rig.Client().Refresh());

        Assert.Equal(
            "2.root.json: has 1 of the 2 signatures that it needs (prevented: arbitrary software attack)", refused.Message);
    }

    [Fact]
    public void Rollback_of_the_timestamp_is_refused()
    {
        byte[] old = _rig.Files["timestamp.json"];
        _rig.Next();
        _rig.PublishTargets();
        _rig.Refreshed();
        _rig.Files["timestamp.json"] = old;

        Assert.Equal(TufFault.Rollback, _rig.Refused());
    }

    [Fact]
    public void Rollback_of_targets_by_who_holds_the_online_keys_is_refused()
    {
        TufDraft first = _rig.Targets;
        _rig.Next();
        _rig.PublishTargets();
        _rig.Refreshed();
        _rig.Next();
        _rig.Targets = first;
        _rig.PublishTargets();

        Assert.Equal(TufFault.Rollback, _rig.Refused());
        Assert.Equal(_rig.Files["2.targets.json"], _rig.Trusted("targets.json"));
    }

    [Fact]
    public void Rollback_of_one_image_below_the_floor_is_refused()
    {
        TargetFile target = RepositoryRig.Target("a", Package, counter: 3);

        TufException refused = Assert.Throws<TufException>(() => target.Release.Check("a", ["board"], floor: 5));

        Assert.Equal("a has release counter 3; the floor here is 5 (prevented: rollback attack)", refused.Message);
        Assert.Equal(TufFault.Rollback, Assert.Throws<TufException>(() => ReleaseClaim.None.Check("a", [], 0)).Fault);
        target.Release.Check("a", ["board"], floor: 3);
    }

    [Fact]
    public void Rollback_a_root_that_skips_a_version_is_refused()
    {
        _rig.RotateRoot();
        _rig.RotateRoot();
        _rig.Files["2.root.json"] = _rig.Files["3.root.json"];

        Assert.Equal(TufFault.Rollback, _rig.Refused());
    }

    [Theory]
    [InlineData(8, "timestamp.json")]
    [InlineData(61, "snapshot.json")]
    [InlineData(366, "root.json")]
    public void Freeze_what_has_expired_is_not_taken_for_news(int days, string expired)
    {
        _rig.Refreshed();
        _rig.Clock.Now += TimeSpan.FromDays(days);
        if (days > 60)
        {
            // The attacker can only withhold; the timestamp is renewed, as an online key that he took over could.
            _rig.Timestamp = _rig.Timestamp.Next(_rig.Clock.Now, TimeSpan.FromDays(7));
            _rig.PublishTimestamp();
        }

        TufException refused = Assert.Throws<TufException>(() => _rig.Client().Refresh());

        Assert.Equal(TufFault.Freeze, refused.Fault);
        Assert.StartsWith(expired, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mix_and_match_a_snapshot_of_another_day_is_refused()
    {
        // Longer than the one of the other day, which would else be cut as endless.
        _rig.Next();
        _rig.PublishDelegated("r", TufDraft.Targets(_rig.Clock.Now, TimeSpan.FromDays(9)));
        _rig.PublishTargets();
        _rig.Files["2.snapshot.json"] = _rig.Files["1.snapshot.json"];

        Assert.Equal(TufFault.MixAndMatch, _rig.Refused());
    }

    [Fact]
    public void Mix_and_match_targets_of_another_day_are_refused()
    {
        _rig.Next();
        _rig.Targets = _rig.Targets.WithTarget(RepositoryRig.Target("a", Package));
        _rig.PublishTargets();
        _rig.Files["2.targets.json"] = _rig.Files["1.targets.json"];

        Assert.Equal(TufFault.MixAndMatch, _rig.Refused());
    }

    [Fact]
    public void Extraneous_software_that_the_snapshot_does_not_list_is_not_even_asked_for()
    {
        using TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
        _rig.Next();
        TufDelegation delegation = new() { Name = "extra", KeyIds = [], Threshold = 1, Paths = ["*"] };
        _rig.Targets = _rig.Targets.WithDelegation(delegation, [key.Public]);
        _rig.PublishTargets();
        TufClient client = _rig.Refreshed();
        _rig.Asked.Clear();

        Assert.Equal(TufFault.MixAndMatch, Assert.Throws<TufException>(() => client.Find("a")).Fault);
        Assert.Empty(_rig.Asked);
    }

    [Fact]
    public void Fast_forward_versions_driven_up_by_stolen_online_keys_bind_nobody_once_the_keys_are_replaced()
    {
        for (int i = 0; i < 50; i++)
        {
            _rig.Next();
        }

        _rig.PublishTargets();
        _rig.Refreshed();
        _rig.SnapshotKey = _rig.NewKey();
        _rig.TimestampKey = _rig.NewKey();
        _rig.RotateRoot();
        _rig.Targets = TufDraft.Targets(_rig.Clock.Now, TimeSpan.FromDays(365));
        _rig.Snapshot = TufDraft.Snapshot(_rig.Clock.Now, TimeSpan.FromDays(60));
        _rig.Timestamp = TufDraft.Timestamp(_rig.Clock.Now, TimeSpan.FromDays(7));
        _rig.PublishTargets();

        TufClient client = _rig.Refreshed();

        Assert.Equal((1, 1), (client.Snapshot.Version, client.Targets.Version));
    }

    [Fact]
    public void Fast_forward_of_the_signing_time_ends_with_the_keys_that_did_it()
    {
        DateTimeOffset far = _rig.Clock.Now.AddYears(70);
        _rig.Timestamp = _rig.Timestamp.Next(far, TimeSpan.FromDays(7));
        _rig.PublishTimestamp();
        Assert.Equal(TufFault.Freeze, _rig.Refused());

        _rig.TimestampKey = _rig.NewKey();
        _rig.RotateRoot();
        _rig.Timestamp = TufDraft.Timestamp(_rig.Clock.Now, TimeSpan.FromDays(7));
        _rig.PublishSnapshot();

        Assert.Equal(_rig.Clock.Now, _rig.Refreshed().Now);
    }

    [Theory]
    [InlineData("2.root.json")]
    [InlineData("timestamp.json")]
    [InlineData("1.snapshot.json")]
    [InlineData("1.targets.json")]
    public void Endless_data_is_cut_at_the_bound(string name)
    {
        TufLimits limits = new();
        int bound = name switch
        {
            "2.root.json" => limits.RootBytes,
            "timestamp.json" => limits.TimestampBytes,
            _ => _rig.Files[name].Length,
        };
        _rig.Files[name] = new byte[bound + 1];

        Assert.Equal(TufFault.EndlessData, _rig.Refused());
    }

    [Fact]
    public void Endless_data_that_the_timestamp_itself_announces_is_not_fetched()
    {
        _rig.Timestamp = _rig.Timestamp.WithMeta("snapshot.json", 1, new byte[3 * 1024 * 1024]);
        _rig.PublishTimestamp();

        Assert.Equal(TufFault.EndlessData, _rig.Refused());
        Assert.Equal("timestamp.json", _rig.Asked[^1]);
    }

    [Fact]
    public void Endless_data_of_a_target_is_cut_at_its_length()
    {
        using TargetHash check = new(RepositoryRig.Target("a", Package));

        Assert.Equal(TufFault.EndlessData, Assert.Throws<TufException>(() => check.Append(new byte[4])).Fault);
    }

    [Fact]
    public void Endless_roots_end_at_the_bound_and_the_next_refresh_goes_on_from_there()
    {
        for (int i = 0; i < 7; i++)
        {
            _rig.RotateRoot();
        }

        TufClient client = _rig.Client(new TufLimits { Roots = 4 });
        client.Refresh();
        Assert.Equal(5, client.Root.Version);

        client.Refresh();
        Assert.Equal(8, client.Root.Version);
    }

    [Fact]
    public void Partial_bundle_a_target_that_ends_early_is_refused()
    {
        using TargetHash check = new(RepositoryRig.Target("a", Package));
        check.Append([1, 2]);

        TufException refused = Assert.Throws<TufException>(check.Finish);

        Assert.StartsWith("a: ends after 2 of the 3 bytes promised", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_software_for_another_board_is_refused()
    {
        TargetFile target = RepositoryRig.Target("a", Package, 1, "board-x", "board-y");

        TufException refused = Assert.Throws<TufException>(() => target.Release.Check("a", ["board-z"], floor: null));

        Assert.Equal("a is for board-x, board-y; this device is board-z (prevented: wrong software attack)", refused.Message);
    }

    [Theory]
    [InlineData("timestamp.json")]
    [InlineData("2.snapshot.json")]
    [InlineData("2.targets.json")]
    public void Drop_request_what_is_withheld_changes_nothing(string dropped)
    {
        _rig.Refreshed();
        _rig.Next();
        _rig.PublishTargets();
        _rig.Files.Remove(dropped);

        Assert.Equal(TufFault.Unavailable, _rig.Refused());
        Assert.Equal(_rig.Files["1.targets.json"], _rig.Trusted("targets.json"));
    }

    [Fact]
    public void A_clock_at_1970_takes_nothing_stale_for_fresh_once_a_signed_time_was_seen()
    {
        _rig.Refreshed();
        _rig.Clock.Now += TimeSpan.FromDays(200);
        _rig.Next();
        _rig.PublishTargets();
        _rig.Refreshed();
        _rig.Clock.Now = DateTimeOffset.UnixEpoch;

        // What was signed lately is fresh whatever the clock says…
        Assert.Equal(2, _rig.Refreshed().Targets.Version);

        // …and a timestamp of a higher version that had expired before is stale whatever the clock says.
        _rig.Timestamp = _rig.Timestamp.Next(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromDays(7));
        _rig.PublishTimestamp();
        Assert.Equal(TufFault.Freeze, _rig.Refused());
    }

    [Fact]
    public void A_clock_at_2100_installs_nothing_new_loses_nothing_and_recovers_with_the_clock()
    {
        DateTimeOffset now = _rig.Clock.Now;
        _rig.Refreshed();
        byte[]? trusted = _rig.Trusted("targets.json");
        _rig.Clock.Now = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

        TufException refused = Assert.Throws<TufException>(() => _rig.Client().Refresh());
        Assert.Equal(TufFault.Freeze, refused.Fault);
        Assert.Contains("here it is 2100-01-01 00:00Z", refused.Message, StringComparison.Ordinal);
        Assert.Equal(trusted, _rig.Trusted("targets.json"));

        _rig.Clock.Now = now;
        Assert.Equal(1, _rig.Refreshed().Targets.Version);
    }

    [Fact]
    public void Two_years_offline_with_every_file_expired_a_device_still_comes_up_to_date()
    {
        _rig.Refreshed();
        _rig.Clock.Now += TimeSpan.FromDays(730);
        _rig.RotateRoot();
        _rig.Next();
        _rig.PublishTargets();

        Assert.Equal((2, 2), (_rig.Refreshed().Root.Version, _rig.Refreshed().Targets.Version));
    }

    [Fact]
    public void Five_rotations_of_every_key_while_offline_are_followed_one_by_one()
    {
        _rig.Refreshed();
        for (int i = 0; i < 5; i++)
        {
            List<TufSigningKey> old = _rig.ReleaseKeys;
            _rig.ReleaseKeys = [_rig.NewKey(), _rig.NewKey(), _rig.NewKey()];
            _rig.TargetsKeys = [_rig.NewKey(), _rig.NewKey()];
            _rig.SnapshotKey = _rig.NewKey();
            _rig.TimestampKey = _rig.NewKey();
            _rig.Clock.Now += TimeSpan.FromDays(300);
            _rig.RotateRoot(old);
        }

        _rig.Next();
        _rig.PublishTargets();

        TufClient client = _rig.Refreshed();

        Assert.Equal((6, 2), (client.Root.Version, client.Targets.Version));
    }

    [Fact]
    public void A_rotation_that_the_old_keys_did_not_sign_is_refused()
    {
        _rig.ReleaseKeys = [_rig.NewKey(), _rig.NewKey(), _rig.NewKey()];
        _rig.RotateRoot();

        Assert.Equal(TufFault.ArbitrarySoftware, _rig.Refused());
    }
}
