using EdgeRuntime.Device.Serving;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class WakeSignalTests
{
    [Fact]
    public void A_sleeper_misses_nothing_that_was_handed_over_while_it_went_to_sleep()
    {
        const int Handed = 20_000;
        using WakeSignal signal = new();
        long offered = 0;
        Thread worker = new(() =>
        {
            for (int i = 0; i < Handed; i++)
            {
                Interlocked.Increment(ref offered);
                signal.Set();
            }
        });
        worker.Start();

        // Ends only if every sleep is ended by a later or an earlier Set; a lost one would hang here.
        long seen = 0;
        while (seen < Handed)
        {
            long now = Interlocked.Read(ref offered);
            if (now > seen)
            {
                seen = now;
                continue;
            }

            signal.Announce();
            if (Interlocked.Read(ref offered) > seen)
            {
                signal.StayAwake();
            }
            else
            {
                signal.Sleep();
            }
        }

        worker.Join();
        Assert.Equal(Handed, seen);
    }

    [Fact]
    public void Setting_it_while_nobody_sleeps_leaves_no_wake_behind_and_allocates_nothing()
    {
        using WakeSignal signal = new();
        signal.Set();
        Exercise(signal, 10);

        Assert.Equal(0, Allocated.By(() => Exercise(signal, 10_000)));
    }

    [Fact]
    public void A_sleeper_that_woke_by_itself_leaves_nothing_behind_that_would_wake_it_again()
    {
        using WakeSignal signal = new();
        for (int i = 0; i < 3; i++)
        {
            signal.Announce();
            signal.Sleep(TimeSpan.Zero);
            signal.Set();
        }

        using ManualResetEventSlim woken = new();
        signal.Announce();
        Thread sleeper = new(() =>
        {
            signal.Sleep();
            woken.Set();
        });
        sleeper.Start();
        bool early = woken.IsSet;
        signal.Set();

        Assert.True(sleeper.Join(TimeSpan.FromSeconds(30)));
        Assert.False(early);
    }

    private static void Exercise(WakeSignal signal, int times)
    {
        for (int i = 0; i < times; i++)
        {
            signal.Announce();
            signal.Set();
            signal.StayAwake();
        }
    }
}
