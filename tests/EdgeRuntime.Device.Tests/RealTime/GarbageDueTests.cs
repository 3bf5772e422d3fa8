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
    private int _collections;

    public GarbageDueTests() => _due = new GarbageDue(() => _allocated, () => _collections);

    [Fact]
    public void Garbage_is_due_once_when_enough_was_allocated()
    {
        _allocated += GarbageDue.Bytes - 1;
        _due.Look();
        Assert.False(_due.TryTake());

        _allocated++;
        _due.Look();
        Assert.True(_due.TryTake());
        Assert.False(_due.TryTake());
    }

    [Fact]
    public void A_collection_that_came_of_itself_is_not_repeated_in_the_next_gap()
    {
        _allocated += GarbageDue.Bytes;
        _due.Look();

        _collections++;
        _due.Look();
        Assert.False(_due.TryTake());

        _allocated += GarbageDue.Bytes;
        _due.Look();
        Assert.True(_due.TryTake());
    }

    [Fact]
    public void A_path_that_is_about_to_wait_has_what_is_due_collected_on_another_thread()
    {
        int mine = Environment.CurrentManagedThreadId;
        using BlockingCollection<int> collected = [];
        using CollectorThread collector = new(_due, new ThreadPlacement(new RealTimeOptions()), () => collected.Add(Environment.CurrentManagedThreadId));

        collector.UseGap();
        _allocated += GarbageDue.Bytes;
        _due.Look();
        collector.UseGap();
        collector.UseGap();

        Assert.True(collected.TryTake(out int thread, Patience));
        Assert.NotEqual(mine, thread);
        _collections++;
        _due.Look();
        _allocated += GarbageDue.Bytes;
        _due.Look();
        collector.UseGap();
        Assert.True(collected.TryTake(out _, Patience));
        Assert.Empty(collected);
    }
}
