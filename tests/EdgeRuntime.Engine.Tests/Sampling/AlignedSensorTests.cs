using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

public sealed class AlignedSensorTests
{
    private static readonly Channel[] Level = [new("level", "m")];
    private static readonly Channel[] Flow = [new("flow", "m3/s")];

    [Fact]
    public void A_frame_holds_each_channel_in_every_way()
    {
        ManualTime clock = new();
        ListedSensor fast = new(clock, 20, Level, [(1000, [1]), (1050, [2]), (1100, [4]), (1150, [8]), (1200, [16]), (1250, [32])]);
        ListedSensor slow = new(clock, 5, Flow, [(1020, [10]), (1220, [30])]);
        using AlignedSensor aligned = Join(clock, 10, fast, slow);

        List<(long UnixMs, double[] Values)> frames = ReadAll(aligned, clock);

        // Frames at 1020, 1120 and 1220; hold, nearest, linear, mean and age of each channel.
        Assert.Equal([1020, 1120, 1220], frames.Select(frame => frame.UnixMs));
        Assert.Equal([1, 1, 1.4, 1, 20, 10, 10, 10, 10, 0], frames[0].Values);
        Assert.Equal([4, 4, 5.6, 3, 20, 10, 10, 20, double.NaN, 100], frames[1].Values);
        Assert.Equal([16, 16, 22.4, 12, 20, 30, 30, 30, 30, 0], frames[2].Values);
        Assert.Equal(
            [ResampleWay.Hold, ResampleWay.Nearest, ResampleWay.Linear, ResampleWay.Mean, ResampleWay.Age],
            aligned.Channels.Take(5).Select(channel => channel.Way));
        Assert.Equal(["m", "m", "m", "m", "ms"], aligned.Channels.Take(5).Select(channel => channel.Unit));
        Assert.True(aligned.Ended);
    }

    [Fact]
    public void The_same_samples_make_the_same_frames_however_they_are_delivered()
    {
        List<List<(long, double[])>> runs = [];
        foreach ((double fastDelay, double slowDelay) in new[] { (-1.0, -1.0), (0, 0), (30, 0), (0, 170), (13, 77) })
        {
            ManualTime clock = new();
            Random random = new(4);
            ListedSensor fast = new(clock, 50, Level, Samples(random, 400, 20, 7)) { DelayMs = fastDelay };
            ListedSensor slow = new(clock, 3, Flow, Samples(random, 25, 333, 40)) { DelayMs = slowDelay };
            using AlignedSensor aligned = Join(clock, 10, fast, slow);
            runs.Add(ReadAll(aligned, clock));
            Assert.Equal(0, aligned.Late);
        }

        Assert.True(runs[0].Count > 70);
        foreach (List<(long, double[])> run in runs.Skip(1))
        {
            Assert.Equal(
                runs[0].Select(frame => (frame.Item1, string.Join(' ', frame.Item2.Select(BitConverter.DoubleToInt64Bits)))),
                run.Select(frame => (frame.Item1, string.Join(' ', frame.Item2.Select(BitConverter.DoubleToInt64Bits)))));
        }
    }

    [Fact]
    public void A_silent_sensor_is_waited_for_once_and_then_only_ages()
    {
        ManualTime clock = new();
        ListedSensor alive = new(clock, 10, Level, [.. Enumerable.Range(10, 20).Select(i => (i * 100L, (double[])[i]))]);
        ListedSensor dead = new(clock, 10, Flow, [(1000, [7]), (1100, [8]), (999_999, [9])]);
        using AlignedSensor aligned = Join(clock, 10, alive, dead);
        List<(double Now, double Held, double Age)> seen = [];
        double[] frame = new double[aligned.Channels.Count];
        for (int ms = 0; ms < 2500; ms += 10)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            while (aligned.TryRead(frame, out _))
            {
                seen.Add((ms + 10, frame[5], frame[9]));
            }
        }

        // 1000 comes with the samples of 1100; 1100 waits for two periods from 1200 on; after that nothing is waited for.
        Assert.Equal((1100, 7, 0), seen[0]);
        Assert.Equal((1400, 8, 0), seen[1]);
        Assert.Equal((1400, 8, 100), seen[2]);
        Assert.Equal((1500, 8, 300), seen[4]);

