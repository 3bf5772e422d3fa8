using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Simulator.Attacks;

/// <summary>Attacks by who can change what the repository says.</summary>
internal static class MetadataAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("arbitrary software: a package of a stranger", site =>
        {
            byte[] strange = TestPackages.Make(5, LinearModel.File(2, 2, 666, 0, 0, 666), 666, null, TestPackages.StrangeKey);
            site.Order(strange);
            return Refused(site, "vouches for a target");
        }),
        new("arbitrary software: other bytes under a version that is vouched for", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Order(TestPackages.Make(2, gain: 3));
            return Refused(site, "arbitrary software attack");
        }),
        new("arbitrary software: metadata that a stranger signed", site =>
        {
            using TufSigningKey stranger = TufSigningKey.Create(TufKeyKind.EcdsaP256);
            (List<TufSigningKey> keys, Dictionary<string, byte[]> genuine) = (site.Rig.TargetsKeys, new(site.Rig.Files));
            site.Rig.TargetsKeys = [stranger];
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            string said = Refused(site, "arbitrary software attack");
            Restore(site, genuine, () => site.Rig.TargetsKeys = keys);
            return said;
        }),
        new("rollback: metadata of an earlier day", site =>
        {
            byte[] earlier = site.Rig.Metadata();
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Deliver(earlier);
            return Refused(site, "rollback attack");
        }),
        new("rollback: an older release, ordered anew", site =>
        {
            site.Vouch(AttackSite.Withdrawing(3));
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Order(AttackSite.Withdrawing(3));
            site.RequireServes("3.0.0");
            site.Order(AttackSite.Package(2));
            site.RequireServes("3.0.0");
            return Refused(site, "rollback attack", "3.0.0");
        }),
        new("indefinite freeze: old metadata is all that ever comes", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Rig.Clock.Now += TimeSpan.FromDays(8);
            site.Order(AttackSite.Package(2));
            return Refused(site, "freeze attack");
        }),
        new("mix-and-match: targets of one day, snapshot of another", site =>
        {
            byte[] older = site.Rig.Files[$"{site.Rig.Targets.Version}.targets.json"];
            site.Vouch(AttackSite.Package(2));
            string name = $"{site.Rig.Targets.Version}.targets.json";
            byte[] genuine = site.Rig.Files[name];
            site.Rig.Files[name] = older;
            site.Deliver();
            string said = Refused(site, "prevented: ");
            site.Rig.Files[name] = genuine;
            return said;
        }),
        new("fast-forward: versions driven up by stolen online keys", site =>
        {
            for (int i = 0; i < 200; i++)
            {
                site.Rig.Snapshot = site.Rig.Snapshot.Next(site.Rig.Clock.Now, TimeSpan.FromDays(60));
                site.Rig.Timestamp = site.Rig.Timestamp.Next(site.Rig.Clock.Now, TimeSpan.FromDays(7));
            }

            site.Rig.PublishSnapshot();
            site.Deliver();
            site.Rig.SnapshotKey = site.Rig.NewKey();
            site.Rig.TimestampKey = site.Rig.NewKey();
            site.Rig.RotateRoot();
            site.Rig.Snapshot = TufDraft.Snapshot(site.Rig.Clock.Now, TimeSpan.FromDays(60));
            site.Rig.Timestamp = TufDraft.Timestamp(site.Rig.Clock.Now, TimeSpan.FromDays(7));
            site.Rig.PublishTargets();
            site.Deliver();
            site.RequireServes("1.0.0");
            return $"survived: once root replaces the stolen keys, version {site.Rig.Timestamp.Version} is believed after version 200";
        }),
        new("endless data: a metadata file beyond its bound", site =>
        {
            byte[] genuine = site.Rig.Files["timestamp.json"];
            site.Rig.Files["timestamp.json"] = new byte[1_000_000];
            site.Deliver();
            string said = Refused(site, "endless data attack");
            site.Rig.Files["timestamp.json"] = genuine;
            return said;
        }),
        new("extraneous dependencies: a role that the snapshot does not list, a model that nobody has", site =>
        {
            using TufSigningKey key = TufSigningKey.Create(TufKeyKind.EcdsaP256);
            TufDraft genuine = site.Rig.Targets;
            site.Rig.Targets = site.Rig.Targets.WithDelegation(
                new TufDelegation { Name = "extra", KeyIds = [], Threshold = 1, Paths = ["*"] }, [key.Public]);
            site.Rig.PublishNext();
            site.Deliver();
            site.Order(AttackSite.Package(2));
            string said = Refused(site, "extra");
            site.Rig.Targets = genuine.Next(site.Rig.Clock.Now, TimeSpan.FromDays(365)).Next(site.Rig.Clock.Now, TimeSpan.FromDays(365));
            return said;
        }),
        new("wrong software: a package for another board", site =>
        {
            site.Vouch(AttackSite.Package(2), "another-board");
            site.Deliver();
            site.Order(AttackSite.Package(2));
            return Refused(site, "wrong software attack");
        }),
        new("key compromise below the threshold: one of two root keys", site =>
        {
            TufDraft root = site.Rig.Root.Next(site.Rig.Clock.Now, TimeSpan.FromDays(365));
            string name = $"{root.Version}.root.json";
            site.Rig.Files[name] = RepositoryRig.Sign(root, site.Rig.ReleaseKeys[0]).ToBytes();
            site.Deliver();
            string said = Refused(site, "1 of the 2 signatures");
            site.Rig.Files.Remove(name);
            return said;
        }),
        new("key compromise: a stolen deploy key that the metadata has replaced", site =>
        {
            using SigningKey young = SigningKey.Create();
            site.Vouch(AttackSite.Package(2));
            site.Rig.DelegateOrdersTo(young);
            site.Rig.PublishNext();
            site.Deliver();
            site.Order(AttackSite.Package(2));
            string said = Refused(site, "no deploy key that this device trusts signed it");
            site.Rig.DelegateOrdersTo(TestPackages.DeployKey);
            return said;
        }),
    ];

    /// <summary>The champion still answers, and the device said this.</summary>
    internal static string Refused(AttackSite site, string because, string champion = "1.0.0")
    {
        site.RequireServes(champion);
        string? said = site.Device.Notices.Concat(site.Device.Story).LastOrDefault(text => text.Contains(because, StringComparison.Ordinal));
        InvariantException.Require(
            said is not null, $"'{because}' was not given as the reason; it said {string.Join(" | ", site.Device.Notices.Concat(site.Device.Story))}");
        return $"refused: {said}";
    }

    // The genuine repository goes on above the versions that the attacker used up.
    private static void Restore(AttackSite site, Dictionary<string, byte[]> files, Action keys)
    {
        keys();
        foreach (string forged in site.Rig.Files.Keys.Except(files.Keys).ToList())
        {
            site.Rig.Files.Remove(forged);
        }
    }
}
