using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class CompareVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void What_moved_and_what_broke_is_told_from_what_stayed()
    {
        string reference = _cli.Write("reference.csv", Rows(1, 2_000, shift: 0, gaps: 0, [6, 3, 1]));
        string current = _cli.Write("current.csv", Rows(2, 400, shift: 1, gaps: 0.3, [2, 3, 1, 4]));

        Outcome json = _cli.Run("compare", reference, current, "--json");
        Outcome people = _cli.Run("compare", reference, current);

        Assert.True(json.Code == 0, json.Errors);
        Dictionary<string, JsonElement> columns = Columns(json.Output);
        Assert.Equal("drifted", columns["moved"].GetProperty("verdict").GetString());
        Assert.Equal("as the reference", columns["still"].GetProperty("verdict").GetString());
        Assert.Equal("drifted", columns["gappy"].GetProperty("verdict").GetString());
        Assert.Equal("drifted", columns["mode"].GetProperty("verdict").GetString());
        Assert.Equal("(unseen)", columns["mode"].GetProperty("cells")[4].GetString());
        Assert.InRange(Of(columns["moved"], "wasserstein", "statistic"), 0.8, 1.2);
        Assert.True(Of(columns["still"], "ks", "p_value") > 0.01);
        Assert.Contains("3 of 4 columns drifted", people.Output, StringComparison.Ordinal);
    }

    // scipy 1.10.1 on these values: ks_2samp, mannwhitneyu, wasserstein_distance.
    [Fact]
    public void The_values_give_what_scipy_gives_and_a_column_that_counts_rows_is_left_out()
    {
        string reference = _cli.Write("a.csv", Table(i => i * 7919 % 1009 / 10.0));
        string current = _cli.Write("b.csv", Table(i => (i * 104729 % 1013 / 10.0) + 20));

        Outcome outcome = _cli.Run("compare", reference, current, "--json");

        JsonElement values = Columns(outcome.Output)["x"].GetProperty("values");
        Assert.Equal(0.11976314781726739, values.GetProperty("ks").GetProperty("p_value").GetDouble(), 1e-14);
        Assert.Equal(0.001790508909552654, values.GetProperty("mann_whitney").GetProperty("p_value").GetDouble(), 1e-14);
        Assert.Equal(18.231666666666666, values.GetProperty("wasserstein").GetDouble(), 1e-12);
        Assert.Contains("{\"column\":\"row\",\"why\":\"counts the rows\"}", outcome.Output, StringComparison.Ordinal);

        static string Table(Func<int, double> value) =>
            "row,x\n" + string.Concat(Enumerable.Range(0, 60).Select(i => FormattableString.Invariant($"{i},{value(i):R}\n")));
    }

    [Fact]
    public void Columns_that_one_file_alone_has_and_kinds_that_changed_are_named()
    {
        string reference = _cli.Write("a.csv", "time,old,kind\n2026-01-01,1.5,2\n2026-01-02,2.5,1\n2026-01-03,2.5,1\n");
        string current = _cli.Write("b.csv", "time,new,kind\n2026-02-01,1.5,up\n2026-02-02,2.5,up\n2026-02-03,2.5,down\n");

        Outcome outcome = _cli.Run("compare", reference, current);

        Assert.Equal(0, outcome.Code);
        Assert.Contains("time: not compared: dates", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"old: not compared: only in {reference}", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"new: not compared: only in {current}", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("kind: not compared: numbers in the reference, texts in the other", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_few_rows_are_no_verdict_and_an_empty_column_is_drift_of_its_own()
    {
        string reference = _cli.Write("a.csv", "x,y\n" + string.Concat(Enumerable.Repeat("0.5,1.5\n1.5,0.5\n0.7,2.5\n", 40)));
        string few = _cli.Write("few.csv", "x,y\n9,9\n8,8\n");
        string silent = _cli.Write("silent.csv", "x,y\n" + string.Concat(Enumerable.Repeat(",1.5\n,0.5\n,2.5\n", 40)));

        Assert.All(Columns(_cli.Run("compare", reference, few, "--json").Output).Values, column =>
            Assert.Equal("too few values", column.GetProperty("verdict").GetString()));
        Dictionary<string, JsonElement> columns = Columns(_cli.Run("compare", reference, silent, "--json").Output);
        Assert.Equal("drifted", columns["x"].GetProperty("verdict").GetString());
        Assert.Equal("as the reference", columns["y"].GetProperty("verdict").GetString());
        Assert.Equal(JsonValueKind.Null, columns["x"].GetProperty("values").GetProperty("energy").ValueKind);
    }

    [Fact]
    public void Numbers_that_are_classes_are_compared_as_classes_when_told()
    {
        string reference = _cli.Write("a.csv", "state\n" + string.Concat(Enumerable.Repeat("0\n1\n1\n0\n", 30)));
        string current = _cli.Write("b.csv", "state\n" + string.Concat(Enumerable.Repeat("0\n1\n1\n1\n", 30)));

        JsonElement column = Columns(_cli.Run("compare", reference, current, "--json", "--categories", "state").Output)["state"];

        // scipy 1.10.1: fisher_exact([[60, 60], [90, 30]]).
        Assert.Equal("categories", column.GetProperty("kind").GetString());
        Assert.Equal(
            9.9753569044157e-05, column.GetProperty("values").GetProperty("fisher").GetProperty("p_value").GetDouble(), 1e-15);
    }

    [Fact]
    public void Mistakes_in_both_files_are_listed_at_once_with_their_lines()
    {
        string rows = string.Concat(Enumerable.Repeat("1.5,2.5\n", 30));
        string reference = _cli.Write("a.csv", $"x,y\n{rows}oops,1\n");
        string current = _cli.Write("b.csv", $"x,y\n1,2,3\n{rows}");

        Outcome outcome = _cli.Run("compare", reference, current);

        Assert.Equal(65, outcome.Code);
        Assert.Contains("a.csv:32:1: x: 'oops' is not a finite number", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("b.csv:2:1: the row has 3 fields where others have 2", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_together()
    {
        Outcome outcome = _cli.Run("compare", "a.csv", "b.csv", "--method", "kl", "--level", "1", "--bins", "1", "--min-effect=-1");

        Assert.Equal(64, outcome.Code);
        Assert.Contains("--method kl: is none of psi, js, g", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("--level 1: is outside 1E-09 to 0.5", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("--bins 1: is outside 2 to 62", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("--min-effect -1: is less than 0", outcome.Errors, StringComparison.Ordinal);
    }

    private static Dictionary<string, JsonElement> Columns(string json) =>
        JsonDocument.Parse(json).RootElement.GetProperty("columns").EnumerateArray()
            .ToDictionary(column => column.GetProperty("column").GetString()!);

    private static double Of(JsonElement column, string method, string member) =>
        column.GetProperty("counts").GetProperty(method).GetProperty(member).GetDouble();

    // A quantity that moves, one that does not, one with gaps, and a mode drawn by weights.
    private static string Rows(int seed, int rows, double shift, double gaps, int[] weights)
    {
        Random random = new(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        int[] urn = [.. weights.SelectMany((weight, mode) => Enumerable.Repeat(mode, weight))];
        StringBuilder text = new("moved,still,gappy,mode\n");
        for (int row = 0; row < rows; row++)
        {
            string gappy = random.NextDouble() < gaps ? "" : Normal().ToString("R", CultureInfo.InvariantCulture);
            text.AppendLine(CultureInfo.InvariantCulture, $"{Normal() + shift:R},{Normal():R},{gappy},mode-{urn[random.Next(urn.Length)]}");
        }

        return text.ToString();
    }
}
