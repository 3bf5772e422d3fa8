using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

public sealed class ChannelHealthTests
{
    private const double RateHz = 10;
    private const long Frequency = 1000;
    private const double Missing = double.NaN;

    [Fact]
    public void Each_frame_of_a_fault_is_counted_by_channel_and_cause()
    {
        ChannelHealth health = Watch(
            new ManifestChannel("a", "1", 0, 10), new ManifestChannel("b", "1") { Health = new ChannelHealthSpec { MaxPerS = 20 } });

        Feed(health, [[1, 0], [Missing, 2], [11, 4.5], [-1, Missing], [double.PositiveInfinity, 6], [5, 12]]);

        Assert.Equal((1, 2, 1), (health.Counts(0, ChannelFault.Missing), health.Counts(0, ChannelFault.OutOfRange), health.Counts(0, ChannelFault.Infinite)));

        // 0 to 2 in 0.1 s are just 20 a second; 2 to 4.5 are more; 4.5 to 6 took 0.2 s; 6 to 12 are more.
        Assert.Equal((1, 2), (health.Counts(1, ChannelFault.Missing), health.Counts(1, ChannelFault.Rate)));
    }

    [Fact]
    public void A_fault_stands_from_its_frame_until_the_channel_was_calm_for_five_seconds()
    {
        ChannelHealth health = Watch(new ManifestChannel("a", "1", 0, 10));
        List<bool> standing = [];

        foreach (double value in (double[])[5, 11, .. Enumerable.Repeat(5.0, 49), 11, .. Enumerable.Repeat(5.0, 51)])
        {
            Feed(health, [[value]], standing.Count);
            standing.Add(health.Standing(0) == 1 << (int)ChannelFault.OutOfRange);
        }

        Assert.Equal([false, .. Enumerable.Repeat(true, 100), false, false], standing);
    }

    [Fact]
    public void A_channel_counts_as_missing_after_a_second_without_a_value_and_not_for_a_single_gap()
    {
        ChannelHealth health = Watch(new ManifestChannel("a", "1"));

        Feed(health, [[1], [Missing], [2]]);
        Assert.Equal(0, health.Standing(0));
        Feed(health, [.. Enumerable.Repeat((double[])[Missing], 9)], 3);
        Assert.Equal(0, health.Standing(0));
        Feed(health, [[Missing]], 12);

        Assert.Equal(1 << (int)ChannelFault.Missing, health.Standing(0));
        Assert.Equal(11, health.Counts(0, ChannelFault.Missing));
    }

    [Fact]
    public void Frames_that_never_came_are_missing_in_every_channel()
    {
        ChannelHealth health = Watch(new ManifestChannel("a", "1"), new ManifestChannel("b", "1"));

        Feed(health, [[1, 1], [2, 2]]);
        Feed(health, [[3, 3]], 31);
        Assert.Equal((0, 0), (health.Standing(0), health.Counts(0, ChannelFault.Missing)));
        Feed(health, [[4, 4]], 62);

        // Thirty frames lie between 3.1 s and 6.2 s.
        Assert.Equal((1 << (int)ChannelFault.Missing, 1 << (int)ChannelFault.Missing), (health.Standing(0), health.Standing(1)));
        Assert.Equal((30, 30), (health.Counts(0, ChannelFault.Missing), health.Counts(1, ChannelFault.Missing)));
    }

    [Fact]
    public void A_pause_is_no_fault_where_windows_are_sessions()
    {
        ChannelHealth health = new([new ManifestChannel("a", "1")], [new Channel("a", "1")], null, RateHz, Frequency, mayPause: true);

        Feed(health, [[1]]);
        Feed(health, [[2]], 1000);

        Assert.Equal((0, 0), (health.Standing(0), health.Counts(0, ChannelFault.Missing)));
    }

    [Theory]
    [InlineData(0.5, null, 6)]
    [InlineData(null, 3, 3)]
    public void A_declared_channel_is_stuck_exactly_after_its_time_or_frames(double? seconds, int? frames, int expected)
    {
        ChannelHealth health = Watch(new ManifestChannel("a", "1") { Health = new ChannelHealthSpec { StuckS = seconds, StuckFrames = frames } });

        Feed(health, [[1], [2]]);
        Feed(health, [.. Enumerable.Repeat((double[])[3], expected - 1)], 2);
        Assert.Equal(0, health.Standing(0));
        Feed(health, [[3]], expected + 1);

        Assert.Equal(1 << (int)ChannelFault.Stuck, health.Standing(0));
    }

