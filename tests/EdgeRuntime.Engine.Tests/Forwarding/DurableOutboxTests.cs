using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Engine.Tests.Forwarding;

public sealed class DurableOutboxTests
{
    private readonly ManualTime _time = new();
    private readonly SimulatedDisk _disk = new();
    private readonly SteppingManager _manager = new();

    [Fact]
    public void Results_are_sent_before_windows_and_these_before_predictions()
    {
        OutboxRig rig = Start();
        rig.Sample(1);
        rig.Window("w");
        rig.Result("r");
        rig.Outbox.OnConnected();

        rig.Send();

        Assert.Equal(["event/test", "window/m", "prediction/m"], _manager.Topics);
    }

    [Fact]
    public void A_result_that_somebody_awaits_is_sent_only_once_it_is_on_the_disk()
    {
        OutboxRig rig = Start();
        rig.Keeper.Step();
        rig.Outbox.OnConnected();
        long number = rig.Result("r");

        Assert.False(rig.Outbox.TryTake(out _, out _));
        Assert.Empty(rig.Outbox.TakeSafe());

        rig.Keeper.Step();

        Assert.True(rig.Outbox.TryTake(out _, out _));
        Assert.Equal([number], rig.Outbox.TakeSafe());
    }

    [Fact]
    public void What_is_acknowledged_in_time_costs_the_flash_no_write()
    {
        OutboxRig rig = Start();
        rig.Keeper.Step();
        rig.Outbox.OnConnected();
        long before = _disk.Operations;
        for (int i = 0; i < 100; i++)
        {
            rig.Window($"w{i}");
            rig.Send();
        }

        Assert.Equal(before, _disk.Operations);
        Assert.Equal(100, rig.Aggregates.Sent);
    }

    [Fact]
    public void A_message_is_kept_until_the_manager_has_it_though_the_broker_does()
    {
        OutboxRig rig = Start();
        rig.Outbox.OnConnected();
        rig.Window("w");
        rig.Send(acknowledge: false);
        rig.Keeper.Stop();

        OutboxRig next = Start(boot: 2);
        next.Outbox.OnConnected();
        next.Send();

        Assert.Equal(1, _manager.Repeated);
        Assert.Equal(1, _manager.Windows["w"]);
        Assert.Equal((1L, 0L), (next.Aggregates.Sent, next.Aggregates.Waiting));
    }

    [Fact]
    public void What_the_manager_has_is_in_memory_no_more_though_its_file_stays()
    {
        OutboxRig rig = Start();
        rig.Outbox.OnConnected();
        rig.Result("r");
        rig.Keeper.Step();
        (WeakReference payload, long token) = Take(rig.Outbox);
        rig.Outbox.OnPublished(token);
        GC.Collect();
        Assert.True(payload.IsAlive);

        rig.Outbox.OnAcknowledged("event", rig.Boot, 1);
        rig.Keeper.Step();
        GC.Collect();

        Assert.False(payload.IsAlive);
        Assert.NotEmpty(_disk.List("outbox/1"));
    }

    [Fact]
    public void Without_a_manager_the_brokers_word_is_enough()
    {
        OutboxRig rig = Start(options: Options with { AcknowledgedByManager = false });
        rig.Outbox.OnConnected();
        rig.Window("w");
        rig.Result("r");

        rig.Send(acknowledge: false);

        Assert.Equal((0L, 0L), (rig.Aggregates.Waiting, rig.Results.Waiting));
    }

    [Fact]
    public void Everything_that_waited_is_there_after_a_restart_and_in_order()
    {
        OutboxRig rig = Start();
        for (int i = 0; i < 300; i++)
        {
            rig.Result($"r{i}");
            rig.Sample(i);
            rig.Keeper.Step();
        }

        rig.Keeper.Stop();
        OutboxRig next = Start(boot: 2);
        next.Result("later");
        next.Outbox.OnConnected();
        next.Send();

        Assert.Equal([.. Enumerable.Range(0, 300).Select(i => $"r{i}"), "later"], _manager.Events);
        Assert.Equal(300, _manager.Predictions.Count);
        Assert.Equal((301L, 301L, 0L), (next.Results.Produced, next.Results.Sent, next.Results.Waiting));
    }

