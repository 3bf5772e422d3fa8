using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Tests.RealTime;

public sealed class AllocationBudgetTests
{
    [Fact]
    public void Going_over_and_coming_back_are_each_told_once()
    {
        SteppedClock clock = new();
        long allocated = 1_000_000;
        AllocationBudget budget = new(1000, clock, () => allocated);
        List<bool> changed = [];
        foreach (long bytesInWindow in (long[])[10_000, 10_010, 20_000, 9_999, 0])
        {
            allocated += bytesInWindow;
            clock.Advance(AllocationBudget.Window);
            changed.Add(budget.Look());
        }

        Assert.Equal([false, true, false, true, false], changed);
        Assert.Equal(0, budget.BytesPerSecond);
        Assert.Equal(2000, budget.MostBytesPerSecond);
    }

    [Fact]
    public void A_window_that_is_not_full_is_not_judged()
    {
        SteppedClock clock = new();
        long allocated = 0;
        AllocationBudget budget = new(1000, clock, () => allocated);
        allocated = long.MaxValue / 2;
        clock.Advance(AllocationBudget.Window / 2);

        Assert.False(budget.Look());
        Assert.False(budget.IsOver);
    }

    [Fact]
    public void A_late_look_counts_the_time_that_passed()
    {
        SteppedClock clock = new();
        long allocated = 0;
        AllocationBudget budget = new(1000, clock, () => allocated);
        allocated = 20_000;
        clock.Advance(AllocationBudget.Window * 2);

        Assert.False(budget.Look());
        Assert.Equal(1000, budget.BytesPerSecond);
    }
}
