using System.Globalization;
using EdgeRuntime.Bench;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Starting;
using EdgeRuntime.Ctl.Training;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Onnx;
using Xunit;
using Xunit.Abstractions;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>UCI's Occupancy Detection: its network trained on the training period, a package made of half of the test period, the rest as a device's samples.</summary>
public sealed class QualityReferenceTests(ITestOutputHelper told) : IDisposable
{
    private const int Window = 120;

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [LibraryFact]
    public void A_package_made_of_real_data_estimates_its_quality_on_a_device_and_the_bands_hold_what_was_true()
    {
        if (Material("occupancy") is not string material)
        {
            told.WriteLine("skipped: no material; set EDGE_MATERIAL to its folder");
            return;
        }

        string model = _cli["occupancy.onnx"];
        File.WriteAllBytes(model, OccupancyNetwork.Train(Path.Combine(material, "datatraining.txt")));
        New(model, material, "package", known: true);
        New(model, material, "other", known: false);

        ModelPackage package = PackageArchive.ReadUnverified(File.ReadAllBytes(_cli["package/occupancy.edgepkg"])).AsModel();
        Assert.NotNull(package.Manifest.Monitoring!.Labels);
        Assert.NotNull(package.Profile!.Quality!.Calibration);
        Assert.Equal("error", package.Profile.Quality.Loss!.Kind);
        Assert.Equivalent(package.Profile.Quality.Measured, Again("package").Quality!.Measured);
        IReadOnlyList<WindowMessage> windows = Serve(package, _cli["other/recording.csv"]);

        foreach (string metric in (string[])["accuracy", "error"])
        {
            QualityEstimate[] estimates = [.. windows.Select(window => window.Estimates!.Single(estimate => estimate.Metric == metric))];
            int inside = estimates.Count(estimate => estimate.Low <= estimate.Labelled!.Actual && estimate.Labelled.Actual <= estimate.High);
            told.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{metric}: {inside} of {estimates.Length} bands hold, mean error {estimates.Average(estimate => Math.Abs(estimate.Labelled!.Error)):0.0000}, mean width {estimates.Average(estimate => estimate.High - estimate.Low):0.000}"));
            Assert.True(inside >= 0.9 * estimates.Length, $"{metric}: {inside} of {estimates.Length} bands hold what was true");
        }
    }

    // By hand: the recording's windows with the model's answers, and a reference of them.
    private ReferenceProfile Again(string output)
    {
        string manifest = _cli[$"{output}/package/manifest.json"];
        Outcome features = _cli.Run("features", manifest, _cli[$"{output}/recording.csv"], "--answers", "--output", _cli["features.csv"]);
        Assert.True(features.Code == 0, features.Errors);
        Outcome reference = _cli.Run("reference", manifest, _cli["features.csv"], "--output", _cli["reference.json"]);
        Assert.True(reference.Code == 0, reference.Errors);
        Mistakes mistakes = new();
        return ReferenceReader.Read(
            File.ReadAllBytes(_cli["reference.json"]), ManifestReader.ReadModel(File.ReadAllBytes(manifest), mistakes, form: ManifestForm.Source)!, mistakes)!;
    }

    private void New(string model, string material, string output, bool known)
    {
        // Stretches of a few hours alternate, so that both halves hold nights and working hours.
        string[] lines = File.ReadAllLines(Path.Combine(material, "datatest.txt"));
        string data = _cli.Write($"{output}.csv", string.Join('\n', lines.Where((_, line) => line == 0 || line / 333 % 2 == 0 == known)) + "\n");
        Outcome made = _cli.Run(
            "new", model, "--data", data, "--channels", "Temperature,Humidity,Light,CO2,HumidityRatio", "--truth", "Occupancy", "--labels",
            "empty,occupied", "--output", _cli[output]);
        Assert.True(made.Code == 0, made.Errors);
    }

    // As a device does: every answer is recorded, and its label comes within the same window.
    private static List<WindowMessage> Serve(ModelPackage package, string recording)
    {
        ModelManifest manifest = package.Manifest;
        AnswerWatch watch = AnswerWatch.For(manifest, package.Profile!, manifest.Pipeline.ValueNames())!;
        AnswerCounts counts = AnswerCounts.For(manifest, package.Profile!)!;
        LabelJoin join = new(watch, package.Profile!);
        EstimateReport report = new(manifest, package.Profile!);
        LossReport loss = LossReport.For(package.Profile!)!;
        BootId boot = new(7);
        string[] truths = [.. File.ReadLines(recording).Skip(1).Select(line => line.Split(',')[^1])];
        SampleRun run = SampleRun.Of(
            manifest, package.Find("model.onnx")!.Value, new RecordingFiles([recording], 0, []), OnnxEnvironment.Open(null), truths.Length, TimeProvider.System);
        OutputDecoder decoder = new(manifest.Output, 2);
        WindowCounters window = new(manifest, package.Profile!);
        List<WindowMessage> windows = [];
        for (int i = 0; i < run.Answers.Count; i++)
        {
            SampleAnswer answer = run.Answers[i];
            Decoded decoded = decoder.Decode(answer.Input, answer.Output);
            window.Record(decoded, answer.Values, default, (long)answer.UnixMs);
            watch.Record(i + 1, decoded, answer.Values, (long)answer.UnixMs, counts);
            join.Take(new AnswerId(boot, manifest.Name, i + 1), new TrueLabel { Id = "", Label = truths[answer.Row] }, boot, (long)answer.UnixMs);
            if ((i + 1) % Window == 0)
            {
                WindowMessage message = window.ToMessage(package.Id, boot, windows.Count + 1, 0, true) with
                {
                    Quality = join.TakeQuality(), Expected = AnswerCounts.ToTally(counts.Expected!),
                };
                message = message with { Loss = loss.Of(message.Features, message.Samples) };
                windows.Add(message with { Estimates = report.Of(message) });
                counts.Clear();
                window.Clear();
            }
        }

        return windows;
    }

    private static string? Material(string folder)
    {
        string root = Environment.GetEnvironmentVariable("EDGE_MATERIAL") is { Length: > 0 } set ? set : Path.Combine(LibraryFactAttribute.Repository(), "..", "shared", "material");
        string path = Path.Combine(root, folder);
        return Directory.Exists(path) ? path : null;
    }
}
