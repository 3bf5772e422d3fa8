using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class ValueGridTests
{
    private const int Warm = 700;
    private const long IntervalMs = 1000;

    private static readonly ManifestChannel[] Wanted = [new("gas", "[ppm]"), new("light", "lx")];

    private static readonly ReferenceProfile Reference = new()
    {
        Rows = 6000,
        EffectiveRows = 100,
        EffectiveShare = 0.1,
        Features = [],
        Channels =
        [
            ChannelCalibration.Numbers("gas", [.. Room(6000, 1).Select(frame => frame[0])])!,
            ChannelCalibration.Numbers("light", [.. Room(6000, 1).Select(frame => frame[1])])!,
        ],
    };

    [Fact]
    public void Values_of_an_average_of_readings_lie_on_a_grid_of_its_steps_and_those_of_a_continuous_signal_on_none()
    {
        Random random = new(2);

        Assert.Equal(0.25, Reference.Channels![0].GridStep!.Value, 1e-9);
        Assert.Null(ChannelCalibration.Numbers("noise", [.. Enumerable.Range(0, 4000).Select(_ => random.NextDouble())])!.GridStep);
    }

    [Fact]
    public void A_scale_that_leaves_level_and_steps_ordinary_is_found_by_the_grid_and_is_over_when_it_is_undone()
    {
        ChannelHealth health = Watch();
        double[][] frames = Room(Warm + 200, 3);
        for (int i = 0; i < frames.Length; i++)
        {
            bool isScaled = i is >= Warm and < Warm + 100;
            Push(health, i, isScaled ? (1.1 * frames[i][0]) + 5 : frames[i][0], frames[i][1]);
            if (i == Warm + 59)
            {
                Assert.Equal(1 << (int)ChannelFault.Unit, health.Standing(0));
                Assert.Null(health.OtherUnit(0));
            }
        }

        Assert.Equal(0, health.Standing(0));
    }

    [Fact]
    public void A_channel_that_rests_at_one_value_for_hours_is_stuck_at_any_other_within_sixty_frames()
    {
        ChannelHealth health = Watch();
        double[][] frames = Room(6000, 4);
        for (int i = 0; i < frames.Length; i++)
        {
            Push(health, i, frames[i][0], frames[i][1]);
            Assert.Equal(0, health.Standing(1));
        }

        for (int i = 0; i < 60; i++)
        {
            Push(health, frames.Length + i, frames[i][0], 37);
        }

        Assert.Equal(1 << (int)ChannelFault.Stuck, health.Standing(1));
        Assert.InRange(health.Sure(1, ChannelFault.Stuck), 0.99, 1);
    }

    private static ChannelHealth Watch() => new(
        Wanted, [.. Wanted.Select(channel => new Channel(channel.Name, channel.Unit))], null, 1000.0 / IntervalMs, 1000, reference: Reference);

    private static void Push(ChannelHealth health, int i, double gas, double light) =>
        health.Check([gas, light], new FrameTime(i * IntervalMs, i * IntervalMs));

    // Gas in quarters of a part that wanders slowly, and light that is out for half of the time.
    private static double[][] Room(int frames, int seed)
    {
        Random random = new(seed);
        double[][] all = new double[frames][];
        double gas = 600;
        for (int i = 0; i < frames; i++)
        {
            gas = Math.Clamp(gas + (0.25 * random.Next(-20, 21)), 400, 1600);
            all[i] = [gas, i / 500 % 2 == 0 ? 0 : random.Next(100, 500)];
        }

        return all;
    }
}
