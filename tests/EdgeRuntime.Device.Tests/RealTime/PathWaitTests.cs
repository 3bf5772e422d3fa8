using System.Diagnostics;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Tests.RealTime;

public sealed class PathWaitTests
{
    public static TheoryData<bool> Kinds => [true, false];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_wait_never_ends_before_its_moment(bool precise)
    {
        using PathWait wait = Make(precise);

        for (int microseconds = 50; microseconds < 12_000; microseconds += 1_171)
        {
            long due = Stopwatch.GetTimestamp() + (microseconds * 1000L);
            wait.Until(due);
            Assert.True(Stopwatch.GetTimestamp() >= due, $"{microseconds} µs ended early");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_moment_that_has_passed_is_not_waited_for(bool precise)
    {
        using PathWait wait = Make(precise);

        wait.Until(0);
        wait.Until(Stopwatch.GetTimestamp() - 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_path_with_nothing_to_do_comes_back_by_itself(bool precise)
    {
        using PathWait wait = Make(precise);

        wait.Until(long.MaxValue / 2);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_wake_up_ends_the_wait_in_hand_and_all_that_follow(bool precise)
    {
        using PathWait wait = Make(precise);
        long hour = Stopwatch.GetTimestamp() + (3600 * Stopwatch.Frequency);
        Thread waiter = new(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                wait.Until(hour);
            }
        });
        waiter.Start();

        wait.Wake();

        // A hundred thousand waits of half a second each would take 14 hours.
        Assert.True(waiter.Join(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Waiting_allocates_nothing()
    {
        using PathWait wait = Make(precise: true);

        // The least of a few rounds: the JIT's own work on this thread may stand in one of them, the wait's would stand in all.
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 50; i++)
            {
                wait.Until(Stopwatch.GetTimestamp() + 20_000);
            }

            wait.Until(Stopwatch.GetTimestamp() + 7_000_000);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void A_clock_that_is_not_the_systems_is_waited_for_portably()
    {
        using PathWait wait = PathWait.Create(new RealTimeOptions(), new OtherClock());

        Assert.IsType<PortableWait>(wait);
    }

    private static PathWait Make(bool precise)
    {
        PathWait wait = PathWait.Create(new RealTimeOptions { PreciseWait = precise }, TimeProvider.System);
        Assert.Equal(precise, wait is PreciseWait);
        return wait;
    }

    private sealed class OtherClock : TimeProvider;
}
