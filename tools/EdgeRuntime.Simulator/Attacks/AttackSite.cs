using System.Collections.Concurrent;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Tuf;
using EdgeRuntime.Simulator.Torture;

namespace EdgeRuntime.Simulator.Attacks;

/// <summary>
/// A repository, a manager, and a device that runs package 1.0.0 which they vouched for; the attacker has the network between
/// them, and what keys a case gives him.
/// </summary>
internal sealed class AttackSite : IDisposable
{
    // A signature is another every time, and what is vouched for is one archive.
    private static readonly ConcurrentDictionary<int, byte[]> Withdrawn = new();

    private long _generation = 1;

    public AttackSite()
    {
        Rig.DelegateOrdersTo(TestPackages.DeployKey);
        Vouch(Package(1));
        Device = Start();
        Deliver();
        Order(Package(1));
        RequireServes("1.0.0");
    }

    public RepositoryRig Rig { get; } = new();

    public SimulatedDevice Device { get; private set; }

    /// <summary>The newest thing that the device said, or nothing.</summary>
    public string Said => Device.Notices.Count > 0 ? Device.Notices[^1] : Device.Story.Count > 0 ? Device.Story[^1] : "";

    /// <summary>Package N: version N.0.0, release counter N, gain N.</summary>
    public static byte[] Package(int number) => Orders.Package(number);

    /// <summary>The same, by whose release all before it are withdrawn: it states its own counter as the floor.</summary>
    public static byte[] Withdrawing(int number) => Withdrawn.GetOrAdd(
        number, _ => TestPackages.Make(number, gain: number, manifest => manifest with { Floor = number }));

    /// <summary>Puts a package among the targets, for this hardware or for another, and publishes.</summary>
    public void Vouch(byte[] archive, params string[] hardware)
    {
        PackageArchive package = PackageArchive.ReadUnverified(archive);
        Rig.Targets = Rig.Targets.WithTarget(RepositoryRig.Target(
            ReleaseTrust.PathOf("plant", package.Manifest.Version), archive, package.Manifest.ReleaseCounter, hardware));
        Rig.PublishNext();
    }

    /// <summary>The device gets the metadata, genuine or not.</summary>
    public void Deliver(byte[]? metadata = null)
    {
        Device.Agent.OnMetadata(metadata ?? Rig.Metadata());
        Device.Run();
    }

    /// <summary>The device gets an order of the next generation.</summary>
    public void Order(byte[] archive, SigningKey? key = null, Func<PackageReference, PackageReference>? change = null)
    {
        PackageReference reference = Device.Shelve(archive);
        Dictionary<string, PackageReference> slots = new() { ["plant"] = change is null ? reference : change(reference) };
        Device.Obey(SimulatedDevice.Order(_generation++, slots, key));
    }

    /// <summary>The device is switched off and on.</summary>
    public void Restart()
    {
        SimulatedDevice old = Device;
        Device = Start();
        foreach ((string hash, byte[] archive) in old.Shelf)
        {
            Device.Shelf[hash] = archive;
        }

        old.Dispose();
    }

    public void RequireServes(string version) => InvariantException.Require(
        Device.Version == version, $"{Device.Version ?? "nothing"} answers, not {version}; {string.Join(" | ", Device.Notices.Concat(Device.Story))}");

    /// <summary>Nothing but what the release key signed was ever loaded, and a genuine update still works.</summary>
    public void RequireUnhurt()
    {
        string[] genuine = [.. Enumerable.Range(1, 9).Select(Orders.ModelOf)];
        string? stranger = Device.Loaded.FirstOrDefault(model => !genuine.Contains(model));
        InvariantException.Require(stranger is null, $"unsigned bytes were loaded: {stranger}");
        Vouch(Package(9));
        Deliver();
        _generation += 1_000;
        Order(Package(9));
        RequireServes("9.0.0");
    }

    public void Dispose()
    {
        Device.Dispose();
        Rig.Dispose();
    }

    private SimulatedDevice Start() => new SimulatedDevice(
        Rig.Disk, trust: new ReleaseTrust(Rig.Store(), Rig.Files["1.root.json"], Rig.Clock, ["board", "linux-x64"])).Start();
}
