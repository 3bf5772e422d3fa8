using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator.Attacks;

/// <summary>Attacks by who carries the messages.</summary>
internal static class CarrierAttacks
{
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("endless data: chunks beyond the size of the order", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Device.Way = bytes => [.. bytes, .. bytes];
            site.Order(AttackSite.Package(2));
            site.RequireServes("1.0.0");
            byte[] kept = DurableFiles.ReadAll(site.Device.Disk, "slots/plant/incoming/package.part", 1_000_000) ?? [];
            InvariantException.Require(kept.All(each => each == 0), "bytes of it were kept");
            site.Device.Way = bytes => bytes;
            return "refused: no chunk of another length than the signed order says is written";
        }),
        new("slow retrieval: one chunk in fifty arrives", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            int asked = 0;
            site.Device.Way = bytes => ++asked % 50 == 0 ? bytes : null;
            site.Order(AttackSite.Package(2));
            site.RequireServes("1.0.0");
            int before = site.Device.Sent;
            site.Device.Time.Advance(1);
            site.Device.Run();
            int chunks = site.Device.Sent - before;
            InvariantException.Require(chunks < 64, $"{chunks} chunks were asked for within a minute");
            site.Device.Way = bytes => bytes;
            return $"survived: 1.0.0 answers meanwhile, chunks asked for in the next minute: {chunks}; and a newer order takes its place";
        }),
        new("drop-request: nothing that the device asks for arrives", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Device.Way = _ => null;
            site.Order(AttackSite.Package(2));
            site.RequireServes("1.0.0");
            site.Device.Way = bytes => bytes;
            site.Device.Time.Advance(120);
            site.Device.Run();
            site.RequireServes("2.0.0");
            return "survived: 1.0.0 answers meanwhile, and the update completes once requests get through";
        }),
        new("partial bundle: half of a package, then nothing", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            int chunks = 0;
            site.Device.Way = bytes => ++chunks <= 2 ? bytes : null;
            site.Order(AttackSite.Package(2));
            site.Restart();
            site.RequireServes("1.0.0");
            return "refused: what is not whole is neither loaded nor in a slot, also after a restart";
        }),
        new("partial bundle: an order of two models of which one is missing", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            PackageReference good = site.Device.Shelve(AttackSite.Package(2));
            PackageReference missing = good with { Version = "7.7.7" };
            site.Device.Obey(SimulatedDevice.Order(40, new Dictionary<string, PackageReference> { ["plant"] = good, ["other"] = missing }));
            site.RequireServes("2.0.0");
            return "survived: " + site.Device.Notices.Last(text => text.Contains("'other'", StringComparison.Ordinal));
        }),
        new("replay of reports: a manager made to believe an old state orders it again", site =>
        {
            site.Vouch(AttackSite.Withdrawing(2));
            site.Deliver();
            site.Order(AttackSite.Withdrawing(2));
            site.RequireServes("2.0.0");
            int activations = site.Device.Activations["2.0.0"];
            site.Order(AttackSite.Withdrawing(2));
            site.Order(AttackSite.Package(1));
            InvariantException.Require(site.Device.Activations["2.0.0"] == activations, "it began to answer a second time");
            return MetadataAttacks.Refused(site, "is below 2, the floor", "2.0.0");
        }),
        new("replay of messages: the retained set of yesterday's broker", site =>
        {
            byte[] metadata = site.Rig.Metadata();
            byte[] order = SimulatedDevice.Order(
                1, new Dictionary<string, PackageReference> { ["plant"] = site.Device.Shelve(AttackSite.Package(1)) });
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Order(AttackSite.Package(2));
            site.Deliver(metadata);
            site.Device.Obey(order);
            return MetadataAttacks.Refused(site, "is not above", "2.0.0");
        }),
        new("arbitrary software: an order of a stranger", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            site.Order(AttackSite.Package(2), TestPackages.StrangeKey);
            return MetadataAttacks.Refused(site, "no deploy key that this device trusts signed it");
        }),
        new("wrong software: an order for another device", site =>
        {
            site.Vouch(AttackSite.Package(2));
            site.Deliver();
            PackageReference two = site.Device.Shelve(AttackSite.Package(2));
            site.Device.Obey(SimulatedDevice.Order(40, new Dictionary<string, PackageReference> { ["plant"] = two }, device: "pi-2"));
            return MetadataAttacks.Refused(site, "it is for the device 'pi-2'");
        }),
    ];
}
