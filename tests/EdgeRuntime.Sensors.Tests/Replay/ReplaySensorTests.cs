using System.Globalization;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Sensors.Tests.Replay;

public sealed class ReplaySensorTests
{
    private const string FiveRows = "unix_ms,a[m/s2],b\n1000,1,10\n1100,2,20\n1200,3,\n1300,4,40\n1500,5,50\n";

    [Theory]
    [InlineData(1)]
    [InlineData(20_260_101)]
    public void Recorded_values_come_back_to_the_bit(int seed)
    {
        Random random = new(seed);
        double[] values = [.. Enumerable.Range(0, 1000).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64())).Where(double.IsFinite)];
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", "x\n" + string.Concat(values.Select(value => value.ToString("R", CultureInfo.InvariantCulture) + "\n")));
        using ReplaySensor sensor = new(new FakeClock(), new ReplayOptions { Path = path, RateHz = 10, Speed = 0 });

        foreach (double value in values)
        {
            Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(sensor.ReadFrame()[0]));
        }

        Assert.True(sensor.Ended);
    }

    [Fact]
    public void Rows_are_due_at_the_recorded_distance()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        using ReplaySensor sensor = Replay(scratch, clock);

        List<(double Due, long UnixMs, double Value)> read = ReadAll(sensor, clock);

        Assert.Equal([(0, 1000, 1), (0.1, 1100, 2), (0.2, 1200, 3), (0.3, 1300, 4), (0.5, 1500, 5)], read);
        Assert.Equal(10, sensor.RateHz, 9);
    }

    [Theory]
    [InlineData("unix_ms,seconds,a\n5000,0,1\n5100,0.1,2\n1200,0.2,3\n1300,0.3,4\n9400,0.4,5\n", new double[] { 0, 0, -4000, 0, 8000 })]
    [InlineData("unix_ms,a\n5000,1\n5100,2\n1200,3\n1300,4\n1400,5\n", new double[] { 0, 0, -4000, 0, 0 })]
    public void A_clock_that_was_set_while_recording_is_set_again_and_changes_no_pace(string text, double[] jumps)
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        using ReplaySensor sensor = new(clock, new ReplayOptions { Path = scratch.Write("r.csv", text) });
        string[] wall = [.. text.Split('\n').Skip(1).SkipLast(1).Select(line => line.Split(',')[0])];
        double[] frame = new double[1];

        for (int i = 0; i < wall.Length; i++)
        {
            clock.Advance((sensor.NextDue - clock.GetTimestamp()) / (double)clock.TimestampFrequency);
            Assert.True(sensor.TryRead(frame, out FrameTime time));
            Assert.Equal((wall[i], jumps[i], i + 1.0), (time.UnixMs.ToString(CultureInfo.InvariantCulture), Math.Round(time.JumpMs, 6), frame[0]));
            Assert.Equal(i * 0.1, clock.GetTimestamp() / (double)clock.TimestampFrequency, 6);
        }

        Assert.Equal(["a"], sensor.Channels.Select(channel => channel.Name));
    }

    [Fact]
    public void A_speed_shortens_the_wait_and_not_the_recorded_time()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        using ReplaySensor sensor = Replay(scratch, clock, options => options with { Speed = 10 });

        List<(double Due, long UnixMs, double Value)> read = ReadAll(sensor, clock);

        Assert.Equal([(0, 1000, 1), (0.01, 1100, 2), (0.02, 1200, 3), (0.03, 1300, 4), (0.05, 1500, 5)], read);
        Assert.Equal(10, sensor.RateHz, 9);
    }

    [Fact]
    public void As_fast_as_it_is_read_needs_no_clock()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        using ReplaySensor sensor = Replay(scratch, clock, options => options with { Speed = 0 });
        double[] frame = new double[2];

        int frames = 0;
        while (sensor.TryRead(frame, out _))
        {
            frames++;
        }

        Assert.Equal(5, frames);
        Assert.True(sensor.Ended);
    }

    [Fact]
    public void A_loop_goes_on_in_time_after_the_last_row()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        using ReplaySensor sensor = Replay(scratch, clock, options => options with { Loop = true });

        List<(double Due, long UnixMs, double Value)> read = ReadAll(sensor, clock, most: 7);

        // The last row lies 0.5 s after the first; the usual distance of 0.1 s follows it.
        Assert.Equal((0.6, 1600, 1), read[5]);
        Assert.Equal((0.7, 1700, 2), read[6]);
        Assert.False(sensor.Ended);
    }

    [Fact]
    public void Two_phases_of_one_loop_begin_at_different_rows()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        using ReplaySensor sensor = Replay(scratch, clock, options => options with { Loop = true, StartSeconds = 0.6 + 0.25 });

        List<(double Due, long UnixMs, double Value)> read = ReadAll(sensor, clock, most: 3);

        Assert.Equal([(0, 1300, 4), (0.2, 1500, 5), (0.3, 1600, 1)], read);
    }

    [Fact]
    public void A_reader_that_was_asleep_loses_no_row_and_works_off_no_backlog()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        using ReplaySensor sensor = Replay(scratch, clock);
        sensor.ReadFrame();

        clock.Advance(3600);
        double second = sensor.ReadFrame()[0];
        bool third = sensor.TryRead(new double[2], out _);

        Assert.Equal(2, second);
        Assert.False(third);
        clock.Advance(0.1);
        Assert.Equal(3, sensor.ReadFrame()[0]);
    }

    [Fact]
    public void An_empty_field_is_missing_and_a_column_of_text_is_no_channel()
    {
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", "seconds,a[Cel],note,b,label\n0,,ok,1,idle\n1,2.5,\"a, \"\"b\"\"\",nan,idle\n");
        using ReplaySensor sensor = new(new FakeClock(), new ReplayOptions { Path = path, Speed = 0 });

        double[] first = sensor.ReadFrame();
        double[] second = sensor.ReadFrame();

        Assert.Equal([new Channel("a", "Cel"), new Channel("b", "1")], sensor.Channels);
        Assert.Equal([double.NaN, 1], first);
        Assert.Equal([2.5, double.NaN], second);
    }

    [Fact]
    public void The_recorded_label_of_a_frame_can_be_asked_for_and_is_no_channel()
    {
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", "seconds,a,label\n0,1,\n1,2,1\n2,3,idle\n3,4,1\n");
        using ReplaySensor sensor = new(new FakeClock(), new ReplayOptions { Path = path, Speed = 0 });

        List<string> labels = [sensor.Label];
        for (int i = 0; i < 4; i++)
        {
            sensor.ReadFrame();
            labels.Add(sensor.Label);
        }

        Assert.Equal(["", "", "1", "idle", "1"], labels);
        Assert.Equal("a", Assert.Single(sensor.Channels).Name);
    }

    [Fact]
    public void Named_columns_come_in_the_order_they_are_named()
    {
        using Scratch scratch = new();
        using ReplaySensor sensor = Replay(scratch, new FakeClock(), options => options with { Columns = ["b", "a"] });

        Assert.Equal(["b", "a"], sensor.Channels.Select(channel => channel.Name));
        Assert.Equal([10, 1], sensor.ReadFrame());
    }

    [Fact]
    public void A_disturbance_ramps_up_holds_and_ramps_down()
    {
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", "x\n" + string.Concat(Enumerable.Repeat("10\n", 9)));
        Disturbance drift = new() { Channel = "x", AtSeconds = 1, ForSeconds = 4, RampSeconds = 2, Gain = 2, Offset = 4 };
        using ReplaySensor sensor = new(
            new FakeClock(), new ReplayOptions { Path = path, RateHz = 1, Speed = 0, Disturbances = [drift] });

        double[] read = [.. Enumerable.Range(0, 9).Select(_ => sensor.ReadFrame()[0])];

        Assert.Equal([10, 10, 17, 24, 24, 24, 17, 10, 10], read);
    }

    [Fact]
    public void Ten_thousand_frames_allocate_nothing()
    {
        using Scratch scratch = new();
        FakeClock clock = new();
        Disturbance drift = new() { Channel = "a", Gain = 2 };
        using ReplaySensor sensor = Replay(scratch, clock, options => options with { Loop = true, Disturbances = [drift] });

        Assert.Equal(0, sensor.AllocatedOver(10_000, clock, secondsBetween: 0.2));
    }

    private static ReplaySensor Replay(Scratch scratch, FakeClock clock, Func<ReplayOptions, ReplayOptions>? with = null)
    {
        ReplayOptions options = new() { Path = scratch.Write("r.csv", FiveRows) };
        return new ReplaySensor(clock, with is null ? options : with(options));
    }

    private static List<(double Due, long UnixMs, double Value)> ReadAll(ReplaySensor sensor, FakeClock clock, int most = 100)
    {
        List<(double, long, double)> read = [];
        while (!sensor.Ended && read.Count < most)
        {
            double due = sensor.NextDue / (double)clock.TimestampFrequency;
            clock.Advance(due - (clock.GetTimestamp() / (double)clock.TimestampFrequency));
            double[] frame = sensor.ReadFrame(out FrameTime time);
            Assert.Equal(clock.GetTimestamp(), time.Timestamp);
            read.Add((Math.Round(due, 6), time.UnixMs, frame[0]));
        }

        return read;
    }
}
