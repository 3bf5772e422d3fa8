using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Tests.Sampling;

public sealed class SamplePathTests
{
    [Fact]
    public void Under_block_every_frame_is_answered_as_it_is_read()
    {
        PathRig rig = new(new PathOptions());
        ServingModel serving = rig.Serve();

        rig.Read(3);

        Assert.Equal([(1, 1), (2, 1), (3, 1)], rig.Answers());
        AssertCounts(serving, due: 3, served: 3);
    }

    [Fact]
    public void A_full_queue_drops_the_oldest_or_the_newest_as_it_is_told()
    {
        PathRig oldest = Queued(OverloadPolicy.DropOldest, capacity: 2);
        PathRig newest = Queued(OverloadPolicy.DropNewest, capacity: 2);
        ServingModel first = Begin(oldest);
        ServingModel second = Begin(newest);

        oldest.Read(5);
        newest.Read(5);
        oldest.ServeAll();
        newest.ServeAll();

        Assert.Equal([5, 6], oldest.Answers().Select(answer => answer.Frame).Skip(1));
        Assert.Equal([2, 3], newest.Answers().Select(answer => answer.Frame).Skip(1));
        AssertCounts(first, due: 6, served: 3, (DropCause.QueueFullOldest, 3));
        AssertCounts(second, due: 6, served: 3, (DropCause.QueueFullNewest, 3));
    }

    [Fact]
    public void Latest_only_answers_the_newest_and_counts_the_others_as_superseded()
    {
        PathRig rig = Queued(OverloadPolicy.LatestOnly);
        ServingModel serving = Begin(rig);

        rig.Read(7);
        rig.ServeAll();

        Assert.Equal([1, 8], rig.Answers().Select(answer => answer.Frame));
        AssertCounts(serving, due: 8, served: 2, (DropCause.Superseded, 6));
    }

    [Fact]
    public void Every_nth_answers_the_first_and_then_one_of_n()
    {
        PathRig rig = new(new PathOptions
        {
            Overload = new OverloadOptions { Policy = OverloadPolicy.EveryNth, Nth = 3, Capacity = 8 },
        });
        ServingModel serving = rig.Serve();

        rig.Read(8);
        rig.ServeAll();

        Assert.Equal([1, 4, 7], rig.Answers().Select(answer => answer.Frame));
        AssertCounts(serving, due: 8, served: 3, (DropCause.SkippedNth, 5));
    }

    [Fact]
    public void A_sample_older_than_its_deadline_is_not_begun()
    {
        PathRig rig = new(new PathOptions
        {
            Overload = new OverloadOptions { Policy = OverloadPolicy.DropOldest, Deadline = TimeSpan.FromMilliseconds(10) },
        });
        ServingModel serving = rig.Serve();
        rig.Read(2);
        ((ManualTime)rig.Time).Advance(TimeSpan.FromMilliseconds(10));
        rig.Read(1);
        ((ManualTime)rig.Time).Advance(TimeSpan.FromMilliseconds(1));

        rig.ServeAll();

        Assert.Equal([3], rig.Answers().Select(answer => answer.Frame));
        AssertCounts(serving, due: 3, served: 1, (DropCause.Late, 2));
        Assert.Equal(0, serving.Tally.DeadlineMisses);
    }

    [Fact]
    public void A_decision_after_its_deadline_is_served_and_counted_as_a_miss()
    {
        ManualTime time = new();
        PackageVerification slow = new(
            [TestPackages.ReleaseKey.Public],
            (bytes, options) => new BusyRunner(LinearModel.Load(bytes, options), () => time.Advance(TimeSpan.FromMilliseconds(11))),
            "1.17.0", new(), new PackageLimits(Bytes: 100_000));
        PathRig rig = new(
            new PathOptions { Overload = new OverloadOptions { Deadline = TimeSpan.FromMilliseconds(10) } }, time, slow);
        ServingModel serving = rig.Serve();

        rig.Read(2);

        AssertCounts(serving, due: 2, served: 2);
        Assert.Equal(2, serving.Tally.DeadlineMisses);
    }

    [Fact]
    public void Failed_reads_and_empty_windows_are_counted_by_cause()
    {
        PathRig rig = new(new PathOptions());
        rig.Sensor.Script = n => n switch { 2 => FrameKind.Fails, 3 or 4 => FrameKind.Missing, _ => FrameKind.Good };
        ServingModel serving = rig.Serve();

        rig.Read(2);
        string? fault = rig.Feed.Fault;
        rig.Read(3);

        Assert.Equal("the cable is loose", fault);
        Assert.Null(rig.Feed.Fault);
        Assert.Equal(1, rig.Feed.Errors);
        AssertCounts(serving, due: 5, served: 2, (DropCause.SensorError, 1), (DropCause.MissingValue, 2));
    }

    [Fact]
    public void What_was_queued_for_a_model_is_answered_by_it_after_another_was_offered()
    {
        PathRig rig = Queued(OverloadPolicy.DropOldest, capacity: 4);
        ServingModel old = Begin(rig);
        rig.Read(2);
        ServingModel next = rig.Serve();
        rig.Read(2);

        ServingModel? servedWhileWaiting = rig.Path.Serving;
        rig.ServeAll();

        Assert.Same(old, servedWhileWaiting);
        Assert.Same(next, rig.Path.Serving);
        Assert.Equal([(1, 1), (2, 1), (3, 1), (4, 2), (5, 2)], rig.Answers());
        AssertCounts(old, due: 3, served: 3);
        AssertCounts(next, due: 2, served: 2);
    }

