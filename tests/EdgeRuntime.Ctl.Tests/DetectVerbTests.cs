using System.Globalization;
using System.Text.Json;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class DetectVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void A_shift_of_a_slow_sensor_is_found_with_nothing_said_but_the_file_and_only_there()
    {
        string file = Recorded(12_000, shiftAt: 9000);

        using JsonDocument found = JsonDocument.Parse(_cli.Run("detect", file, "--json").Output);

        JsonElement run = found.RootElement;
        Assert.Equal("page_hinkley", run.GetProperty("detector").GetString());
        Assert.Equal("pressure", run.GetProperty("column").GetString());
        Assert.Equal(12_000, run.GetProperty("samples").GetInt32());
        Assert.Equal(1800, run.GetProperty("reference_rows").GetInt32());
        Assert.Equal(1, run.GetProperty("whitening_order").GetInt32());
        Assert.InRange(run.GetProperty("alarms").EnumerateArray().First().GetInt32(), 9000, 9200);
    }

    [Fact]
    public void Parameters_reach_the_detector_and_stand_in_the_output()
    {
        string bits = _cli.Write("bits.csv", "error\n" + string.Concat(Enumerable.Range(0, 600).Select(i => i < 300 ? "0\n" : "1\n")));

        Outcome outcome = _cli.Run("detect", bits, "--detector", "HDDM-A", "--param", "drift_confidence=1e-6", "--json");

        Assert.Equal(
            """{"detector":"hddm_a","parameters":{"drift_confidence":1E-06,"warning_confidence":0.005,"decreases":"ignored"},"column":"error","samples":600,"reference_rows":0,"whitening_order":null,"alarms":[307],"warnings":[303]}""",
            outcome.Output.TrimEnd());
    }

    [Fact]
    public void Every_mistake_of_a_command_line_is_told_at_once()
    {
        string file = Recorded(100, shiftAt: 50);

        Outcome outcome = _cli.Run(
            "detect", file, "--detector", "adwin", "--param", "delta=2", "--param", "clok=3", "--param", "clock=1.5", "--effect", "0");

        Assert.Equal(64, outcome.Code);
        Assert.Equal(
            [
                "detect: delta 2: is outside 1E-12 to 0.5",
                "detect: adwin has no parameter 'clok'; delta, clock, grace_period, min_part, reset",
                "detect: clock 1.5: is not a whole number",
                "detect: --effect: is of calibration; --ert N asks for one",
                "detect: --effect 0: is outside 0 to 10 deviations",
                "'edgectl detect --help' shows how it is used",
            ],
            outcome.ErrorLines);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", "has several columns of numbers; --column says which: a, b")]
    [InlineData("a\nx\ny\n", "has no column of numbers")]
    [InlineData("a\n1\n2\n3\n", "the reference is 0 rows, 0 of them with a value; 50 are needed (--reference ROWS)")]
    public void A_file_that_cannot_be_watched_says_why(string content, string why)
    {
        Outcome outcome = _cli.Run("detect", _cli.Write("data.csv", content));

        Assert.NotEqual(0, outcome.Code);
        Assert.Contains(why, outcome.Errors, StringComparison.Ordinal);
    }

    // Each value keeps nine tenths of the one before; the level rises by three deviations.
    private string Recorded(int rows, int shiftAt)
    {
        Random random = new(8);
        double value = 0;
        List<string> lines = ["time,pressure"];
        for (int row = 0; row < rows; row++)
        {
            value = (0.9 * value) + random.NextDouble() + random.NextDouble() - 1;
            double level = row < shiftAt ? 10 : 13;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"2026-01-02T{row / 3600:00}:{row / 60 % 60:00}:{row % 60:00}Z,{level + value}"));
        }

        return _cli.Write("recorded.csv", string.Join('\n', lines) + "\n");
    }
}
