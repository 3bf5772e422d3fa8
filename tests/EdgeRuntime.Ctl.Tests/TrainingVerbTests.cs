using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Statistics;
using EdgeRuntime.Statistics.Comparisons;
using EdgeRuntime.Statistics.Sketches;
using Xunit;

namespace EdgeRuntime.Ctl.Tests;

public sealed class TrainingVerbTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public void Recordings_become_features_and_features_a_profile_that_fits_the_manifest()
    {
        string manifest = Path.Combine(_cli.PackageSource(), "manifest.json");
        string recording = _cli.Write("recording.csv", Recording(rows: 2000));

        Outcome features = _cli.Run("features", manifest, recording, "--output", _cli["features.csv"]);
        Outcome reference = _cli.Run("reference", manifest, _cli["features.csv"], "--output", _cli["reference.json"]);

        Assert.True(features.Code == 0, features.Errors);
        Assert.True(reference.Code == 0, reference.Errors);
        ReferenceProfile profile = Read(manifest);

        // 2000 frames, windows of 20, one every 5.
        Assert.Equal(((2000 - 20) / 5) + 1, profile.Rows);
        Assert.Equal(["cpu_mean", "cpu_p90", "shake"], profile.Features.Select(feature => feature.Name));
        Assert.Equal(1, profile.PredictionShares.Sum(), 12);
    }

    [Fact]
    public void A_reference_tells_both_how_right_the_model_is_and_how_the_channels_behave()
    {
        string manifest = Path.Combine(_cli.PackageSource(), "manifest.json");
        string recording = _cli.Write("recording.csv", Recording(rows: 2000));
        Assert.Equal(0, _cli.Run("features", manifest, recording, "--output", _cli["features.csv"]).Code);

        // As one who evaluated a model adds what it said: here the label itself, but for every tenth row.
        string[] lines = File.ReadAllLines(_cli["features.csv"]);
        string answered = _cli.Write("answered.csv", string.Concat(lines.Select((line, i) =>
            $"{line},{(i == 0 ? "prediction" : i % 10 == 0 ? "busy" : line.Split(',')[^1])}\n")));
        Outcome made = _cli.Run("reference", manifest, answered, recording, "--output", _cli["reference.json"]);
        Outcome stray = _cli.Run("reference", manifest, answered, "--output", _cli["other.json"], "--rate", "5");

        Assert.True(made.Code == 0, made.Errors);
        ReferenceProfile profile = Read(manifest);
        Assert.Equal(["cpu_busy", "vibration"], profile.Channels!.Select(channel => channel.Name));
        Assert.Equal(100, profile.Timing!.IntervalMs, 6);
        Assert.InRange(profile.Quality!.Measured!.Right!.Value / (double)profile.Quality.Measured.Answers, 0.93, 0.97);
        Assert.Contains("; 2 channels", made.Output, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Usage, "reference: --rate is of recordings: give some behind FEATURES.csv"), (stray.Code, stray.ErrorLines[0]));
    }

    [Fact]
    public void Nothing_of_the_training_lies_in_the_outer_bins_and_the_inner_ones_are_even()
    {
        ReferenceProfile profile = ProfileOf(Independent(10_000));

        foreach (ReferenceFeature feature in profile.Features)
        {
            Assert.Equal(0, feature.Counts[0]);
            Assert.Equal(0, feature.Counts[^1]);
            Assert.Equal(12, feature.Counts.Count);
            Assert.All(feature.Counts.Skip(1).Take(10), count => Assert.InRange(count, 995, 1005));
        }
    }

    [Fact]
    public void Rows_without_memory_count_in_full_and_rows_with_memory_by_their_correlation()
    {
        // A first-order process with r = 0.8 is worth (1 - 0.8) / (1 + 0.8) = 0.111 of its length.
        Assert.InRange(ProfileOf(Independent(20_000)).EffectiveShare, 0.95, 1);
        Assert.InRange(ProfileOf(Autoregressive(20_000, 0.8)).EffectiveShare, 0.10, 0.122);
    }

    [Fact]
    public void Rows_with_a_truth_a_prediction_and_a_score_say_how_right_the_model_is_and_what_its_scores_are_worth()
    {
        Random random = new(5);
        StringBuilder table = new("recording,row,cpu_mean,cpu_p90,shake,label,prediction,score\n");
        for (int i = 0; i < 4000; i++)
        {
            // Twice as sure as it may be, and wrong more often where cpu_mean is high.
            double cpu = random.NextDouble();
            double worth = cpu < 0.5 ? 0.9 : 0.7;
            bool busy = random.Next(2) == 0;
            bool right = random.NextDouble() < worth;
            double score = right == busy ? 0.99 : 0.01;
            table.Append(CultureInfo.InvariantCulture, $"r,{i},{cpu:R},{cpu:R},1,{(busy ? "busy" : "idle")},{(score > 0.5 ? "busy" : "idle")},{score}\n");
        }

        QualityReference quality = ProfileOf(table.ToString()).Quality!;

        Assert.Equal(4000, quality.Measured!.Answers);
        Assert.InRange(quality.Measured.Right!.Value / 4000.0, 0.78, 0.82);
        Assert.InRange(quality.Measured.EffectiveShare, 0.9, 1);
        Assert.InRange(quality.Calibration!.Probabilities[^1], 0.77, 0.83);
        Assert.Null(quality.Confidence);
        Assert.Equal("error", quality.Loss!.Kind);
        Assert.InRange(quality.Loss.Constant, 0.18, 0.22);
        double[] amounts = [.. quality.Loss.Features["cpu_mean"].Zip(quality.Loss.Features["cpu_p90"], (mean, high) => mean + high)];
        Assert.All(amounts[1..5], amount => Assert.InRange(amount, -0.14, -0.04));
        Assert.All(amounts[7..11], amount => Assert.InRange(amount, 0.04, 0.16));
        Assert.Null(ProfileOf(Independent(500)).Quality);
    }

    [Fact]
    public void No_stretch_of_the_training_itself_would_alarm()
    {
        double[][] rows = Autoregressive(5_000, 0.9);
        ReferenceProfile profile = ProfileOf(rows, "--window-samples", "200");

        for (int feature = 0; feature < 3; feature++)
        {
            ReferenceFeature bins = profile.Features[feature];
            for (int at = 0; at + 200 <= rows.Length; at += 50)
            {
                BinCounter live = new([.. bins.Edges]);
                foreach (double[] row in rows.AsSpan(at, 200))
                {
                    live.Record(row[feature]);
                }

                double index = PopulationStability.Index([.. bins.Counts], live.Counts);
                Assert.True(index <= bins.MinEffect / 1.24, $"{bins.Name} at {at}: {index} of {bins.MinEffect}");
            }
        }
    }

    [Fact]
    public void A_manifest_that_wants_wasserstein_gets_thresholds_that_no_stretch_of_the_training_exceeds()
    {
        string manifest = Path.Combine(_cli.PackageSource(), "manifest.json");
        JsonNode wanted = JsonNode.Parse(File.ReadAllText(manifest))!;
        wanted["monitoring"] = JsonNode.Parse("{\"drift\":{\"test\":\"wasserstein\"}}");
        File.WriteAllText(manifest, wanted.ToJsonString());
        double[][] rows = Autoregressive(5_000, 0.9);
        foreach (double[] row in rows)
        {
            row[2] = 3;
        }

        Outcome made = _cli.Run("reference", manifest, _cli.Write("features.csv", TableOf(rows)), "--output", _cli["reference.json"], "--window-samples", "200");

        Assert.True(made.Code == 0, made.Errors);
        ReferenceProfile profile = Read(manifest);
        WassersteinReference calibrated = profile.Features[0].Wasserstein!;
        Assert.Null(profile.Features[2].Wasserstein);
        CalibratedWasserstein test = new(new WeightedValues([.. calibrated.Values], [.. calibrated.Counts]), calibrated.Sizes, calibrated.Thresholds);
        for (int at = 0; at + 200 <= rows.Length; at += 50)
        {
            DDSketch window = new();
            Array.ForEach(rows[at..(at + 200)], row => window.Record(row[0]));
            ComparisonResult result = test.Compare(
                window, profile.EffectiveRows, 200 * profile.EffectiveShare, new ComparisonLimits(profile.Level, calibrated.MinEffect, 0));
            Assert.False(result.Drifted, $"at {at}: {result.Effect} of {calibrated.MinEffect}, p {result.PValue}");
        }
    }

    [Fact]
    public void What_chance_makes_of_the_index_is_told_by_the_windows_size_and_nears_the_chi_squared_form()
    {
        ReferenceFeature feature = ProfileOf(Independent(10_000)).Features[0];

        // numpy: of windows of 32 and 64 on ten bins the mean is 0.853 and 0.930 of that form's.
        Assert.Equal((32, 64), (feature.Chance[0].Samples, feature.Chance[2].Samples));
        Assert.Equal(0.853, feature.Chance[0].Mean, 0.005);
        Assert.Equal(0.930, feature.Chance[2].Mean, 0.005);
        Assert.Equal(1, feature.Chance[^1].Mean, 0.01);
        Assert.Equal(1, feature.Chance[^1].Variance, 0.01);
    }

    [Fact]
    public void A_constant_an_absent_and_a_partly_missing_feature_all_get_bins()
    {
        StringBuilder table = new("recording,row,cpu_mean,cpu_p90,shake,label\n");
        for (int i = 0; i < 100; i++)
        {
            table.Append(CultureInfo.InvariantCulture, $"r,{i},3,,{(i % 4 == 0 ? "" : i.ToString(CultureInfo.InvariantCulture))},idle\n");
        }

        ReferenceProfile profile = ProfileOf(table.ToString());

        Assert.Equal((0, 100, 0), (profile.Features[0].Counts[0], profile.Features[0].Counts[1], profile.Features[0].Counts[2]));
        Assert.Equal((100, 0), (profile.Features[1].Missing, profile.Features[1].Counts.Sum()));
        Assert.Equal((25, 75), (profile.Features[2].Missing, profile.Features[2].Counts.Sum()));
        Assert.Empty(profile.Features[0].Chance);
        Assert.Equal([1, 0], profile.PredictionShares);
    }

    [Fact]
    public void All_mistakes_of_a_table_are_listed_with_their_lines()
    {
        string manifest = Path.Combine(_cli.PackageSource(), "manifest.json");
        string wrong = _cli.Write("wrong.csv", "recording,row,cpu_mean,cpu_p90,shake,label\nr,1,x,2,3,idle\nr,2,1,2\nr,3,1,y,z,idle\n");
        string columns = _cli.Write("columns.csv", "recording,row,cpu_men,cpu_p90,label\n");
        string label = _cli.Write("label.csv", "recording,row,cpu_mean,cpu_p90,shake,label\nr,1,1,2,3,idel\n");

        Outcome fields = _cli.Run("reference", manifest, wrong, "--output", _cli["reference.json"]);
        Outcome heads = _cli.Run("reference", manifest, columns, "--output", _cli["reference.json"]);
        Outcome labels = _cli.Run("reference", manifest, label, "--output", _cli["reference.json"]);

        Assert.Equal((ExitCode.Data, ExitCode.Data, ExitCode.Data), (fields.Code, heads.Code, labels.Code));
        Assert.Equal(
            [
                $"reference: {wrong}:2: cpu_mean: 'x' is not a number",
                $"reference: {wrong}:3: has 4 fields where the first line has 6",
                $"reference: {wrong}:4: cpu_p90: 'y' is not a number",
                $"reference: {wrong}:4: shake: 'z' is not a number",
            ],
            fields.ErrorLines);
        Assert.Equal(
            [
                $"reference: {columns}:1: there is no column 'cpu_mean'; did you mean 'cpu_men'?",
                $"reference: {columns}:1: there is no column 'shake'",
            ],
            heads.ErrorLines);
        Assert.Equal([$"reference: {label}: the manifest has no label 'idel'; did you mean 'idle'?"], labels.ErrorLines);
        Assert.False(File.Exists(_cli["reference.json"]));
    }

    private static double[][] Independent(int rows)
    {
        Random random = new(20_260_101);
        return [.. Enumerable.Range(0, rows).Select(_ => new[] { random.NextDouble(), random.NextDouble(), random.NextDouble() })];
    }

    private static double[][] Autoregressive(int rows, double r)
    {
        Random random = new(20_260_102);
        double[] state = new double[3];
        double[][] all = new double[rows][];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                // The sum of twelve uniforms is normal enough, and needs no tables.
                double noise = -6;
                for (int k = 0; k < 12; k++)
                {
                    noise += random.NextDouble();
                }

                state[j] = (r * state[j]) + noise;
            }

            all[i] = [.. state];
        }

        return all;
    }

    private ReferenceProfile ProfileOf(double[][] rows, params string[] more) => ProfileOf(TableOf(rows), more);

    private static string TableOf(double[][] rows)
    {
        StringBuilder table = new("recording,row,cpu_mean,cpu_p90,shake,label\n");
        for (int i = 0; i < rows.Length; i++)
        {
            table.Append(CultureInfo.InvariantCulture, $"r,{i},{rows[i][0]:R},{rows[i][1]:R},{rows[i][2]:R},idle\n");
        }

        return table.ToString();
    }

    private ReferenceProfile ProfileOf(string table, params string[] more)
    {
        string manifest = Path.Combine(_cli.PackageSource(), "manifest.json");
        Outcome made = _cli.Run(
            ["reference", manifest, _cli.Write("features.csv", table), "--output", _cli["reference.json"], .. more]);
        Assert.True(made.Code == 0, made.Errors);
        return Read(manifest);
    }

    private ReferenceProfile Read(string manifestPath)
    {
        Mistakes mistakes = new();
        ModelManifest manifest = ManifestReader.ReadModel(File.ReadAllBytes(manifestPath), mistakes, form: ManifestForm.Source)!;
        ReferenceProfile? profile = ReferenceReader.Read(File.ReadAllBytes(_cli["reference.json"]), manifest, mistakes);
        Assert.Empty(mistakes.Lines());
        return profile!;
    }

    private static string Recording(int rows)
    {
        Random random = new(7);
        StringBuilder text = new("seconds,cpu_busy,vibration[m/s2],label\n");
        for (int i = 0; i < rows; i++)
        {
            string label = i / 500 % 2 == 0 ? "idle" : "busy";
            text.Append(CultureInfo.InvariantCulture, $"{i / 10.0},{random.NextDouble():R},{random.NextDouble() - 0.5:R},{label}\n");
        }

        return text.ToString();
    }
}