        // 1000 to 2400, the last that a sample is known after.
        Assert.Equal(15, seen.Count);
    }

    [Fact]
    public void A_sensor_that_fails_is_told_once_and_the_others_go_on()
    {
        ManualTime clock = new();
        ListedSensor alive = new(clock, 10, Level, [.. Enumerable.Range(10, 20).Select(i => (i * 100L, (double[])[i]))]);
        ListedSensor broken = new(clock, 10, Flow, [.. Enumerable.Range(10, 20).Select(i => (i * 100L, (double[])[-i]))]);
        using AlignedSensor aligned = Join(clock, 10, alive, broken);
        double[] frame = new double[aligned.Channels.Count];
        int faults = 0;
        int frames = 0;
        for (int ms = 0; ms < 2500; ms += 10)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            broken.Fails = ms is > 1300 and < 2000;
            try
            {
                while (aligned.TryRead(frame, out _))
                {
                    frames++;
                }
            }
            catch (IOException)
            {
                faults++;
            }
        }

        Assert.Equal(1, faults);
        Assert.Equal(15, frames);
        Assert.Equal((24, -24), (frame[0], frame[5]));
    }

    [Fact]
    public void Channels_named_alike_carry_their_sensors_name_and_a_long_gap_is_skipped()
    {
        ManualTime clock = new();
        ListedSensor a = new(clock, 1, Level, [(0, [1]), (1000, [2]), (3_600_000, [3]), (3_601_000, [4])]) { DelayMs = -1 };
        ListedSensor b = new(clock, 1, [new("level", "m"), new("x", "1")], [(0, [5, 0]), (1000, [6, 0]), (3_600_500, [7, 0])]) { DelayMs = -1 };
        using AlignedSensor aligned = Join(clock, 1, a, b);

        List<(long UnixMs, double[] Values)> frames = ReadAll(aligned, clock);

        Assert.Equal(["s0.level", "s1.level", "x"], aligned.Channels.Select(channel => channel.Name).Distinct());
        Assert.Equal([0, 1000, 3_600_000, 3_601_000], frames.Select(frame => frame.UnixMs));
    }

    [Fact]
    public void Aligning_allocates_nothing()
    {
        ManualTime clock = new();
        Random random = new(1);
        using AlignedSensor aligned = Join(
            clock, 100, new ListedSensor(clock, 100, Level, Samples(random, 4000, 10, 2)), new ListedSensor(clock, 7, Flow, Samples(random, 300, 140, 3)));
        double[] frame = new double[aligned.Channels.Count];
        long frames = 0;
        int allocating = 0;
        for (int i = 0; i < 3000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (aligned.TryRead(frame, out _))
            {
                frames++;
            }

            _ = aligned.NextDue;
            _ = aligned.Ended;
            allocating += i >= 500 && GC.GetAllocatedBytesForCurrentThread() > before ? 1 : 0;
        }

        // Of 2,500 rounds; the runtime itself allocates now and then, on whatever thread is at hand.
        Assert.True(frames > 2000);
        Assert.InRange(allocating, 0, 5);
    }

    [Fact]
    public void All_mistakes_are_listed_and_the_sensors_belong_to_the_alignment()
    {
        ManualTime clock = new();
        ListedSensor sensor = new(clock, 1, Level, [(0, [1])]);
        NamedSensor named = new("a", sensor);

        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => new AlignedSensor([named, named], clock, new AlignedOptions { RateHz = 0, WaitSeconds = -1 }));
        new AlignedSensor([named], clock, new AlignedOptions { RateHz = 1 }).Dispose();

        Assert.Equal(
            "rate_hz: 0 is outside 0 (exclusive) to 100,000; wait_s: -1 is outside 0 to 3600; sensors: 'a' stands there 2 times", refused.Message);
        Assert.True(sensor.IsDisposed);
    }

    private static AlignedSensor Join(ManualTime clock, double rateHz, params ListedSensor[] sensors) =>
        new([.. sensors.Select((sensor, i) => new NamedSensor($"s{i}", sensor))], clock, new AlignedOptions { RateHz = rateHz });

    private static List<(long UnixMs, double[] Values)> Samples(Random random, int count, int stepMs, int jitterMs) =>
        [.. Enumerable.Range(0, count).Select(i => (1000L + (i * stepMs) + random.Next(jitterMs), (double[])[random.NextDouble()]))];

    private static List<(long UnixMs, double[] Values)> ReadAll(AlignedSensor aligned, ManualTime clock)
    {
        List<(long, double[])> frames = [];
        double[] frame = new double[aligned.Channels.Count];
        for (int steps = 0; !aligned.Ended; steps++)
        {
            Assert.True(steps < 100_000, "the alignment does not end");
            if (aligned.TryRead(frame, out FrameTime time))
            {
                frames.Add((time.UnixMs, [.. frame]));
            }
            else
            {
                clock.Advance(TimeSpan.FromMilliseconds(5));
            }
        }

        return frames;
    }
}
