using EdgeRuntime.Contracts.Tuf;

namespace EdgeRuntime.Simulator.Attacks;

/// <summary>Clocks that are wrong and devices that were away: what must not be mistaken for an attack, nor be one's chance.</summary>
internal static class Absences
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("clock at 1970: stale metadata is not fresh again", site =>
        {
            DateTimeOffset now = site.Rig.Clock.Now;
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Rig.Clock.Now += TimeSpan.FromDays(200);
            site.Rig.PublishNext();
            site.Deliver();
            site.Rig.Clock.Now = DateTimeOffset.UnixEpoch;
            site.Restart();
            TufDraft fresh = site.Rig.Timestamp;
            site.Rig.Timestamp = fresh.Next(now, TimeSpan.FromDays(7));
            site.Rig.PublishTimestamp();
            site.Deliver();
            string said = MetadataAttacks.Refused(site, "freeze attack");
            site.Rig.Timestamp = fresh;
            site.Rig.Clock.Now = now.AddDays(200);
            return said;
        }),
        new("clock at 1970: a genuine update is followed", site =>
        {
            site.Rig.Clock.Now = site.Rig.Clock.Now.AddDays(30);
            site.Vouch(AttackSite.Package(2));
            DateTimeOffset now = site.Rig.Clock.Now;
            site.Rig.Clock.Now = DateTimeOffset.UnixEpoch;
            site.Restart();
            site.RequireServes("1.0.0");
            site.Deliver();
            site.Order(AttackSite.Package(2));
            site.RequireServes("2.0.0");
            site.Rig.Clock.Now = now;
            return "survived: what was signed lately is fresh, whatever the clock says";
        }),
        new("clock at 2100: nothing new is installed, what serves goes on, and a right clock ends it", site =>
        {
            DateTimeOffset now = site.Rig.Clock.Now;
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Rig.Clock.Now = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);
            site.Restart();
            site.Deliver();
            site.Order(AttackSite.Package(2));
            string said = MetadataAttacks.Refused(site, "freeze attack");
            site.Rig.Clock.Now = now;
            return said;
        }),
        new("two years offline, everything expired", site =>
        {
            site.Rig.Clock.Now += TimeSpan.FromDays(730);
            site.Restart();
            site.RequireServes("1.0.0");
            site.Rig.RotateRoot();
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Order(AttackSite.Package(2));
            site.RequireServes("2.0.0");
            return "survived: 1.0.0 answered all the while, and the first message brought the device up to date";
        }),
        new("root rotated five times while offline, every key replaced each time", site =>
        {
            for (int i = 0; i < 5; i++)
            {
                List<TufSigningKey> old = site.Rig.ReleaseKeys;
                site.Rig.ReleaseKeys = [site.Rig.NewKey(), site.Rig.NewKey(), site.Rig.NewKey()];
                site.Rig.TargetsKeys = [site.Rig.NewKey(), site.Rig.NewKey()];
                site.Rig.SnapshotKey = site.Rig.NewKey();
                site.Rig.TimestampKey = site.Rig.NewKey();
                site.Rig.Clock.Now += TimeSpan.FromDays(300);
                site.Rig.RotateRoot(old);
            }

            site.Vouch(AttackSite.Package(2));
            site.Restart();
            site.RequireServes("1.0.0");
            site.Deliver();
            site.Order(AttackSite.Package(2));
            site.RequireServes("2.0.0");
            return "survived: the five roots were followed one by one";
        }),
    ];
}
