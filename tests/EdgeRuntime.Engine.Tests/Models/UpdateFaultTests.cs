using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>A full disk at every byte, and random sequences of everything that can go wrong.</summary>
public sealed class UpdateFaultTests
{
    private static readonly byte[] One = TestPackages.Make(counter: 1, gain: 1);
    private static readonly byte[] Two = TestPackages.Make(counter: 2, gain: 2);
    private static readonly byte[] Three = TestPackages.Make(counter: 3, gain: 3);

    [Fact]
    public void A_disk_with_too_little_room_is_noticed_before_a_byte_is_fetched()
    {
        SimulatedDisk disk = Installed();
        using SimulatedDevice device = new SimulatedDevice(disk, One).Start();
        disk.Capacity = disk.Used + 20_000;

        device.Obey(device.OrderFor(Two, generation: 1));

        Assert.StartsWith("rejected: the disk is full: ", device.Story[^1], StringComparison.Ordinal);
        Assert.Equal(0, device.Sent);
        Assert.Equal("1.0.0", device.Version);
    }

    [Fact]
    public void A_disk_that_fills_up_at_any_byte_of_an_update_costs_the_update_and_not_the_model()
    {
        int rejected = 0;
        int finished = 0;
        int tried = 0;

        // Primes, so that over the runs every alignment to names, chunks and pointers is met.
        for (long room = 0; room < 40_000; room += room < 12_000 ? 23 : 997)
        {
            SimulatedDisk disk = Installed();
            using SimulatedDevice device = new SimulatedDevice(disk, One).Start();
            disk.ClaimedFree = 1_000_000;
            disk.Capacity = disk.Used + room;

            device.Obey(device.OrderFor(Two, generation: 1));

            string story = $"room {room}: {string.Join(" | ", device.Story)}";
            UpdateState end = device.Reported.Phase;
            bool isOld = end is UpdateState.Rejected or UpdateState.Undone && device.Version == "1.0.0";
            bool isNew = end is UpdateState.Committed && device.Version == "2.0.0";
            Assert.True(isOld || isNew, story);
            rejected += end is UpdateState.Rejected ? 1 : 0;
            tried += end is UpdateState.Undone ? 1 : 0;
            finished += isNew ? 1 : 0;

            AssertRecovers(disk, device.Version!, story);
        }

        // Both ends are met often; how often exactly hangs on the size of the package.
        Assert.True(rejected > 200 && finished > 20, $"{rejected} rejected, {tried} undone, {finished} committed");
    }

    [Fact]
    public void A_medium_that_fails_once_while_the_device_starts_costs_it_no_package()
    {
        SimulatedDisk whole = Installed();
        using (SimulatedDevice device = new SimulatedDevice(whole, One).Start())
        {
            device.Obey(device.OrderFor(Two, generation: 1));
            Assert.Equal("2.0.0", device.Version);
        }

        int failed = 0;
        for (long at = 1; at <= 60; at++)
        {
            SimulatedDisk disk = whole.Copy();
            disk.Fault = DiskFault.InputOutput;
            disk.FaultAt = at;
            using (SimulatedDevice device = new SimulatedDevice(disk, One).Start())
            {
                Assert.NotNull(device.Version);
            }

            failed += disk.Calls >= at ? 1 : 0;
            disk.FaultAt = 0;
            using SimulatedDevice again = new SimulatedDevice(disk, One).Start();
            Assert.True(again.Version == "2.0.0", $"after a failure of call {at} the device serves {again.Version}");
        }

        Assert.InRange(failed, 3, 59);
    }

    [Fact]
    public void An_undo_works_without_a_free_byte_and_survives_a_restart()
    {
        SimulatedDisk disk = Installed();
        using (SimulatedDevice device = new SimulatedDevice(disk, One).Start())
        {
            device.Obey(device.OrderFor(Two, generation: 1));
            disk.Capacity = disk.Used;

            device.Agent.Undo("plant", out bool done);
            device.Run();

            Assert.True(done);
            Assert.Equal("1.0.0", device.Version);
        }

        using SimulatedDevice again = new SimulatedDevice(disk, One).Start();
        Assert.Equal("1.0.0", again.Version);
    }

    [Fact]
    public void A_first_start_with_any_room_on_the_disk_answers_with_the_configured_package()
    {
        int fromMemory = 0;
        for (long room = 0; room < 30_000; room += room < 8000 ? 13 : 499)
        {
            SimulatedDisk disk = new() { Capacity = room };

            using SimulatedDevice device = new SimulatedDevice(disk, One).Start();

            Assert.True(device.Version == "1.0.0", $"room {room}: {string.Join(" | ", device.Notices)}");
            fromMemory += device.Notices.Contains(
                "the configured package 1.0.0 answers from memory, because the disk does not take it") ? 1 : 0;
            disk.Capacity = long.MaxValue;
            using SimulatedDevice again = new SimulatedDevice(disk, One).Start();
            Assert.Equal("1.0.0", again.Version);
            Assert.DoesNotContain(again.Notices, notice => notice.Contains("memory", StringComparison.Ordinal));
        }

        Assert.True(fromMemory > 100, $"{fromMemory}");
    }

