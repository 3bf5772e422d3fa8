namespace EdgeRuntime.Engine.Tests.Models;

/// <summary>What a download has paid for is not paid for again, wherever the power failed.</summary>
public sealed class UpdateCrashTests
{
    private static readonly byte[] One = TestPackages.Make(counter: 1, gain: 1);
    private static readonly byte[] Two = TestPackages.Make(counter: 2, gain: 2);

    public static TheoryData<Aftermath> Aftermaths => [.. Enum.GetValues<Aftermath>()];

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_download_cut_anywhere_fetches_each_synced_byte_once(Aftermath aftermath)
    {
        bool finished = false;
        for (long cut = 1; !finished; cut += 3)
        {
            SimulatedDisk disk = new();
            new SimulatedDevice(disk, One).Start(connected: false).Dispose();
            finished = Update(disk, cut);
            disk.Reboot(aftermath, new Random((int)cut));
            using SimulatedDevice after = new SimulatedDevice(disk, One).Start();

            after.Obey(after.OrderFor(Two, generation: 1));

            bool ended = after.Version == "2.0.0" || after.Story.Any(step =>
                step.StartsWith("undone", StringComparison.Ordinal) || step.StartsWith("rejected", StringComparison.Ordinal));
            Assert.True(ended, $"{aftermath}, cut {cut}: {after.Version}");
            Assert.InRange(after.Sent, 0, (Two.Length + 1023) / 1024);
        }
    }

    private static bool Update(SimulatedDisk disk, long cut)
    {
        SimulatedDevice device = new SimulatedDevice(disk, One).Start();
        disk.FailAt = disk.Operations + cut;
        try
        {
            device.Obey(device.OrderFor(Two, generation: 1));
            return true;
        }
        catch (PowerFailureException)
        {
            return false;
        }
    }
}
