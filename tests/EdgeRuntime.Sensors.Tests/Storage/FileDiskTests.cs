using EdgeRuntime.Sensors.Storage;

namespace EdgeRuntime.Sensors.Tests.Storage;

public sealed class FileDiskTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-disk-").FullName;

    [Fact]
    public void What_was_written_at_an_offset_is_read_from_there()
    {
        FileDisk disk = new(_directory);
        disk.CreateDirectory("slots/a");

        disk.Write("slots/a/part", 4, [1, 2, 3]);
        disk.Sync("slots/a/part");
        disk.SyncDirectory("slots/a");
        byte[] read = new byte[8];

        Assert.Equal(7, disk.Length("slots/a/part"));
        Assert.Equal(3, disk.Read("slots/a/part", 4, read));
        Assert.Equal([1, 2, 3], read[..3]);
    }

    [Fact]
    public void What_nobody_may_write_fails_as_a_disk_that_cannot()
    {
        // The kernel lets nobody make a directory in sysfs, root neither.
        FileDisk disk = new("/sys/kernel");

        Assert.Throws<IOException>(() => disk.CreateDirectory("edge-device"));
        Assert.Throws<IOException>(() => disk.Write("edge-device", 0, [1]));
    }

    [Fact]
    public void A_rename_replaces_what_was_there()
    {
        FileDisk disk = new(_directory);
        disk.Write("old", 0, [1, 1]);
        disk.Write("new", 0, [2]);

        disk.Rename("new", "old");
        disk.SyncDirectory("");

        Assert.Equal(1, disk.Length("old"));
        Assert.Null(disk.Length("new"));
    }

    [Fact]
    public void A_file_with_its_room_is_written_piece_by_piece_until_its_name_means_another_one()
    {
        FileDisk disk = new(_directory);
        disk.CreateDirectory("slot");
        byte[] piece = Enumerable.Repeat((byte)7, 3 * 1024 * 1024).ToArray();
        disk.Reserve("part", piece.Length + 1);
        disk.Write("part", 1, piece);
        disk.Sync("part");

        disk.Rename("part", "slot/whole");
        disk.Write("part", 0, [1]);
        disk.Delete("slot/whole");
        disk.Reserve("slot/whole", 2);
        disk.Delete("slot/whole");
        disk.Delete("slot");
        disk.CreateDirectory("slot");
        disk.Write("slot/whole", 0, [2]);

        Assert.Equal(1, disk.Length("part"));
        Assert.Equal(1, disk.Length("slot/whole"));
    }

    [Fact]
    public void A_write_that_crosses_the_end_of_the_room_makes_the_file_longer()
    {
        FileDisk disk = new(_directory);
        disk.Reserve("part", 4);
        byte[] read = new byte[8];

        disk.Write("part", 2, [1, 2, 3, 4]);

        Assert.Equal(6, disk.Read("part", 0, read));
        Assert.Equal([0, 0, 1, 2, 3, 4], read[..6]);
    }

    [Fact]
    public void What_is_left_to_others_is_not_free()
    {
        Assert.Equal(0, new FileDisk(_directory, long.MaxValue / 2).FreeBytes);
        Assert.InRange(new FileDisk(_directory, 1).FreeBytes, 1, long.MaxValue);
    }

    [Fact]
    public void Deleting_what_is_not_there_does_nothing()
    {
        FileDisk disk = new(_directory);

        disk.Delete("nothing");

        Assert.Empty(disk.List(""));
        Assert.Empty(disk.List("nowhere"));
    }

    [Fact]
    public void Reading_a_file_that_is_not_there_is_an_io_error()
    {
        FileDisk disk = new(_directory);

        Assert.ThrowsAny<IOException>(() => disk.Read("nothing", 0, new byte[1]));
    }

    [Theory]
    [InlineData(28, true)] // ENOSPC
    [InlineData(30, true)] // EROFS
    [InlineData(5, true)] // EIO
    [InlineData(20, false)] // ENOTDIR: the configuration names something else
    public void A_disk_that_takes_nothing_now_is_no_mistake_of_the_configuration(int error, bool isOfTheDisk)
    {
        Assert.Equal(isOfTheDisk, FileDisk.IsOfTheDisk(new IOException("", error)));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
