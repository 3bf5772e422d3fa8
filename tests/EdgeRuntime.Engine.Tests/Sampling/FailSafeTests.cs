using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Engine.Tests.Sampling;

/// <summary>A decision that grows stale without a sample, and faults of channels, on the way of samples.</summary>
public sealed class FailSafeTests
{
    [Theory]
    [InlineData(FrameKind.None)]
    [InlineData(FrameKind.Fails)]
    [InlineData(FrameKind.Missing)]
    public void A_sensor_that_dies_brings_the_fail_safe_decision_and_one_that_lives_again_ends_it(FrameKind death)
    {
        ManualTime time = new();
        PathRig rig = new(new PathOptions(), time, TestPackages.Verification);
        rig.Serve(change: FailsSafe);
        bool isDead = false;
        rig.Sensor.Script = _ => isDead ? death : FrameKind.Good;

        Run(rig, time, 3);
        isDead = true;
        Run(rig, time, 10);
        isDead = false;
        Run(rig, time, 1);

        // Stale is more than 500 ms: 600 after the last good frame, at steps of 100.
        Assert.Equal([("idle", 100), ("stopped", 900), ("idle", 1400)], Changes(rig));
    }

    [Fact]
    public void A_sensor_that_is_dead_from_the_start_brings_the_fail_safe_decision_too()
    {
        ManualTime time = new();
        PathRig rig = new(new PathOptions(), time, TestPackages.Verification);
        rig.Sensor.Script = _ => FrameKind.None;
        ServingModel serving = rig.Serve(change: FailsSafe);

        Run(rig, time, 10);

        // The wait begins with the first look, at 100.
        Assert.Equal([("stopped", 700)], Changes(rig));
        Assert.True(serving.TryTakeLatest(out LatestSample latest));
        Assert.Equal((PredictionRecord.NoLabel, 1), (latest.Record.Label, latest.Record.Model));
        Assert.True(double.IsNaN(latest.Features[0]));
    }

    [Theory]
    [InlineData(FrameKind.None)]
    [InlineData(FrameKind.Fails)]
    public void A_sensor_that_gives_no_frames_leaves_its_channels_missing_until_it_lives_again(FrameKind death)
    {
        ManualTime time = new();
        PathRig rig = new(new PathOptions(), time, TestPackages.Verification);
        bool isDead = false;
        rig.Sensor.Script = _ => isDead ? death : FrameKind.Good;
        ServingModel serving = rig.Serve();

        Run(rig, time, 3);
        Assert.Equal(0, serving.Health!.Standing(0));
        isDead = true;
        Run(rig, time, 40);
        Assert.Equal(1 << (int)ChannelFault.Missing, serving.Health.Standing(0));
        isDead = false;
        Run(rig, time, 60);

        Assert.Equal(0, serving.Health.Standing(0));
    }

    [Fact]
    public void Faults_of_channels_are_counted_on_the_way_of_the_frames()
    {
        ManualTime time = new();
        PathRig rig = new(new PathOptions(), time, TestPackages.Verification);
        rig.Sensor.Script = read => read is >= 3 and <= 12 ? FrameKind.Missing : FrameKind.Good;
        ServingModel serving = rig.Serve();

        Run(rig, time, 13);

        Assert.Equal(["x", "y"], serving.Health!.Names);
        Assert.Equal(10, serving.Health.Counts(0, ChannelFault.Missing));
        Assert.Equal(1 << (int)ChannelFault.Missing, serving.Health.Standing(1));
    }

    private static ModelManifest FailsSafe(ModelManifest manifest) => manifest with
    {
        Decision = manifest.Decision with { StaleMs = 500, Stale = "stopped" },
    };

    private static void Run(PathRig rig, ManualTime time, int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            time.Advance(0.1);
            rig.Read(1);
        }
    }

    private static List<(string Decision, long Milliseconds)> Changes(PathRig rig)
    {
        List<(string, long)> changes = [];
        IReadOnlyList<string> names = rig.Path.Serving!.Decisions;
        while (rig.Ring.TryRead(out PredictionRecord record))
        {
            if (record.Changed)
            {
                changes.Add((names[record.Decision], record.DecidedAt / TimeSpan.TicksPerMillisecond));
            }
        }

        return changes;
    }
}
