using EdgeRuntime.Device.Supervision;

namespace EdgeRuntime.Device.Tests.Supervision;

public sealed class WatchdogTests
{
    private readonly SteppedClock _clock = new();

    [Fact]
    public void It_is_fed_at_half_of_its_interval_while_every_path_turns()
    {
        Watchdog watchdog = new(TimeSpan.FromSeconds(10), _clock);

        Assert.False(watchdog.IsDue([("a", 1), ("b", 1)]));
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(watchdog.IsDue([("a", 2), ("b", 2)]));
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(watchdog.IsDue([("a", 3), ("b", 3)]));
        Assert.False(watchdog.IsDue([("a", 4), ("b", 4)]));
    }

    [Fact]
    public void One_path_that_stands_still_starves_it_until_it_moves_again()
    {
        Watchdog watchdog = new(TimeSpan.FromSeconds(2), _clock);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(watchdog.IsDue([("a", 5), ("b", 5)]));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(watchdog.IsDue([("a", 500), ("b", 5)]));
        Assert.Equal("b", watchdog.Stuck);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.False(watchdog.IsDue([("a", 900), ("b", 5)]));

        Assert.True(watchdog.IsDue([("a", 901), ("b", 6)]));
        Assert.Null(watchdog.Stuck);
    }

    [Fact]
    public void A_path_that_never_turned_starves_it()
    {
        Watchdog watchdog = new(TimeSpan.FromSeconds(2), _clock);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(watchdog.IsDue([("a", 0)]));
    }

    [Fact]
    public void Nobody_who_watches_is_never_fed()
    {
        Watchdog watchdog = new(null, _clock);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.False(watchdog.IsDue([("a", 7)]));
    }

    [Theory]
    [InlineData("30000000", "42", 30.0)]
    [InlineData("30000000", "", 30.0)]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "43", null)]
    [InlineData("0", "42", null)]
    [InlineData("soon", "42", null)]
    [InlineData(null, null, null)]
    public void The_interval_is_taken_from_the_environment_when_it_is_for_this_process(
        string? microseconds, string? process, double? seconds)
    {
        Assert.Equal(seconds, Watchdog.IntervalFrom(microseconds, process, thisProcess: 42)?.TotalSeconds);
    }

    [Theory]
    [InlineData(null, 500)]
    [InlineData(30_000, 500)]
    [InlineData(1_000, 250)]
    [InlineData(400, 100)]
    [InlineData(1, 10)]
    public void Paths_wait_no_longer_than_an_impatient_watchdog_allows(int? intervalMs, int longestMs)
    {
        Assert.Equal(
            longestMs, Watchdog.LongestWait(intervalMs is int whole ? TimeSpan.FromMilliseconds(whole) : null).TotalMilliseconds);
    }
}
