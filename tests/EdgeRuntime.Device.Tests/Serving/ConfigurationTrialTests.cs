using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Device.Serving;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Tests.Serving;

public sealed class ConfigurationTrialTests
{
    private static readonly ServingState Good = new(
        [new ModelStanding("plant", Answers: true, Due: 1000, Dropped: 0)], [new SensorStanding("line", Frames: 500, Fault: null)], []);

    // What is made anew begins to count frames anew, and samples go on.
    private static readonly ServingState TakenOver = Good with { Sensors = [new SensorStanding("line", 0, null)] };

    private static readonly ServingState Served = Good with
    {
        Models = [new ModelStanding("plant", true, 2000, 10)], Sensors = [new SensorStanding("line", 100, null)],
    };

    private readonly ManualTime _time = new();

    [Fact]
    public void Nothing_is_said_before_its_time_and_then_what_serves_as_before_is_trusted()
    {
        ConfigurationTrial trial = Trial();

        Assert.Null(trial.Look(() => throw new InvalidOperationException("nobody looks before the end")));
        _time.Advance(60);

        Assert.IsType<SoakVerdict.Commit>(trial.Look(() => Served));
    }

    [Fact]
    public void Everything_that_is_worse_than_before_is_told_at_once()
    {
        ServingState worse = new(
            [new ModelStanding("plant", false, 2000, 11)], [new SensorStanding("line", 100, "no such device")], ["cpu_cores_max"]);

        Assert.Equal(
            "the model 'plant' answered before and does not answer; the model 'plant' dropped 11 of 1000 samples; 10 may be dropped; "
                + "the sensor 'line' does not deliver: no such device; the process is over its limit cpu_cores_max",
            Reason(Good, worse));
    }

    [Fact]
    public void A_sensor_that_gives_no_frame_fails_it_and_one_that_gave_none_before_does_not()
    {
        ServingState silent = Served with { Sensors = [new SensorStanding("line", 0, null)] };
        ServingState wasSilent = Good with { Sensors = [new SensorStanding("line", 0, "no such device")] };

        Assert.Equal("the sensor 'line' does not deliver", Reason(Good, silent));
        Assert.Null(Reason(wasSilent, silent));
    }

    [Fact]
    public void What_was_as_bad_before_is_not_held_against_it()
    {
        ServingState before = new([new ModelStanding("plant", false, 1000, 100)], Good.Sensors, ["cpu_cores_max"]);
        ServingState since = before with { Sensors = TakenOver.Sensors };
        ServingState now = new([new ModelStanding("plant", false, 2000, 200)], Served.Sensors, ["cpu_cores_max"]);

        Assert.Null(Reason(before, now, since));
    }

    private string? Reason(ServingState before, ServingState now, ServingState? since = null)
    {
        ConfigurationTrial trial = new(default, new ConfigurationSoakSpec(), before, since ?? TakenOver, _time);
        _time.Advance(60);
        return (trial.Look(() => now) as SoakVerdict.Undo)?.Reason;
    }

    private ConfigurationTrial Trial() => new(ModelId.Of("x"u8), new ConfigurationSoakSpec(), Good, TakenOver, _time);
}
