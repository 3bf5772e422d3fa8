using System.Text;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Engine.Tests.Models;

public sealed class DurableFilesTests
{
    private static readonly byte[] Old = Encoding.UTF8.GetBytes("the old content, which is the longer of the two");
    private static readonly byte[] New = Encoding.UTF8.GetBytes("the new content");

    public static TheoryData<Aftermath> Aftermaths => [.. Enum.GetValues<Aftermath>()];

    [Theory]
    [MemberData(nameof(Aftermaths))]
    public void A_power_failure_at_any_operation_leaves_the_old_file_or_the_new_one_whole(Aftermath aftermath)
    {
        int cuts = 0;
        for (int seed = 0; seed < 20; seed++)
        {
            for (long cut = 1; ; cut++)
            {
                SimulatedDisk disk = WithOldFile();
                disk.FailAt = disk.Operations + cut;
                bool cutShort = !Survives(() => DurableFiles.WriteAtomically(disk, "d/f", New));
                disk.Reboot(aftermath, new Random(seed));

                byte[]? found = DurableFiles.ReadAll(disk, "d/f", 100);

                Assert.True(found is not null, $"seed {seed}, cut {cut}: the file is gone");
                Assert.True(found.SequenceEqual(New) || (cutShort && found.SequenceEqual(Old)),
                    $"seed {seed}, cut {cut}: {Encoding.UTF8.GetString(found)}");
                if (!cutShort)
                {
                    break;
                }

                cuts++;
            }
        }

        Assert.True(cuts >= 20 * 4, $"only {cuts} cuts were made");
    }

    [Fact]
    public void A_file_survives_an_interrupted_write_whose_leftover_was_longer()
    {
        SimulatedDisk disk = WithOldFile();
        disk.Write("d/f.tmp", 0, new byte[500]);

        DurableFiles.WriteAtomically(disk, "d/f", New);

        Assert.Equal(New, DurableFiles.ReadAll(disk, "d/f", 100));
    }

    [Fact]
    public void A_full_disk_leaves_the_old_file_and_no_leftover()
    {
        SimulatedDisk disk = WithOldFile();
        disk.Capacity = disk.Used + 40;

        Assert.Throws<IOException>(() => DurableFiles.WriteAtomically(disk, "d/f", New));

        Assert.Equal(Old, DurableFiles.ReadAll(disk, "d/f", 100));
        Assert.Equal(["f"], disk.List("d"));
    }

    [Fact]
    public void A_file_longer_than_its_limit_is_refused_unread()
    {
        SimulatedDisk disk = WithOldFile();

        InvalidDataException refused =
            Assert.Throws<InvalidDataException>(() => DurableFiles.ReadAll(disk, "d/f", Old.Length - 1));

        Assert.Equal("d/f has 47 bytes, more than the 46 that it may have", refused.Message);
    }

    [Fact]
    public void A_file_that_is_not_there_reads_as_null()
    {
        Assert.Null(DurableFiles.ReadAll(new SimulatedDisk(), "d/f", 100));
    }

    [Fact]
    public void The_simulated_disk_does_lose_a_file_that_was_renamed_before_it_was_synced()
    {
        SimulatedDisk disk = WithOldFile();
        disk.Write("d/f.tmp", 0, New);
        disk.Rename("d/f.tmp", "d/f");
        disk.SyncDirectory("d");

        disk.Reboot(Aftermath.SyncedOnly, new Random(1));

        Assert.Equal([], DurableFiles.ReadAll(disk, "d/f", 100)!);
    }

    [Fact]
    public void The_simulated_disk_does_lose_a_name_whose_directory_was_not_synced()
    {
        SimulatedDisk disk = WithOldFile();
        disk.Write("d/g", 0, New);
        disk.Sync("d/g");

        disk.Reboot(Aftermath.SyncedOnly, new Random(1));

        Assert.Equal(["f"], disk.List("d"));
    }

    private static SimulatedDisk WithOldFile()
    {
        SimulatedDisk disk = new();
        disk.CreateDirectory("d");
        disk.SyncDirectory("");
        DurableFiles.WriteAtomically(disk, "d/f", Old);
        return disk;
    }

    private static bool Survives(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (PowerFailureException)
        {
            return false;
        }
    }
}
