using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Simulator.Torture;

/// <summary>
/// Every message a hundred times, shuffled, with forged ones among them; then the retained set of yesterday. Whatever the
/// order, each generation takes effect at most once, and the newest one is what the device runs.
/// </summary>
internal sealed class MessageStorms(TortureOptions options, TortureReport report)
{
    private const int Repeats = 100;
    private const int Storms = 40;

    /// <summary>The most that the newest order took effect in any storm, and all messages of all storms.</summary>
    public (int Effects, long Messages) Most { get; private set; }

    public void Run()
    {
        for (int storm = 1; storm <= Storms; storm++)
        {
            int seed = (options.Seed * 1000) + storm;
            if (options.Wants(storm))
            {
                report.Try("message storms", "--only storms", $"storm {storm}", () =>
                {
                    (int activations, int ends, int messages) = Blow(seed);
                    Most = (Math.Max(Most.Effects, Math.Max(activations, ends)), Most.Messages + messages);
                });
            }
        }
    }

    /// <summary>The effect counters of one storm: how often the newest order took effect, and how often it was told to have ended.</summary>
    /// <exception cref="InvariantException">An order took effect twice, or a forged one did.</exception>
    public static (int Activations, int Ends, int Messages) Blow(int seed)
    {
        Random random = new(seed);
        SimulatedDisk disk = new();
        Story story = new()
        {
            Name = "storm", Prepare = () => disk, Act = _ => { }, Committed = [1], MayAnswer = [1, 2, 3, 4], Ends = 4,
        };
        using SimulatedDevice device = story.Device(disk);
        device.Start();
        byte[][] orders = [Orders.For(2, 1), Orders.For(3, 2), Orders.For(4, 3)];
        List<Action> storm = [];
        for (int i = 0; i < Repeats; i++)
        {
            storm.AddRange(orders.Select<byte[], Action>(order => () => device.Agent.OnDesired(order)));
            storm.AddRange(Forged.Select<byte[], Action>(order => () => device.Agent.OnDesired(order)));
            storm.Add(() => device.Agent.OnDesired(ReadOnlyMemory<byte>.Empty));
            storm.AddRange(Chunks(device));
            storm.Add(() => device.Agent.OnLink(random.Next(2) == 0));
        }

        Action[] shuffled = [.. storm];
        random.Shuffle(shuffled);
        int messages = 0;
        foreach (Action message in shuffled)
        {
            message();
            messages++;
            if (random.Next(50) == 0)
            {
                device.Run(ticks: 2);
            }
        }

        device.Agent.OnLink(true);
        device.Run();
        InvariantException.Require(device.Version == "4.0.0", $"the newest order was not followed: {device.Version} answers");

        // Yesterday's broker comes back, again and again, and so do its clients' messages.
        for (int i = 0; i < Repeats; i++)
        {
            device.Agent.OnLink(false);
            device.Agent.OnLink(true);
            random.Shuffle(orders);
            foreach (byte[] order in orders)
            {
                device.Agent.OnDesired(order);
                messages++;
            }

            device.Run(ticks: 1);
        }

        foreach ((string version, int times) in device.Activations)
        {
            InvariantException.Require(times == 1, $"exactly once: {version} began to answer {times} times");
        }

        Outcome[] ends = [.. device.Steps.Select(step => step.End).OfType<Outcome>()];
        IGrouping<(string, long), Outcome>? twice = ends.GroupBy(end => (end.Deployment, end.Generation)).FirstOrDefault(group => group.Count() > 1);
        InvariantException.Require(twice is null, $"exactly once: {twice?.Key} was told to have ended {twice?.Count()} times");
        Invariants.NothingUnsigned(device);
        return (device.Activations["4.0.0"], ends.Count(end => end.Version == "4.0.0"), messages);
    }

    /// <summary>Orders that must do nothing: a stranger's, for another device, not whole, and whole but changed.</summary>
    private static IReadOnlyList<byte[]> Forged { get; } = Forge();

    private static List<byte[]> Forge()
    {
        PackageReference reference = PackageArchive.ReadUnverified(Orders.Package(8)).ToReference(1024, false);
        Dictionary<string, PackageReference> slots = new() { ["plant"] = reference };
        byte[] good = Orders.For(4, 3);
        byte[] changed = [.. good];
        changed[good.Length / 2] ^= 1;
        return
        [
            SimulatedDevice.Order(50, slots, TestPackages.StrangeKey),
            SimulatedDevice.Order(50, slots, device: "pi-2"),
            good[..(good.Length / 2)],
            changed,
        ];
    }

    // Chunks of every package under every transfer's name: of the right one, and of others.
    private static IEnumerable<Action> Chunks(SimulatedDevice device)
    {
        for (int package = 2; package <= 4; package++)
        {
            byte[] archive = Orders.Package(package);
            string transfer = $"{PackageArchive.ReadUnverified(archive).Id.Short}-{package - 1}";
            for (int offset = 0; offset < archive.Length; offset += 1024)
            {
                int at = offset;
                int other = package == 4 ? 2 : package + 1;
                yield return () => device.Agent.OnChunk(transfer, at, archive.AsSpan(at, Math.Min(1024, archive.Length - at)));
                yield return () => device.Agent.OnChunk(transfer, at, Orders.Package(other).AsSpan(0, Math.Min(1024, archive.Length - at)));
            }
        }
    }
}
