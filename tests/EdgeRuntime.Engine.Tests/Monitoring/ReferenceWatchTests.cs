using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics.Counters;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class ReferenceWatchTests
{
    private const int ReferenceFrames = 4000;
    private const int Warm = 300;
    private const long IntervalMs = 1000;

    private static readonly ManifestChannel[] Wanted =
        [new("temperature", "Cel"), new("humidity", "%"), new("count", "1"), new("mode", "1") { Type = "category" }];

    private static readonly double[][] Frames = Machine(ReferenceFrames, 1);

    private static readonly ReferenceProfile Reference = new()
    {
        Rows = ReferenceFrames,
        EffectiveRows = 100,
        EffectiveShare = 0.1,
        Features = [],
        Channels =
        [
            .. Enumerable.Range(0, 3).Select(i => ChannelCalibration.Numbers(Wanted[i].Name, [.. Frames.Select(frame => frame[i])])!),
            ChannelCalibration.Categories("mode", [.. Frames.Select(frame => frame[3])])!,
        ],
        Timing = ChannelCalibration.Timing([.. Enumerable.Range(0, ReferenceFrames).Select(i => 1000.0 * i)]),
    };

    public static TheoryData<string, int, ChannelFault> Faults => new()
    {
        { "thousandfold", 0, ChannelFault.Unit },
        { "fahrenheit", 0, ChannelFault.Unit },
        { "gain", 1, ChannelFault.Unit },
        { "swap", 0, ChannelFault.Swapped },
        { "swap", 1, ChannelFault.Swapped },
        { "clip", 1, ChannelFault.Saturated },
        { "stuck", 0, ChannelFault.Stuck },
        { "far", 1, ChannelFault.Novel },
        { "half", 2, ChannelFault.Schema },
        { "mode", 3, ChannelFault.Novel },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_found_within_sixty_frames_and_dated_at_its_beginning(string fault, int channel, ChannelFault wanted)
    {
        ChannelHealth health = Watch();
        double[][] frames = Machine(Warm + 60, 2);
        for (int i = 0; i < frames.Length; i++)
        {
            double[] before = [.. frames[i]];
            Push(health, i, i < Warm ? before : Broken(fault, before, frames[Warm - 1]));
        }

        Assert.True((health.Standing(channel) & (1 << (int)wanted)) != 0, $"{fault}: {health.Standing(channel)}");
        Assert.InRange(health.SinceUnixMs(channel, wanted), (Warm - 1) * IntervalMs, (Warm + 60) * IntervalMs);
        Assert.InRange(health.Sure(channel, wanted), 0.6, 1);
    }

    [Fact]
    public void A_unit_that_was_wrong_from_the_start_is_told_by_its_level()
    {
        ChannelHealth health = Watch();
        foreach ((double[] frame, int i) in Machine(60, 3).Select((frame, i) => (frame, i)))
        {
            Push(health, i, Broken("fahrenheit", frame, frame));
        }

        Assert.Equal(1 << (int)ChannelFault.Unit, health.Standing(0));
        Assert.Equal("degrees Fahrenheit", health.OtherUnit(0));
    }

    [Fact]
    public void A_fault_that_is_mended_is_over_and_ten_thousand_healthy_frames_have_none()
    {
        ChannelHealth health = Watch();
        double[][] frames = Machine(10_000, 4);
        for (int i = 0; i < frames.Length; i++)
        {
            bool isBroken = i is >= Warm and < Warm + 100;
            Push(health, i, isBroken ? Broken("swap", Broken("half", [.. frames[i]], frames[i]), frames[i]) : frames[i]);
            if (i == Warm + 99)
            {
                Assert.NotEqual(0, health.Standing(0) & health.Standing(1) & (1 << (int)ChannelFault.Swapped));
            }

            Assert.True(i is >= Warm and < Warm + 200 || Enumerable.Range(0, 4).All(channel => health.Standing(channel) == 0), $"frame {i}");
        }
    }

    [Theory]
    [InlineData(10, 150)]
    [InlineData(9, 200)]
    public void A_stay_at_an_edge_is_clipped_before_one_elsewhere_is_stuck(double value, int frames)
    {
        ChannelHealth health = WatchLevel(Level with { StuckFrames = 200 });

        int stay = 0;
        while (health.Standing(0) == 0)
        {
            Push(health, stay++, [value]);
        }

        // The newest values are looked at every eighth frame.
        Assert.InRange(stay, frames, frames + ReferenceWatch.LookEvery - 1);
        Assert.Equal(value == 10, (health.Standing(0) & (1 << (int)ChannelFault.Saturated)) != 0);
    }

    [Fact]
    public void A_clipped_signal_is_clipped_no_more_where_it_rests_for_ever()
    {
        ChannelHealth health = WatchLevel(Level with { MovingStuckFrames = 200, MovingStayFrames = 100, Rests = [5] });
        for (int i = 0; i < 160; i++)
        {
            Push(health, i, [10]);
        }

        Assert.Equal(1 << (int)ChannelFault.Saturated, health.Standing(0));
        for (int i = 160; i < 1000; i++)
        {
            Push(health, i, [5]);
        }

        Assert.Equal(0, health.Standing(0));
    }

    [Fact]
    public void Frames_at_another_rate_are_told_once_with_how_often_they_come()
    {
        ChannelHealth health = Watch();
        double[][] frames = Machine(200, 5);
        for (int i = 0; i < frames.Length; i++)
        {
            long ms = i < 100 ? i * IntervalMs : (100 * IntervalMs) + ((i - 100) * IntervalMs / 2);
            health.Check(frames[i], new FrameTime(ms, ms));
        }

        Assert.Equal(1, health.RateChanges);
        Assert.InRange(health.RateRatio, 1.5, 2);
    }

    [Fact]
    public void A_change_that_no_unit_explains_and_that_goes_back_is_nothing()
    {
        ChannelHealth health = Watch();
        double[][] frames = Machine(Warm + 200, 6);
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i][1] += i is >= Warm and < Warm + 5 ? 37 : 0;
            Push(health, i, frames[i]);
            Assert.Equal(0, health.Standing(1));
        }
    }

    [Fact]
    public void Categories_that_the_reference_does_not_list_are_counted_window_by_window_and_none_is_lost_while_nobody_takes_them()
    {
        ChannelHealth health = Watch();
        List<(int Channel, CategoryCounts Told)> taken = [];
        void Take() => health.TakeCategories((channel, counts) => taken.Add((channel, CategoryReport.Of("mode", counts))));
        int pushed = 0;
        void Window(params double[] modes)
        {
            Array.ForEach(modes, mode => Push(health, pushed++, [21, 55, 5, mode]));
            health.CloseWindow();
        }

        Window(0, 1, 2, 1);
        Take();
        Window(9, 9, 0, 7, double.NaN, double.PositiveInfinity);
        Window(9, 8);
        Window(6);
        Take();
        Window(0);
        Take();

        Assert.Equal([3, 3], taken.Select(told => told.Channel));
        Assert.Equal([new HeavyCategory(9, 2), new HeavyCategory(7, 1)], taken[0].Told.Heaviest);
        Assert.Equal([new HeavyCategory(6, 1), new HeavyCategory(8, 1), new HeavyCategory(9, 1)], taken[1].Told.Heaviest);
        UnseenCategories sum = new();
        taken.ForEach(told => CategoryReport.Add(sum, told.Told));
        Assert.Equal((6L, (9, 3L)), (sum.Count, sum.Heaviest()[0]));
    }

    [Fact]
    public void Holding_frames_against_the_reference_allocates_nothing()
    {
        ChannelHealth health = Watch();
        double[][] frames = Machine(1000, 7);
        for (int i = 500; i < 800; i++)
        {
            frames[i] = Broken(i < 600 ? "swap" : i < 700 ? "thousandfold" : "mode", frames[i], frames[499]);
        }

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < frames.Length; i++)
            {
                Push(health, i, frames[i]);
                if (i % 100 == 0)
                {
                    health.CloseWindow();
                }
            }
        }));
    }

    // A channel whose edges are 0 and 10.
    private static ChannelReference Level { get; } = new()
    {
        Name = "level", Rows = 100_000, Low = -2, High = 12, LowDecile = 0, HighDecile = 10, MeanStep = 1, UsualStep = 3, LargestStep = 10,
        StayFrames = 100, EdgeStuckFrames = 150,
    };

    private static ChannelHealth WatchLevel(ChannelReference level)
    {
        ReferenceProfile reference = new() { Rows = level.Rows, EffectiveRows = level.Rows, EffectiveShare = 1, Features = [], Channels = [level] };
        return new ChannelHealth([new ManifestChannel("level", "1")], [new Channel("level", "1")], null, 1000.0 / IntervalMs, 1000, reference: reference);
    }

    private static ChannelHealth Watch() => new(
        Wanted, [.. Wanted.Select(channel => new Channel(channel.Name, channel.Unit))], null, 1000.0 / IntervalMs, 1000, reference: Reference);

    private static void Push(ChannelHealth health, int i, double[] frame) => health.Check(frame, new FrameTime(i * IntervalMs, i * IntervalMs));

    private static double[] Broken(string fault, double[] frame, double[] last)
    {
        switch (fault)
        {
            case "thousandfold":
                frame[0] *= 1000;
                break;
            case "fahrenheit":
                frame[0] = (1.8 * frame[0]) + 32;
                break;
            case "gain":
                frame[1] = (4.2 * frame[1]) - 7;
                break;
            case "swap":
                (frame[0], frame[1]) = (frame[1], frame[0]);
                break;
            case "clip":
                frame[1] = Math.Min(frame[1], last[1] - 1);
                break;
            case "stuck":
                frame[0] = last[0];
                break;
            case "far":
                frame[1] -= 100;
                break;
            case "half":
                frame[2] /= 2.5;
                break;
            default:
                frame[3] = 9;
                break;
        }

        return frame;
    }

    // A room: two autoregressive channels, a count, and a mode of three.
    private static double[][] Machine(int frames, int seed)
    {
        Random random = new(seed);
        double[][] all = new double[frames][];
        double warm = 0;
        double damp = 0;
        for (int i = 0; i < frames; i++)
        {
            warm = (0.9 * warm) + Normal(random);
            damp = (0.9 * damp) + (2 * Normal(random));
            all[i] = [21 + (0.3 * warm), 55 + damp, random.Next(40), i / 50 % 3];
        }

        return all;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
