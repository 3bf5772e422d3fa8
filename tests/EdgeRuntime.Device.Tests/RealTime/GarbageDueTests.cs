using System.Collections.Concurrent;
using EdgeRuntime.Device.Configuration;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Device.Serving;

namespace EdgeRuntime.Device.Tests.RealTime;

public sealed class GarbageDueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GarbageDue _due;
    private long _allocated = 100;

    public GarbageDueTests() => _due = new GarbageDue(() => _allocated);

    [Fact]
    public void Garbage_is_due_once_when_enough_was_allocated()
    {
        _allocated += GarbageDue.Bytes - 1;
        _due.Look(collected: false);
        Assert.False(_due.IsDue);

        _allocated++;
        _due.Look(collected: false);
        Assert.True(_due.IsDue);
        _due.Done();
        Assert.False(_due.IsDue);
        _due.Look(collected: true);
        Assert.False(_due.IsDue);
    }

    [Fact]
    public void A_collection_that_came_of_itself_is_not_repeated_in_the_next_gap()
    {
        _allocated += GarbageDue.Bytes;
        _due.Look(collected: false);

        _due.Look(collected: true);
        Assert.False(_due.IsDue);

        _allocated += GarbageDue.Bytes;
        _due.Look(collected: false);
        Assert.True(_due.IsDue);
    }

    [Fact]
    public void A_path_that_is_about_to_wait_has_what_is_due_collected_on_another_thread()
    {
        int mine = Environment.CurrentManagedThreadId;
        using BlockingCollection<int> collected = [];
        using CollectorThread collector = new(_due, new ThreadPlacement(new RealTimeOptions()), () => collected.Add(Environment.CurrentManagedThreadId));

        collector.UseGap();
        _allocated += GarbageDue.Bytes;
        _due.Look(collected: false);
        collector.UseGap();
        collector.UseGap();

        Assert.True(collected.TryTake(out int thread, Patience));
        Assert.NotEqual(mine, thread);
        Assert.True(SpinWait.SpinUntil(() => !_due.IsDue, Patience));
        _due.Look(collected: true);
        _allocated += GarbageDue.Bytes;
        _due.Look(collected: false);
        collector.UseGap();
        Assert.True(collected.TryTake(out _, Patience));
        Assert.Empty(collected);
    }
}