    [Theory]
    [InlineData("a switch", false)]
    [InlineData("a counter at rest", false)]
    [InlineData("a gauge that rests for long as always", false)]
    [InlineData("a gauge that never rested", true)]
    [InlineData("a gauge that may rest", false)]
    public void Without_a_declaration_only_what_looks_like_a_gauge_can_be_stuck(string channel, bool isStuck)
    {
        ChannelHealth health = Watch(new ManifestChannel("a", "1")
        {
            Health = channel == "a gauge that may rest" ? new ChannelHealthSpec { MayRest = true } : null,
        });
        int at = 0;
        void Put(double value, int times)
        {
            Feed(health, [.. Enumerable.Repeat((double[])[value], times)], at);
            at += times;
        }

        for (int i = 0; i < 100; i++)
        {
            Put(channel == "a switch" ? i % 2 : i + 1, channel == "a gauge that rests for long as always" && i == 50 ? 1000 : 1);
        }

        // Twelve minutes: more than ten, less than twenty times the hundred seconds of the one that rests.
        Put(channel == "a counter at rest" ? 0 : 7.5, 12 * 60 * 10);

        Assert.Equal(isStuck ? 1 << (int)ChannelFault.Stuck : 0, health.Standing(0));
    }

    [Fact]
    public void A_wall_clock_that_is_set_is_told_by_its_direction_and_changes_no_time_measured()
    {
        ChannelHealth health = Watch(new ManifestChannel("a", "1"));
        long[] wall = [0, 100, 200, 3_600_300, 3_600_400, 500, 600, 650, 820];
        for (int i = 0; i < wall.Length; i++)
        {
            health.Check([i], new FrameTime(i * 100, 1_700_000_000_000 + wall[i]));
        }

        Assert.Equal((1, 1), (health.ClockForwards, health.ClockBackwards));

        // The wall's own steps, but 100 ms for each of the two jumps.
        Assert.Equal(1_700_000_000_820, health.Milliseconds);
    }

    [Fact]
    public void The_time_of_a_recording_is_the_recorded_one_however_fast_it_is_played()
    {
        SampleClock clock = new(Frequency);

        Assert.Equal(5000, clock.Move(new FrameTime(1, 5000, IsRecorded: true)));
        Assert.Equal(65_000, clock.Move(new FrameTime(2, 65_000, IsRecorded: true)));
        Assert.Equal(0, clock.Jump);
        Assert.Equal(65_000, clock.Move(new FrameTime(3, 64_000, IsRecorded: true)));
    }

    [Fact]
    public void A_recording_that_tells_of_a_clock_that_was_set_shows_it_as_the_device_did()
    {
        SampleClock live = new(Frequency);
        SampleClock replayed = new(Frequency);
        long[] wall = [0, 100, 200, 3_600_300, 3_600_400, 500, 600];
        for (int i = 0; i < wall.Length; i++)
        {
            double jump = i == 0 ? 0 : wall[i] - wall[i - 1] - 100;
            long expected = live.Move(new FrameTime(i * 100, wall[i]));

            Assert.Equal(expected, replayed.Move(new FrameTime(0, wall[i], IsRecorded: true, jump)));
            Assert.Equal(live.Jump, replayed.Jump);
        }
    }

    [Fact]
    public void A_value_that_is_held_from_a_slower_sensor_is_judged_by_its_own_times()
    {
        ManifestChannel channel = new("level", "m") { Health = new ChannelHealthSpec { MaxPerS = 2, StuckS = 3 } };
        ChannelHealth health = new(
            [channel],
            [new Channel("level", "m") { Way = ResampleWay.Hold }, new Channel("level", "ms") { Way = ResampleWay.Age }],
            null, RateHz, Frequency);

        // One sample a second, held for ten frames: 1.5 m in a second is no leap, 2.5 m is one.
        double[] samples = [0, 1.5, 4, 5];
        double[][] frames = [.. Enumerable.Range(0, 69).Select(i => (double[])[samples[Math.Min(i / 10, 3)], i < 40 ? i % 10 * 100 : (i - 30) * 100])];
        Feed(health, frames);

        Assert.Equal(1, health.Counts(0, ChannelFault.Rate));

        // The sensor died after its sample at 3.0 s: from 6.0 s on it has stood still for three seconds.
        Assert.Equal(9, health.Counts(0, ChannelFault.Stuck));
    }

    [Fact]
    public void Watching_allocates_nothing()
    {
        ChannelHealth health = Watch(new ManifestChannel("a", "1", 0, 10), new ManifestChannel("b", "1"));
        double[][] frames = [[1, 2], [11, Missing], [double.PositiveInfinity, 3], [Missing, 3]];
        Feed(health, frames);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                health.Check(frames[i % 4], new FrameTime(i * 100, i * 100));
            }
        }));
    }

    private static ChannelHealth Watch(params ManifestChannel[] channels) =>
        new(channels, [.. channels.Select(channel => new Channel(channel.Name, channel.Unit))], null, RateHz, Frequency);

    // A tenth of a second apart.
    private static void Feed(ChannelHealth health, double[][] frames, int from = 0)
    {
        for (int i = 0; i < frames.Length; i++)
        {
            long ms = (from + i) * 100;
            health.Check(frames[i], new FrameTime(ms, 1_700_000_000_000 + ms));
        }
    }
}
