using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Monitoring;

namespace EdgeRuntime.Engine.Tests.Monitoring;

public sealed class ChannelCalibrationTests
{
    private const int Stay = 40;

    // 80 frames at one value have a chance of 0.001^2; of a fifth of them, what has 5 * 0.001^2 is as rare: 70.7 frames.
    [Theory]
    [InlineData(Stay, 71)]
    [InlineData(60, 75)]
    [InlineData(79, 99)]
    public void Stays_at_an_edge_are_too_long_sooner_than_others_but_not_before_a_quarter_more_than_any_that_was(int longest, int frames)
    {
        double[] values = [.. Enumerable.Range(0, 1000).SelectMany(i => Enumerable.Repeat((double)(i % 10), i == 999 ? longest : Stay))];

        ChannelReference reference = ChannelCalibration.Numbers("level", values)!;

        Assert.Equal((1, 9, Stay), (reference.LowDecile, reference.HighDecile, reference.StayFrames));
        Assert.Equal((2L * Stay, frames), (reference.StuckFrames, reference.EdgeStuckFrames));
    }
}
