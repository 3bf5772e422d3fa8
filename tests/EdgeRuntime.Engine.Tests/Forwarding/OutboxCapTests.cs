using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Engine.Tests.Forwarding;

/// <summary>Much more is made than fits, and nobody takes it: what goes, in which order, and that all of it is counted.</summary>
public sealed class OutboxCapTests
{
    private static readonly DurableOutboxOptions Options = new() { MaxBytes = 512 * 1024, DrainPerSecond = 100_000 };

    private readonly ManualTime _time = new();
    private readonly SimulatedDisk _disk = new();
    private readonly SteppingManager _manager = new();

    [Fact]
    public void The_log_never_takes_more_than_its_cap_and_one_segment()
    {
        OutboxRig rig = Start();
        long most = 0;
        for (int i = 0; i < 12_000; i++)
        {
            Make(rig, i);
            most = Math.Max(most, _disk.Used);
        }

        // Names take room on this disk too, and so does what is remembered beside the log.
        Assert.InRange(most, Options.MaxBytes / 2, Options.MaxBytes + Options.SegmentBytes + 8192);
        Assert.All(rig.Outbox.Report().Classes.Values, DurableOutboxTests.Balanced);
    }

    [Fact]
    public void Windows_are_merged_before_any_is_dropped_and_no_result_is_lost()
    {
        OutboxRig rig = Start();
        for (int i = 0; i < 12_000; i++)
        {
            Make(rig, i);
        }

        Assert.True(rig.Aggregates.Merged > 0 && rig.Aggregates.DroppedRoom == 0, $"{rig.Aggregates}");
        Assert.True(rig.Samples.Merged > 0 && rig.Samples.DroppedRoom > 0, $"{rig.Samples}");

        rig.Outbox.OnConnected();
        rig.Send();

        Assert.Equal(Enumerable.Range(0, 12_000).Where(i => i % 50 == 0).Select(i => $"r{i}"), _manager.Events);
        Assert.Equal(1200, _manager.Windows.Count);
        Assert.All(_manager.Windows.Values, count => Assert.Equal(1, count));
        Assert.All(_manager.Predictions.Values, count => Assert.Equal(1, count));
        Assert.Equal(rig.Samples.Produced - rig.Samples.DroppedRoom, _manager.Predictions.Count);
        Assert.All(rig.Outbox.Report().Classes.Values, DurableOutboxTests.Balanced);
        Assert.All(rig.Outbox.Report().Classes.Values, tally => Assert.Equal(0, tally.Waiting));
    }

    [Fact]
    public void Results_are_dropped_only_once_everything_else_is_gone_and_then_the_oldest()
    {
        OutboxRig rig = Start();
        for (int i = 0; i < 200; i++)
        {
            rig.Window($"w{i}", bytes: 1000);
            rig.Sample(i);
        }

        _time.Advance(60);
        for (int i = 0; i < 4000; i++)
        {
            rig.Result($"r{i} {new string('x', 100)}");
            rig.Keeper.Step();
        }

        Assert.Equal((0L, 0L), (rig.Aggregates.Waiting, rig.Samples.Waiting));
        Assert.True(rig.Results.DroppedRoom > 0);
        Assert.All(rig.Outbox.Report().Classes.Values, DurableOutboxTests.Balanced);
        Assert.Contains(rig.Outbox.TakeNotices(), notice => notice.StartsWith("results are dropped", StringComparison.Ordinal));
    }

    [Fact]
    public void What_an_earlier_run_may_have_sent_is_never_merged_though_nobody_acknowledged_it()
    {
        OutboxRig first = Start();
        for (int i = 0; i < 30; i++)
        {
            first.Window($"w{i}", bytes: 2000);
        }

        first.Keeper.Stop();
        OutboxRig killed = new(_disk, _time, _manager, 2, Options);
        killed.Outbox.OnConnected();
        killed.Send(most: 10, acknowledge: false);

        // No clean stop: what is known of it is what is on the disk.
        OutboxRig full = new(_disk, _time, _manager, 3, Options);
        for (int i = 100; i < 500; i++)
        {
            full.Window($"w{i}", bytes: 2000);
            _time.Advance(1);
            full.Keeper.Step();
        }

        full.Outbox.OnConnected();
        full.Send();

        Assert.True(full.Aggregates.Merged > 0);
        Assert.Equal(430, _manager.Windows.Count);
        Assert.All(_manager.Windows.Values, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(77)]
    [InlineData(20_261_128)]
    public void Whatever_happens_every_message_is_accounted_for_and_none_counts_twice(int seed)
    {
        Random random = new(seed);
        OutboxRig rig = Start();
        ulong boot = 1;
        int made = 0;
        for (int step = 0; step < 4000; step++)
        {
            switch (random.Next(20))
            {
                case < 12:
                    Make(rig, made++);
                    break;
                case 12:
                    rig.Outbox.OnConnected();
                    break;
                case 13:
                    rig.Outbox.OnDisconnected();
                    break;
                case < 17:
                    rig.Send(random.Next(40), acknowledge: random.Next(3) > 0);
                    break;
                case 17 when random.Next(20) == 0:
                    rig.Outbox.OnDisconnected();
                    rig.Keeper.Stop();
                    rig = new OutboxRig(_disk, _time, _manager, ++boot, Options);
                    rig.Keeper.Step();
                    break;
                case 18:
                    rig.Outbox.OnManager(random.Next(2) == 0, step);
                    break;
                default:
                    rig.Keeper.Step();
                    break;
            }

            foreach ((string name, OutboxTally tally) in rig.Outbox.Report().Classes)
            {
                long accounted = tally.Sent + tally.Merged + tally.DroppedRoom + tally.DroppedAge + tally.DroppedDamage + tally.Waiting;
                Assert.True(tally.Produced == accounted, $"seed {seed}, step {step}, {name}: {tally}");
            }
        }

        rig.Outbox.OnConnected();
        rig.Send();
        rig.Send();

        OutboxReport report = rig.Outbox.Report();
        Assert.All(report.Classes.Values, tally => Assert.Equal(0, tally.Waiting));
        Assert.All(_manager.Windows.Values, count => Assert.Equal(1, count));
        Assert.All(_manager.Predictions.Values, count => Assert.Equal(1, count));
        Assert.Equal(made, report.Classes.Values.Sum(tally => tally.Produced));
        Assert.Equal(0, report.Classes["results"].DroppedRoom);
        Assert.Equal(Enumerable.Range(0, made).Count(i => i % 50 == 0), _manager.Events.Count);

        // What was dropped may have been received: nobody had acknowledged it.
        Assert.InRange(
            _manager.Windows.Count, report.Classes["aggregates"].Produced - report.Classes["aggregates"].DroppedRoom,
            report.Classes["aggregates"].Produced);
    }

    private OutboxRig Start() => new(_disk, _time, _manager, 1, Options);

    // A tenth windows, a fiftieth results, the rest predictions.
    private void Make(OutboxRig rig, int i)
    {
        if (i % 50 == 0)
        {
            rig.Result($"r{i}");
        }
        else if (i % 10 == 3)
        {
            rig.Window($"w{i}", bytes: 2000);
        }
        else
        {
            rig.Sample(i);
        }

        _time.Advance(0.1);
        rig.Keeper.Step();
    }
}
