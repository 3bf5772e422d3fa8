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

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
