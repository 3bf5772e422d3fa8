using System.Security.Cryptography;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class DeltaUpdateTests
{
    private static readonly byte[] One = TestPackages.Make(1);
    private static readonly byte[] Two = TestPackages.Make(2, gain: 5);

    private readonly SimulatedDisk _disk = new();

    [Fact]
    public void A_device_that_has_the_base_fetches_the_delta_alone()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        byte[] delta = Delta(One, Two);

        device.Obey(Order(device, delta, Hash(One)));
        device.Run();

        Assert.Equal("2.0.0", device.Version);
        Assert.Equal(Chunks(delta), device.Sent);
        Assert.DoesNotContain(device.Notices, notice => notice.Contains("delta", StringComparison.Ordinal));
    }

    [Fact]
    public void A_device_without_the_base_fetches_the_whole()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();

        device.Obey(Order(device, Delta(One, Two), Hash(Two)));

        Assert.Equal("2.0.0", device.Version);
        Assert.Equal(Chunks(Two), device.Sent);
    }

    [Fact]
    public void What_a_wrong_base_makes_wrong_is_told_and_fetched_and_nothing_wrong_is_accepted()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        byte[] elsewhere = [.. One];
        elsewhere[1500] ^= 0x10;

        // As if the archive on the disk had changed since the delta was made of it.
        device.Obey(Order(device, Delta(elsewhere, Two), Hash(One)));

        Assert.Equal("2.0.0", device.Version);
        Assert.Contains(device.Notices, notice => notice.Contains("what it starts from is not what it was", StringComparison.Ordinal));
    }

    [Fact]
    public void A_delta_that_cannot_be_read_is_given_up_for_the_whole()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        byte[] nonsense = new byte[700];

        device.Obey(Order(device, nonsense, Hash(One)));

        Assert.Equal("2.0.0", device.Version);
        Assert.Contains(device.Notices, notice => notice.Contains("it is not a delta", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_the_budget_does_not_reach_for_the_whole_a_failed_delta_ends_the_update()
    {
        byte[] nonsense = new byte[700];
        using SimulatedDevice device = new SimulatedDevice(_disk, One, new TransferPolicy { BudgetBytes = 1000 }).Start();

        device.Obey(Order(device, nonsense, Hash(One)));

        Assert.Equal("1.0.0", device.Version);
        Assert.Contains("300 are left of the budget of 1000", device.Story[^1], StringComparison.Ordinal);
        Assert.Equal(1, device.Sent);
    }

    [Fact]
    public void Where_the_disk_has_room_for_the_delta_and_not_for_what_it_makes_nothing_is_fetched()
    {
        using SimulatedDevice device = new SimulatedDevice(_disk, One).Start();
        byte[] order = Order(device, Delta(One, Two), Hash(One));
        _disk.Capacity = _disk.Used + Two.Length;

        device.Obey(order);

        Assert.Equal(0, device.Sent);
        Assert.Equal("1.0.0", device.Version);
        Assert.Contains("there is no room for the package", device.Story[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_budget_is_kept_over_losses_and_restarts(int seed)
    {
        Random random = new(seed);
        TransferPolicy policy = new() { BudgetBytes = Two.Length * 2 };
        int asked = 0;
        for (int start = 0; start < 12; start++)
        {
            SimulatedDevice device = new SimulatedDevice(_disk, One, policy).Start(connected: false);
            device.Way = bytes => random.Next(3) == 0 ? bytes : null;
            byte[] order = device.OrderFor(Two, generation: 1);
            device.Agent.OnDesired(order);
            device.Agent.OnLink(true);
            device.Run(ticks: 20);
            asked += device.Sent;
            device.Dispose();
            _disk.Reboot(Aftermath.SyncedOnly, random);
        }

        Assert.InRange(asked * 1024L, 1024, policy.BudgetBytes.Value + 1024);
    }

    private static byte[] Order(SimulatedDevice device, byte[] delta, string basis)
    {
        PackageReference whole = device.Shelve(Two);
        device.Shelf[Hash(delta)] = delta;
        DeltaReference reference = new()
        {
            Kind = DeltaKind.Patch,
            BaseSha256 = basis,
            Size = delta.Length,
            Sha256 = Hash(delta),
            ChunkBytes = 1024,
            ChunkSha256 = [.. delta.Chunk(1024).Select(Hash)],
        };
        return SimulatedDevice.Order(1, new() { ["plant"] = whole with { Deltas = [reference] } });
    }

    private static byte[] Delta(byte[] basis, byte[] target)
    {
        using DeltaWriter delta = new(basis.Length, target.Length);
        int common = Math.Min(basis.Length, target.Length);
        delta.Difference(0, target.AsSpan(0, common), basis.AsSpan(0, common));
        delta.Add(target.AsSpan(common));
        return delta.ToArray();
    }

    private static int Chunks(byte[] bytes) => (bytes.Length + 1023) / 1024;

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
