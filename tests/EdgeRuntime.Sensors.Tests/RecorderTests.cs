using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Simulated;

namespace EdgeRuntime.Sensors.Tests;

public sealed class RecorderTests
{
    [Fact]
    public async Task What_was_recorded_replays_to_the_bit()
    {
        using Scratch scratch = new();
        using SimulatedSensor original = new(new FakeClock(), new SimulatedOptions { Seed = 5, Speed = 0 });
        using SimulatedSensor again = new(new FakeClock(), new SimulatedOptions { Seed = 5, Speed = 0 });
        string path = Path.Combine(scratch.Root, "r.csv");
        Recorder recorder = new(original, new FakeClock(), new RecorderOptions { Seconds = 2 }, () => original.Condition.Name());

        await using (StreamWriter output = new(path))
        {
            Assert.Equal(2048, await recorder.RecordAsync(output, CancellationToken.None));
        }

        using ReplaySensor replay = new(new FakeClock(), new ReplayOptions { Path = path, Speed = 0 });
        Assert.Equal(again.Channels, replay.Channels);
        Assert.Equal(1024, replay.RateHz, 6);
        for (int i = 0; i < 2048; i++)
        {
            Assert.Equal(again.ReadFrame(), replay.ReadFrame());
        }

        Assert.True(replay.Ended);
    }

    [Fact]
    public async Task A_recording_waits_for_its_sensor_and_names_time_units_and_label()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        string source = scratch.Write("s.csv", "unix_ms,a[Cel],b\n1000,1.23456,7\n1500,,8\n2000,3,9\n");
        using ReplaySensor sensor = new(clock, new ReplayOptions { Path = source });
        Recorder recorder = new(sensor, clock, new RecorderOptions { Seconds = 60, Digits = 3 }, () => "idle, \"cold\"");
        using StringWriter output = new();

        Task<long> recording = recorder.RecordAsync(output, CancellationToken.None);
        while (clock.AdvanceToNextTimer())
        {
        }

        Assert.Equal(3, await recording);
        Assert.Equal(
            "unix_ms,a[Cel],b,label\n"
            + "1000,1.23,7,\"idle, \"\"cold\"\"\"\n1500,,8,\"idle, \"\"cold\"\"\"\n2000,3,9,\"idle, \"\"cold\"\"\"\n",
            output.ToString());
    }

    [Fact]
    public async Task A_cancelled_recording_ends_quietly_with_what_it_has()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        string source = scratch.Write("s.csv", "unix_ms,a\n1000,1\n1500,2\n");
        using ReplaySensor sensor = new(clock, new ReplayOptions { Path = source });
        using CancellationTokenSource stop = new();
        using StringWriter output = new();

        Task<long> recording = new Recorder(sensor, clock, new RecorderOptions { Seconds = 60 }, null).RecordAsync(output, stop.Token);
        await stop.CancelAsync();

        Assert.Equal(1, await recording);
        Assert.Equal("unix_ms,a\n1000,1\n", output.ToString());
    }

    [Fact]
    public void All_mistakes_in_the_options_are_listed()
    {
        using SimulatedSensor sensor = new(new FakeClock(), new SimulatedOptions());
        RecorderOptions options = new() { Seconds = 0, Digits = 18, TimeColumn = "time", Columns = ["speed", "x"] };

        ArgumentException refused = Assert.Throws<ArgumentException>(() => new Recorder(sensor, new FakeClock(), options, null));

        Assert.StartsWith(
            "seconds: 0 is not greater than 0; digits: 18 is outside 0 to 17; time_column: 'time' is none of unix_ms, seconds, both; columns: the sensor has no channel 'x'",
            refused.Message,
            StringComparison.Ordinal);
    }
}