    [Fact]
    public void What_was_acknowledged_before_a_clean_stop_is_not_sent_again()
    {
        OutboxRig rig = Start();
        rig.Keeper.Step();
        rig.Outbox.OnConnected();
        for (int i = 0; i < 20; i++)
        {
            rig.Result($"r{i}");
        }

        rig.Send(most: 10);
        rig.Keeper.Stop();
        OutboxRig next = Start(boot: 2);
        next.Outbox.OnConnected();
        next.Send();

        Assert.Equal(0, _manager.Repeated);
        Assert.Equal(20, _manager.Events.Count);
        Assert.Equal(20, next.Results.Produced);
    }

    [Fact]
    public void A_manager_that_says_more_than_it_was_sent_releases_only_what_was_sent()
    {
        OutboxRig rig = Start();
        rig.Outbox.OnConnected();
        rig.Window("sent");
        rig.Send(acknowledge: false);
        rig.Outbox.OnDisconnected();
        rig.Window("not sent");

        rig.Outbox.OnAcknowledged("window", rig.Boot, 1000);

        Assert.Equal((1L, 1L), (rig.Aggregates.Sent, rig.Aggregates.Waiting));
    }

    [Fact]
    public void A_manager_that_comes_back_is_sent_what_it_has_not_acknowledged()
    {
        OutboxRig rig = Start();
        rig.Outbox.OnConnected();
        rig.Window("w");
        rig.Send(acknowledge: false);
        rig.Outbox.OnManager(true, saidMs: 5);
        rig.Outbox.OnManager(true, saidMs: 5);

        rig.Send();

        Assert.Equal(1, _manager.Repeated);
        Assert.Equal(0, rig.Aggregates.Waiting);
    }

    [Fact]
    public void A_manager_that_is_there_and_silent_is_reminded_ever_more_rarely()
    {
        OutboxRig rig = Start();
        rig.Outbox.OnConnected();
        rig.Outbox.OnManager(true, saidMs: 5);
        rig.Window("w");
        for (int second = 0; second < 300; second++)
        {
            rig.Send(acknowledge: false, most: 1);
        }

        Assert.InRange(_manager.Repeated, 3, 8);
    }

    [Fact]
    public void A_backlog_is_sent_at_its_pace_and_what_is_new_at_once()
    {
        OutboxRig rig = Start(options: Options with { DrainPerSecond = 10 });
        for (int i = 0; i < 100; i++)
        {
            rig.Window($"w{i}");
        }

        _time.Advance(60);
        rig.Keeper.Step();
        rig.Keeper.Step();
        rig.Outbox.OnConnected();
        rig.Keeper.Step();
        Drain(rig);
        rig.Sample(1);
        int first = Drain(rig);
        _time.Advance(1);

        Assert.Equal(1, first);
        Assert.InRange(Drain(rig), 2, 10);
    }

    [Fact]
    public void A_full_disk_stops_nothing_and_is_told_and_what_waits_is_written_when_there_is_room_again()
    {
        _disk.Capacity = 1500;
        OutboxRig rig = Start();
        for (int i = 0; i < 20; i++)
        {
            rig.Result($"r{i}");
            rig.Keeper.Step();
            _time.Advance(1);
        }

        Assert.Equal("memory", rig.Outbox.Report().Storage);
        Assert.Contains(rig.Outbox.TakeNotices(), notice => notice.Contains("waits in memory", StringComparison.Ordinal));

        rig.Outbox.OnConnected();
        rig.Send(most: 10);
        Assert.Equal(10, _manager.Events.Count);

        _disk.Capacity = long.MaxValue;
        _time.Advance(60);
        rig.Keeper.Step();

        Assert.Equal("disk", rig.Outbox.Report().Storage);
        rig.Keeper.Stop();
        OutboxRig next = Start(boot: 2);
        next.Outbox.OnConnected();
        next.Send();
        Assert.Equal(20, _manager.Events.Count);
    }

    [Fact]
    public void In_memory_windows_are_merged_and_predictions_dropped_before_a_result_is()
    {
        _disk.Capacity = 0;
        OutboxRig rig = Start(options: Options with { MemoryBytes = 64 * 1024 });
        for (int i = 0; i < 1000; i++)
        {
            rig.Sample(i);
            rig.Window($"w{i}", bytes: 800);
            if (i % 10 == 0)
            {
                rig.Result($"r{i}");
            }

            rig.Keeper.Step();
        }

        OutboxReport report = rig.Outbox.Report();
        Assert.True(report.Classes["aggregates"].Merged > 0 && report.Classes["samples"].DroppedRoom > 0 && report.Classes["results"].DroppedRoom == 0);
        Assert.All(report.Classes.Values, Balanced);
    }