    [Fact]
    public void What_was_queued_is_answered_before_a_withdrawn_model_goes()
    {
        PathRig rig = Queued(OverloadPolicy.DropNewest, capacity: 4);
        ServingModel serving = Begin(rig);
        rig.Read(2);

        rig.Path.Withdraw();
        rig.Read(2);
        rig.ServeAll();

        Assert.Null(rig.Path.Serving);
        AssertCounts(serving, due: 3, served: 3);
    }

    [Fact]
    public void What_waits_when_the_device_stops_is_counted_as_dropped()
    {
        PathRig rig = Queued(OverloadPolicy.DropNewest, capacity: 4);
        ServingModel serving = Begin(rig);
        rig.Read(3);

        rig.Path.Stop();

        AssertCounts(serving, due: 4, served: 1, (DropCause.Stopped, 3));
    }

    [Fact]
    public void Two_models_share_the_frames_of_one_sensor()
    {
        ManualTime time = new();
        ScriptedSensor sensor = new(time);
        SamplePath[] paths =
        [
            new("plant", time, new PredictionRing(16), new PathOptions()),
            new("plant", time, new PredictionRing(16), new PathOptions { Overload = new() { Policy = OverloadPolicy.LatestOnly } }),
        ];
        SensorFeed feed = new(new FrameSource(sensor), time, paths);
        ServingModel[] serving = [PathRig.Serving(TestPackages.Verification), PathRig.Serving(TestPackages.Verification)];
        paths[0].Offer(serving[0]);
        paths[1].Offer(serving[1]);

        for (int i = 0; i < 5; i++)
        {
            feed.Step();
        }

        Assert.Equal(5, sensor.Reads);
        AssertCounts(serving[0], due: 5, served: 5);
        Assert.Equal(5, serving[1].Tally.Due);
    }

    [Fact]
    public void A_window_of_counters_tells_what_became_of_its_samples_and_how_long_each_stage_took()
    {
        PathRig rig = new(new PathOptions
        {
            Window = TimeSpan.FromSeconds(1),
            Overload = new OverloadOptions { Policy = OverloadPolicy.LatestOnly },
        });
        ServingModel serving = rig.Serve();
        rig.Read(3);
        rig.ServeAll();
        ((ManualTime)rig.Time).Advance(TimeSpan.FromSeconds(1));
        rig.Read(1);
        rig.ServeAll();

        WindowCounters window = serving.TakeWindow()!;

        Assert.Equal((4, 1), (window.Due, window.Samples));
        Assert.Equal(2, window.Drops[DropCause.Superseded]);
        WindowMessage message = window.ToMessage(serving.Package.Digest, new(1), 1, 1, clockSynchronized: true);
        Assert.Equal(["act", "decide", "features", "queue", "read"], message.Stages!.Keys.Order());
        Assert.Equal(window.Samples, message.Stages["queue"].Counts.Sum());
    }

    private static PathRig Queued(OverloadPolicy policy, int capacity = 8) =>
        new(new PathOptions { Overload = new OverloadOptions { Policy = policy, Capacity = capacity } });

    // The first frame is answered, so that the model is in force before others wait.
    private static ServingModel Begin(PathRig rig)
    {
        ServingModel serving = rig.Serve();
        rig.Read(1);
        rig.ServeAll();
        return serving;
    }

    [Fact]
    public void Numbers_of_samples_go_on_where_a_path_is_made_anew()
    {
        PathRig rig = new(new PathOptions { SamplesBefore = 41 });
        rig.Serve();

        rig.Read(1);

        Assert.True(rig.Ring.TryRead(out PredictionRecord record));
        Assert.Equal(42, record.N);
        Assert.Equal(42, rig.Path.Samples);
    }

    [Fact]
    public void A_model_that_was_taken_up_and_then_withdrawn_never_answers_once_that_is_said()
    {
        PathRig rig = Queued(OverloadPolicy.DropOldest);
        rig.Serve();
        rig.Path.Withdraw();
        bool before = rig.Path.IsWithdrawn;

        rig.Read(2);
        rig.ServeAll();

        Assert.False(before);
        Assert.True(rig.Path.IsWithdrawn);
        Assert.Empty(rig.Answers());
    }

    [Fact]
    public void A_queue_of_long_rows_holds_fewer_of_them_rather_than_more_memory()
    {
        int frames = (int)(ServingModel.LargestQueueBytes / (10 * sizeof(float)));
        ServingModel serving = PathRig.Serving(TestPackages.Verification);
        ServingModel large = new(serving.Package, new LongRows(frames), trial: null);
        PathRig rig = Queued(OverloadPolicy.DropOldest, capacity: 4096);

        rig.Path.Offer(large);
        rig.Path.Offer(serving);

        Assert.InRange(large.QueueLength, 9, 10);
        Assert.Equal(4096, serving.QueueLength);
    }

    private static void AssertCounts(ServingModel serving, long due, long served, params (DropCause Cause, long Count)[] dropped)
    {
        DropCounts expected = default;
        foreach ((DropCause cause, long count) in dropped)
        {
            expected[cause] = count;
        }

        Assert.Equal((due, served), (serving.Tally.Due, serving.Tally.Served));
        Assert.Equal(expected.ByName(), serving.Tally.Dropped.ByName());
        Assert.Equal(due, served + expected.Total);
    }
}
