using EdgeRuntime.Device.Measuring;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Tests.Measuring;

public sealed class NoiseSensorTests
{
    private static readonly Channel[] Channels = [new("x", "1"), new("y", "1")];

    [Fact]
    public void A_frame_that_came_late_does_not_move_the_moments_of_those_that_follow()
    {
        SteppedClock clock = new();
        using NoiseSensor sensor = new(Channels, rateHz: 1000, paced: true, seed: 1, clock);
        long first = sensor.NextDue;
        double[] frame = new double[2];
        Assert.False(sensor.TryRead(frame, out _));

        clock.Advance(TimeSpan.FromMilliseconds(3.5));

        int read = 0;
        while (sensor.TryRead(frame, out _))
        {
            read++;
        }

        Assert.Equal(3, read);
        Assert.Equal(first + (3 * TimeSpan.TicksPerMillisecond), sensor.NextDue);
    }

    [Fact]
    public void The_same_seed_gives_the_same_frames()
    {
        SteppedClock clock = new();
        using NoiseSensor one = new(Channels, 1000, paced: false, seed: 7, clock);
        using NoiseSensor other = new(Channels, 1000, paced: false, seed: 7, clock);
        double[] left = new double[2];
        double[] right = new double[2];

        for (int i = 0; i < 10; i++)
        {
            Assert.True(one.TryRead(left, out _) && other.TryRead(right, out _));
            Assert.Equal(left, right);
        }
    }
}