    [Fact]
    public void Damage_on_the_disk_costs_what_it_hit_and_is_counted()
    {
        OutboxRig rig = Start();
        for (int i = 0; i < 20; i++)
        {
            rig.Result($"r{i}");
        }

        rig.Keeper.Stop();
        string file = $"outbox/1/{_disk.List("outbox/1")[0]}";
        _disk.FlipBit(file, 700);

        OutboxRig next = Start(boot: 2);
        next.Outbox.OnConnected();
        next.Send();

        Assert.Equal(19, _manager.Events.Count);
        Assert.Equal(1, next.Outbox.Report().Damaged);
    }

    [Fact]
    public void What_waits_too_long_is_dropped_and_counted_but_results_stay()
    {
        OutboxRig rig = Start(options: Options with { MaxAge = TimeSpan.FromHours(1) });
        rig.Window("old");
        rig.Result("old");
        rig.Keeper.Stop();
        _time.Advance(TimeSpan.FromHours(2));
        OutboxRig next = Start(boot: 2, options: Options with { MaxAge = TimeSpan.FromHours(1) });
        for (int i = 0; i < 5; i++)
        {
            next.Keeper.Step();
        }

        Assert.Equal((1L, 0L), (next.Aggregates.DroppedAge, next.Aggregates.Waiting));
        Assert.Equal(1, next.Results.Waiting);
    }

    [Fact]
    public void A_start_reads_nothing_of_a_backlog_before_the_first_message_can_be_posted_and_one_segment_a_step_after()
    {
        OutboxRig rig = Start();
        for (int i = 0; i < 300; i++)
        {
            rig.Window($"w{i}", bytes: 600);
        }

        rig.Keeper.Stop();
        int segments = _disk.List("outbox/2").Count;
        OutboxRig next = Start(boot: 2);
        int steps = 0;
        while (next.Keeper.Step())
        {
            steps++;
        }

        Assert.True(segments > 5);
        Assert.Equal(segments, steps);
        Assert.Equal(300, next.Aggregates.Waiting + next.Aggregates.Merged + next.Aggregates.DroppedRoom);
    }

    [Fact]
    public void Without_any_manager_memory_stays_bounded_and_everything_is_published_all_the_same()
    {
        OutboxRig rig = Start(options: Options with { MaxBytes = 8_000_000 });
        rig.Outbox.OnConnected();
        for (int i = 0; i < 2000; i++)
        {
            rig.Window($"w{i}", bytes: 1500);
            if (i % 10 == 0)
            {
                _time.Advance(10);
                rig.Send(acknowledge: false);
            }
        }

        rig.Send(acknowledge: false);
        Assert.Equal(2000, _manager.Windows.Count);
        Assert.InRange(rig.Outbox.Lines.SelectMany(line => line.Segments).Sum(segment => segment.Entries.Count), 0, 500);

        _manager.Acknowledge(rig.Outbox);
        rig.Keeper.Step();
        Assert.Equal((2000L, 0L), (rig.Aggregates.Sent, rig.Aggregates.Waiting));
    }

    [Fact]
    public void Options_out_of_range_are_listed_all_at_once()
    {
        DurableOutboxOptions options = new() { MaxBytes = 1, DrainPerSecond = 0 };

        Assert.Equal(
            ["outbox.max_bytes: 1 is outside 262144 to 68719476736", "outbox.drain_per_s: 0 is outside 1 to 100000"], options.Validate());
    }

    internal static void Balanced(OutboxTally tally) => Assert.Equal(
        tally.Produced, tally.Sent + tally.Merged + tally.DroppedRoom + tally.DroppedAge + tally.DroppedDamage + tally.Waiting);

    private static DurableOutboxOptions Options => new() { MaxBytes = DurableOutboxOptions.LeastBytes, DrainPerSecond = 100_000 };

    private OutboxRig Start(ulong boot = 1, DurableOutboxOptions? options = null) => new(_disk, _time, _manager, boot, options ?? Options);

    // In a frame of its own, so that nothing of the test's holds what was taken.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Payload, long Token) Take(DurableOutbox outbox)
    {
        Assert.True(outbox.TryTake(out StoredMessage message, out long token));
        Assert.True(MemoryMarshal.TryGetArray(message.Payload, out ArraySegment<byte> payload));
        return (new WeakReference(payload.Array), token);
    }

    private int Drain(OutboxRig rig)
    {
        int sent = 0;
        while (rig.Outbox.TryTake(out StoredMessage message, out long token))
        {
            _manager.Take(message);
            rig.Outbox.OnPublished(token);
            sent++;
        }

        return sent;
    }
}
