using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Sensors.Tests.Replay;

public sealed class RecordingReaderTests
{
    [Fact]
    public void All_mistakes_of_a_recording_are_listed_with_line_and_column()
    {
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", "unix_ms,a,b\n1000,1,2\n1100,x1,2\n1100,3,Infinity\n1200,4\n\nnoon,5,6\n");

        RecordingException refused = Assert.Throws<RecordingException>(() => Open(path));

        Assert.Equal(
            [
                "line 3, column 6: a: 'x1' is not a finite number",
                "line 4, column 1: unix_ms: 1.1 s is not later than line 3",
                "line 4, column 8: b: 'Infinity' is not a finite number",
                "line 5, column 1: the row has 2 fields, the header 3",
                "line 7, column 1: unix_ms: 'noon' is not a time",
            ],
            refused.Mistakes);
        Assert.StartsWith($"{path}: line 3, column 6:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_without_end_are_counted_and_not_listed()
    {
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", "unix_ms,a\n0,1\n" + string.Concat(Enumerable.Range(1, 1000).Select(i => $"{i},?\n")));

        RecordingException refused = Assert.Throws<RecordingException>(() => Open(path));

        Assert.Equal(21, refused.Mistakes.Count);
        Assert.Equal("and 980 more mistakes", refused.Mistakes[^1]);
    }

    [Theory]
    [InlineData("", "line 1, column 1: the file begins with no header line of channel names")]
    [InlineData("unix_ms,a\n", "line 2, column 1: there is no row after the header")]
    [InlineData("a,b\n1,2\n", "line 1, column 1: the first column is neither unix_ms nor seconds nor a date; give rate_hz, the rows per second")]
    [InlineData("seconds,a,a\n0,1,2\n", "line 1, column 11: 'a' stands in the header twice")]
    [InlineData("seconds,,a\n0,1,2\n", "line 1, column 9: column 2 has no name")]
    [InlineData("seconds,label\n0,idle\n", "line 1, column 1: no column holds numbers")]
    [InlineData("seconds,a\n0,\"1\n", "line 2, column 3: a quote is not closed")]
    public void A_file_that_is_no_recording_is_refused_with_one_sentence(string text, string mistake)
    {
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", text);

        RecordingException refused = Assert.Throws<RecordingException>(() => Open(path));

        Assert.Equal([mistake], refused.Mistakes);
    }

    [Theory]
    [InlineData("timestamp,value\n2013-12-02 21:15:00,73.9\n2013-12-02 21:20:00,74.9\n2013-12-02 20:25:00,76.1\n")]
    [InlineData("\"date\",\"value\"\n\"1\",\"2013-12-02T21:15:00Z\",73.9\n\"2\",\"2013-12-02T22:20:00+01:00\",74.9\n\"3\",\"2013-12-02T20:25:00Z\",76.1\n")]
    public void Dates_are_times_and_names_of_rows_are_passed_over(string text)
    {
        using Scratch scratch = new();
        using ReplaySensor sensor = new(
            new FakeClock(), new ReplayOptions { Path = scratch.Write("r.csv", text), Speed = 0 });

        Assert.Equal("value", Assert.Single(sensor.Channels).Name);
        Assert.Equal(73.9, sensor.ReadFrame(out FrameTime first)[0]);
        Assert.Equal(74.9, sensor.ReadFrame(out FrameTime second)[0]);
        Assert.Equal(76.1, sensor.ReadFrame(out FrameTime third)[0]);

        // date -u -d '2013-12-02 21:15:00' +%s
        Assert.Equal((1386018900000, 1386019200000, 1386015900000), (first.UnixMs, second.UnixMs, third.UnixMs));
        Assert.Equal((0, 0, -3_600_000), (first.JumpMs, second.JumpMs, Math.Round(third.JumpMs)));
        Assert.Equal(1 / 300.0, sensor.RateHz, 12);
    }

    [Fact]
    public void A_recording_larger_than_its_limit_is_refused()
    {
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", "seconds,a,b\n0,1,2\n1,1,2\n2,1,2\n");

        RecordingException refused = Assert.Throws<RecordingException>(
            () => new ReplaySensor(new FakeClock(), new ReplayOptions { Path = path, MaxValues = 5 }));

        Assert.Equal(["line 4, column 1: the recording holds more than 5 values; raise max_values or cut it"], refused.Mistakes);
    }

    [Fact]
    public void A_column_that_is_wanted_and_absent_is_named()
    {
        using Scratch scratch = new();
        string path = scratch.Write("r.csv", "seconds,a\n0,1\n");

        RecordingException refused = Assert.Throws<RecordingException>(
            () => new ReplaySensor(new FakeClock(), new ReplayOptions { Path = path, Columns = ["a", "speed"] }));

        Assert.Equal(["line 1, column 1: there is no column 'speed'; the header has seconds, a"], refused.Mistakes);
    }

    [Fact]
    public void All_mistakes_in_the_options_are_listed()
    {
        ReplayOptions options = new() { Path = "/nowhere.csv", Columns = ["a", "a"], RateHz = -1, Speed = double.NaN, StartSeconds = -1, MaxValues = 0 };

        Assert.Equal(
            [
                "path: there is no file /nowhere.csv",
                "columns: 'a' stands there 2 times",
                "rate_hz: -1 is outside 0 to 100,000",
                "speed: NaN is outside 0 to 10,000",
                "start_s: -1 is outside 0 to 1e9",
                "max_values: 0 is outside 1 to 268,435,456",
            ],
            options.Validate());
    }

    private static ReplaySensor Open(string path) => new(new FakeClock(), new ReplayOptions { Path = path });
}
