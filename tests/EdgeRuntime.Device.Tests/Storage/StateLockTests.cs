using EdgeRuntime.Device.Storage;

namespace EdgeRuntime.Device.Tests.Storage;

public sealed class StateLockTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-lock-").FullName;

    [Fact]
    public void A_state_directory_is_held_by_one_until_it_ends()
    {
        StateLock? first = StateLock.TryTake(_directory);

        Assert.NotNull(first);
        Assert.Null(StateLock.TryTake(_directory));
        first.Dispose();
        using StateLock? next = StateLock.TryTake(_directory);
        Assert.NotNull(next);
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_nobodys()
    {
        using StateLock? one = StateLock.TryTake(Path.Combine(_directory, "absent"));
        using StateLock? other = StateLock.TryTake(Path.Combine(_directory, "absent"));

        Assert.NotNull(one);
        Assert.NotNull(other);
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