    [Fact]
    public void An_order_on_a_device_that_answers_from_memory_is_rejected_with_the_disks_reason()
    {
        using SimulatedDevice device = new SimulatedDevice(new SimulatedDisk { Capacity = 40 }, One).Start();

        device.Obey(device.OrderFor(Two, generation: 1));

        Assert.Equal("1.0.0", device.Version);
        Assert.StartsWith("rejected: the disk does not take", device.Story[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20_260_101)]
    public void Whatever_happens_a_verified_model_answers_and_the_next_good_order_is_obeyed(int seed)
    {
        Random random = new(seed);
        SimulatedDisk disk = Installed();
        SimulatedDevice device = new SimulatedDevice(disk, One).Start();
        byte[][] packages = [.. Enumerable.Range(0, 6).Select(i => TestPackages.Make(1 + (i / 2), gain: i + 1))];
        long generation = 0;
        int cuts = 0;
        int switches = 0;
        for (int step = 0; step < 1500; step++)
        {
            string story = $"seed {seed}, step {step}";
            try
            {
                switches += device.Answered.Count;
                device.Answered.Clear();
                Disturb(device, random, packages, ref generation);
            }
            catch (PowerFailureException)
            {
                cuts++;
                device = Restart(device, random);
            }

            Assert.True(device.Version is not null, $"{story}: no model answers; {string.Join(" | ", device.Notices.TakeLast(3))}");
            Assert.True(device.Held <= 3, $"{story}: {device.Held} packages are held");
        }

        device = Restart(device, random);
        disk.FailAt = 0;
        device.Judge = _ => new SoakVerdict.Commit();
        device.Obey(device.OrderFor(TestPackages.Make(counter: 9, gain: 9), generation + 10));
        Assert.True(device.Version == "9.0.0", $"seed {seed}: {string.Join(" | ", device.Story.TakeLast(3))}");
        Assert.True(cuts > 30 && switches > 100, $"seed {seed}: only {cuts} cuts and {switches} switches");
        device.Dispose();
    }

    private static void Disturb(SimulatedDevice device, Random random, byte[][] packages, ref long generation)
    {
        switch (random.Next(14))
        {
            case < 5:
                byte[] archive = packages[random.Next(packages.Length)];
                generation += random.Next(-1, 3);
                device.Agent.OnDesired(device.OrderFor(archive, Math.Max(1, generation), revert: random.Next(3) == 0));
                break;
            case 5:
                device.Judge = random.Next(3) switch
                {
                    0 => _ => new SoakVerdict.Undo("bad"),
                    1 => _ => null,
                    _ => _ => new SoakVerdict.Commit(),
                };
                break;
            case 6:
                device.Agent.Undo("plant", out _);
                break;
            case 7:
                device.Disk.Capacity = random.Next(2) == 0 ? long.MaxValue : device.Disk.Used + random.Next(8000);
                device.Disk.ClaimedFree = random.Next(2) == 0 ? null : 1_000_000;
                break;
            case 8:
                device.Agent.OnLink(random.Next(4) != 0);
                break;
            case 9:
                device.Way = random.Next(3) == 0 ? bytes => random.Next(3) == 0 ? null : bytes : bytes => bytes;
                break;
            case 10:
                device.Disk.FailAt = device.Disk.Operations + random.Next(1, 60);
                break;
            case 11:
                device.Loads = random.Next(3) != 0;
                break;
            default:
                device.Run();
                break;
        }

        if (random.Next(3) == 0)
        {
            device.Run();
        }
    }

    /// <summary>The power comes back on a disk with room, and may fail again while the device starts.</summary>
    private static SimulatedDevice Restart(SimulatedDevice device, Random random)
    {
        SimulatedDisk disk = device.Disk;
        Func<LoadedPackage, SoakVerdict?> judge = device.Judge;
        while (true)
        {
            device.Dispose();
            disk.Reboot((Aftermath)random.Next(5), random);
            disk.Capacity = long.MaxValue;
            disk.FailAt = random.Next(3) == 0 ? disk.Operations + random.Next(1, 20) : 0;
            device = new SimulatedDevice(disk, One) { Judge = judge };
            try
            {
                device.Start();
                return device;
            }
            catch (PowerFailureException)
            {
                // And again.
            }
        }
    }

    private static void AssertRecovers(SimulatedDisk disk, string version, string story)
    {
        disk.Capacity = long.MaxValue;
        disk.ClaimedFree = null;
        using SimulatedDevice again = new SimulatedDevice(disk, One).Start();
        Assert.True(again.Version == version, $"{story}; after a restart {again.Version} answers");
        again.Obey(again.OrderFor(Three, generation: 2));
        Assert.True(again.Version == "3.0.0", $"{story}; then {string.Join(" | ", again.Story)}");
    }

    private static SimulatedDisk Installed()
    {
        SimulatedDisk disk = new();
        using SimulatedDevice device = new SimulatedDevice(disk, One).Start(connected: false);
        return disk;
    }
}
