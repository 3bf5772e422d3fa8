using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Tests.Sampling;

/// <summary>No sample unaccounted: whatever happens in whatever order, <c>due = served + dropped</c>.</summary>
public sealed class AccountingTests
{
    public static TheoryData<OverloadPolicy, int> Runs
    {
        get
        {
            TheoryData<OverloadPolicy, int> runs = [];
            foreach (OverloadPolicy policy in Enum.GetValues<OverloadPolicy>())
            {
                for (int seed = 0; seed < 8; seed++)
                {
                    runs.Add(policy, seed);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void In_any_order_of_events_every_sample_is_served_once_or_dropped_by_one_cause(OverloadPolicy policy, int seed)
    {
        Random random = new(seed);
        ManualTime time = new();
        ModelGate gate = new(["busy"], TimeSpan.FromMilliseconds(random.Next(20)), time);
        PathRig rig = new(
            new PathOptions
            {
                Window = TimeSpan.FromMilliseconds(200),
                Overload = new OverloadOptions
                {
                    Policy = policy,
                    Capacity = 1 + random.Next(5),
                    Nth = 2 + random.Next(3),
                    Deadline = random.Next(2) == 0 ? null : TimeSpan.FromMilliseconds(15),
                },
                Gate = random.Next(3) == 0 ? gate : null,
                Opens = [gate],
            },
            time, TestPackages.Verification);
        rig.Sensor.Script = _ => random.Next(20) switch
        {
            0 => FrameKind.Fails,
            1 => FrameKind.Missing,
            < 10 => FrameKind.Busy,
            _ => FrameKind.Good,
        };
        List<ServingModel> models = [rig.Serve()];
        Windows windows = new(models);
        rig.Feed.Step();
        List<(long Frame, int Model)> answers = [];
        for (int step = 0; step < 4_000; step++)
        {
            switch (random.Next(12))
            {
                case < 6:
                    rig.Feed.Step();
                    break;
                case < 9 when rig.Path.Options.Overload.Queues:
                    rig.Path.ServeNext();
                    break;
                case 9:
                    windows.Take();
                    break;
                case 10 when random.Next(20) == 0:
                    // A costly model whose gate is its own would wait for ever; from outside it opens now and then.
                    gate.Decide(opens: true, time.GetTimestamp());
                    break;
                case 11 when random.Next(10) == 0:
                    models.Add(rig.Serve());
                    break;
                default:
                    time.Advance(TimeSpan.FromMilliseconds(random.Next(5)));
                    break;
            }

            answers.AddRange(rig.Answers());
        }

        if (rig.Path.Options.Overload.Queues)
        {
            rig.Path.Stop();
        }

        windows.TakeRest();
        SampleTally[] tallies = [.. models.Select(model => model.Tally)];

        // The first read is the first model's, if it did not fail; from then on every read is somebody's.
        Assert.InRange(tallies.Sum(tally => tally.Due), rig.Sensor.Reads - 20, rig.Sensor.Reads);
        Assert.Equal(tallies.Sum(tally => tally.Due), tallies.Sum(tally => tally.Served + tally.Dropped.Total));
        Assert.All(tallies, tally => Assert.Equal(tally.Due, tally.Served + tally.Dropped.Total));
        Assert.Equal(tallies.Sum(tally => tally.Served), answers.Count);
        Assert.Equal(answers.Select(answer => answer.Frame).Distinct().Order(), answers.Select(answer => answer.Frame));
        Assert.Equal(answers.Select(answer => answer.Model).Order(), answers.Select(answer => answer.Model));
        Assert.Equal(tallies.Sum(tally => tally.Due), windows.Due);
        Assert.Equal(tallies.Sum(tally => tally.Served), windows.Samples);
        Assert.Equal(tallies.Sum(tally => tally.Dropped.Total), windows.Dropped);
    }

    [Theory]
    [InlineData(OverloadPolicy.DropOldest)]
    [InlineData(OverloadPolicy.DropNewest)]
    [InlineData(OverloadPolicy.LatestOnly)]
    [InlineData(OverloadPolicy.EveryNth)]
    public void Two_threads_at_three_times_what_the_model_can_do_account_for_every_sample_and_for_every_switch(OverloadPolicy policy)
    {
        const int Frames = 30_000;
        SpinWait busy = default;
        PackageVerification slow = new(
            [TestPackages.ReleaseKey.Public],
            (bytes, options) => new BusyRunner(LinearModel.Load(bytes, options), () => Thread.SpinWait(300)),
            "1.17.0", new(), new PackageLimits(Bytes: 100_000));
        PathRig rig = new(
            new PathOptions { Overload = new OverloadOptions { Policy = policy, Capacity = 4, Nth = 2 } }, TimeProvider.System, slow);
        List<ServingModel> models = [rig.Serve()];
        ServingModel[] others = [.. Enumerable.Range(0, 5).Select(_ => PathRig.Serving(slow))];
        int reading = 1;
        Thread reader = new(() =>
        {
            for (int frame = 1; frame <= Frames; frame++)
            {
                if (frame % (Frames / 6) == 0 && frame < Frames)
                {
                    rig.Path.Offer(others[(frame / (Frames / 6)) - 1]);
                }

                Thread.SpinWait(80);
                rig.Feed.Step();
            }

            Volatile.Write(ref reading, 0);
        });
        reader.Start();

        List<(long Frame, int Model)> answers = [];
        while (Volatile.Read(ref reading) == 1)
        {
            if (!rig.Path.ServeNext())
            {
                busy.SpinOnce(sleep1Threshold: -1);
            }

            answers.AddRange(rig.Answers());
        }

        reader.Join();
        rig.ServeAll();
        answers.AddRange(rig.Answers());
        models.AddRange(others);

        Assert.Equal(Frames, models.Sum(model => model.Tally.Due));
        Assert.All(models, model => Assert.Equal(model.Tally.Due, model.Tally.Served + model.Tally.Dropped.Total));
        Assert.Equal(models.Sum(model => model.Tally.Served), answers.Count);
        Assert.Equal(answers.Select(answer => answer.Frame).Distinct().Order(), answers.Select(answer => answer.Frame));
        Assert.Equal(answers.Select(answer => answer.Model).Order(), answers.Select(answer => answer.Model));
    }

    // What telemetry sees: the counts of all windows.
    private sealed class Windows(List<ServingModel> models)
    {
        public long Due { get; private set; }

        public long Samples { get; private set; }

        public long Dropped { get; private set; }

        public void Take()
        {
            foreach (ServingModel model in models)
            {
                while (model.TakeWindow() is WindowCounters window)
                {
                    Add(window);
                    model.Return(window);
                }
            }
        }

        public void TakeRest()
        {
            Take();
            foreach (ServingModel model in models)
            {
                Add(model.TakeRest());
            }
        }

        private void Add(WindowCounters window)
        {
            Due += window.Due;
            Samples += window.Samples;
            Dropped += window.Drops.Total;
        }
    }
}
