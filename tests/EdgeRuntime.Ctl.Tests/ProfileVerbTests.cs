using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class ProfileVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Figures_of_a_column_are_those_of_numpy_and_scipy()
    {
        // The classical example of rank correlation, -29/165; moments and percentiles of numpy 1.24 and scipy 1.10.
        string table = _cli.Write(
            "iq.csv", "iq,hours\n106,7\n100,27\n86,2\n101,50\n99,28\n103,29\n97,20\n113,12\n112,6\n110,17\n");

        JsonElement profile = Json(table);

        JsonElement iq = profile.GetProperty("columns")[0];
        Assert.Equal(102.7, iq.GetProperty("mean").GetDouble(), 9);
        Assert.Equal(8.11104, iq.GetProperty("sd").GetDouble(), 5);
        Assert.Equal(-0.569751, iq.GetProperty("skewness").GetDouble(), 5);
        Assert.Equal(-0.125407, iq.GetProperty("kurtosis").GetDouble(), 5);
        Assert.Equal(
            [86, 86.099, 86.99, 90.95, 99.25, 102, 109, 112.55, 112.91, 112.991, 113],
            iq.GetProperty("percentiles").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(-29 / 165.0, profile.GetProperty("correlations")[0].GetProperty("r").GetDouble(), 6);
    }

    [Fact]
    public void A_day_is_found_in_a_series_that_has_one_and_none_in_one_that_wanders()
    {
        Random random = new(1);
        StringBuilder table = new("daily,wandering\n");
        double wander = 0;
        for (int i = 0; i < 2000; i++)
        {
            wander += random.NextDouble() - 0.5;
            double daily = Math.Sin(2 * Math.PI * i / 144) + random.NextDouble();
            table.Append(CultureInfo.InvariantCulture, $"{daily:R},{wander:R}\n");
        }

        JsonElement columns = Json(_cli.Write("series.csv", table.ToString())).GetProperty("columns");

        Assert.InRange(columns[0].GetProperty("season_rows").GetDouble(), 143, 145);
        Assert.False(columns[1].TryGetProperty("season_rows", out _));
    }

    [Fact]
    public void What_is_suspicious_stands_at_the_top_of_a_page_that_needs_nothing_else()
    {
        StringBuilder table = new("time,pressure[Pa],twin,<b>evil</b>,kind\n");
        Random random = new(2);
        for (int i = 0; i < 1500; i++)
        {
            double pressure = i is > 700 and < 900 ? 5 : random.NextDouble();
            string evil = i % 3 == 0 ? "" : random.NextDouble().ToString("R", CultureInfo.InvariantCulture);
            string time = DateTime.UnixEpoch.AddMinutes(i > 1000 ? i + 90 : i).ToString("s", CultureInfo.InvariantCulture);
            table.Append(CultureInfo.InvariantCulture, $"{time},{pressure:R},{(2 * pressure) + 1:R},{evil},{(i % 2 == 0 ? "even" : "odd")}\n");
        }

        Outcome made = _cli.Run("profile", _cli.Write("plant.csv", table.ToString()), "--html", _cli["page.html"]);

        Assert.True(made.Code == 0, made.Errors);
        string page = File.ReadAllText(_cli["page.html"]);
        string top = page[..page.IndexOf("<table", StringComparison.Ordinal)];
        Assert.Contains("pressure keeps one value for 199 rows", top, StringComparison.Ordinal);
        Assert.Contains("pressure and twin go along with each other", top, StringComparison.Ordinal);
        Assert.Contains("has no value in 33.3% of the rows", top, StringComparison.Ordinal);
        Assert.Contains("Frames are missing once; the longest gap lasts 91 of them.", top, StringComparison.Ordinal);
        foreach (string forbidden in (string[])["http:", "https:", "<script", "<b>", "url(", "@import"])
        {
            Assert.DoesNotContain(forbidden, page, StringComparison.Ordinal);
        }

        Assert.Equal(page.Split("<svg ").Length, page.Split("role=\"img\" aria-label=").Length);
    }

    [Fact]
    public void Recordings_become_a_reference_that_tells_how_channels_behave_in_a_few_kilobytes_each()
    {
        string manifest = Path.Combine(_cli.PackageSource(), "manifest.json");
        string[] recordings = [_cli.Write("one.csv", Recording(1500, 1)), _cli.Write("two.csv", Recording(900, 2))];

        Outcome made = _cli.Run(["profile", .. recordings, "--manifest", manifest, "--output", _cli["reference.json"]]);

        Assert.True(made.Code == 0, made.Errors);
        Mistakes mistakes = new();
        ModelManifest package = ManifestReader.ReadModel(File.ReadAllBytes(manifest), mistakes, form: ManifestForm.Source)!;
        byte[] utf8 = File.ReadAllBytes(_cli["reference.json"]);
        ReferenceProfile? profile = ReferenceReader.Read(utf8, package, mistakes);
        Assert.Empty(mistakes.Lines());
        Assert.Equal(["cpu_busy", "vibration"], profile!.Channels!.Select(channel => channel.Name));
        Assert.All(profile.Channels!, channel => Assert.Equal((2400, 60L, 8), (channel.Rows, channel.StuckFrames, channel.PileFrames)));
        Assert.Equal(100, profile.Timing!.IntervalMs, 6);
        Assert.All(profile.Features, feature => Assert.NotNull(feature.Summary));
        Assert.InRange(utf8.Length / (profile.Features.Count + profile.Channels!.Count), 100, 3000);

        // Each recording begins with a fresh pipeline: windows of 20 frames, one every 5.
        Assert.Equal(((1500 - 20) / 5) + 1 + ((900 - 20) / 5) + 1, profile.Rows);
    }

    [Fact]
    public void A_table_of_features_makes_the_same_reference_as_the_verb_of_that_name()
    {
        string manifest = Path.Combine(_cli.PackageSource(), "manifest.json");
        Assert.Equal(0, _cli.Run("features", manifest, _cli.Write("one.csv", Recording(1500, 1)), "--output", _cli["features.csv"]).Code);

        Outcome reference = _cli.Run("reference", manifest, _cli["features.csv"], "--output", _cli["reference.json"]);
        Outcome profile = _cli.Run("profile", _cli["features.csv"], "--manifest", manifest, "--output", _cli["profile.json"]);

        Assert.Equal((0, 0), (reference.Code, profile.Code));
        Assert.Equal(File.ReadAllText(_cli["reference.json"]), File.ReadAllText(_cli["profile.json"]));
    }

    [Fact]
    public void All_mistakes_of_the_words_are_listed()
    {
        Outcome made = _cli.Run("profile", "--output", "x.json", "--bins", "1");

        Assert.Equal(ExitCode.Usage, made.Code);
        Assert.Equal(
            [
                "profile: DATA is missing",
                "profile: --bins 1: is outside 2 to 62",
                "profile: --output is of a package: give its --manifest too",
                "profile: --bins is of a package: give its --manifest too",
            ],
            made.ErrorLines.Where(line => line.Length > 0 && !line.Contains("--help", StringComparison.Ordinal)));
    }

    private JsonElement Json(string table)
    {
        Outcome made = _cli.Run("profile", table, "--json");
        Assert.True(made.Code == 0, made.Errors);
        return JsonDocument.Parse(made.Output).RootElement.GetProperty("tables")[0];
    }

    private static string Recording(int rows, int seed)
    {
        Random random = new(seed);
        StringBuilder text = new("seconds,cpu_busy,vibration[m/s2],label\n");
        for (int i = 0; i < rows; i++)
        {
            string label = i / 500 % 2 == 0 ? "idle" : "busy";
            text.Append(CultureInfo.InvariantCulture, $"{i / 10.0},{random.NextDouble():R},{random.NextDouble() - 0.5:R},{label}\n");
        }

        return text.ToString();
    }
}
