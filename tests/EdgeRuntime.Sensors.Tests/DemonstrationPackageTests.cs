using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;
using EdgeRuntime.Sensors.Simulated;
using EdgeRuntime.Sensors.Vitals;

namespace EdgeRuntime.Sensors.Tests;

/// <summary>The committed packages and recordings of tools/train, against the sensors that are to feed them.</summary>
public sealed class DemonstrationPackageTests
{
    private static readonly string Train = Path.Combine(RepositoryRoot(), "tools", "train");

    public static TheoryData<string> Packages() =>
        new(Directory.EnumerateDirectories(Path.Combine(Train, "packages")).Select(path => Path.GetFileName(path)).Order());

    public static TheoryData<string> Recordings() =>
        new(Directory.EnumerateFiles(Path.Combine(Train, "recordings"), "*.csv").Select(path => Path.GetFileName(path)).Order());

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_binds_to_the_sensor_it_is_made_for(string package)
    {
        ModelManifest manifest = Manifest(package);
        bool vitals = manifest.Name == "vitals";
        IReadOnlyList<Channel> channels = vitals ? VitalsSensor.EveryChannel : SimulatedSensor.EveryChannel;
        double rate = vitals ? new VitalsOptions().RateHz : new SimulatedOptions().RateHz;

        bool bound = PipelineBinding.TryBind(manifest, channels, rate, null, out _, out IReadOnlyList<string> mistakes);

        Assert.True(bound, string.Join('\n', mistakes));
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_recording_feeds_every_vitals_package_with_features_and_labels(string recording)
    {
        foreach (string package in (string[])["vitals-1", "vitals-2", "vitals-3"])
        {
            using ReplaySensor sensor = new(
                new FakeClock(), new ReplayOptions { Path = Path.Combine(Train, "recordings", recording), Speed = 0 });
            ModelManifest manifest = Manifest(package);
            Assert.True(
                PipelineBinding.TryBind(manifest, sensor.Channels, sensor.RateHz, null, out FeaturePipeline? pipeline, out IReadOnlyList<string> mistakes),
                string.Join('\n', mistakes));

            double[] frame = new double[sensor.Channels.Count];
            HashSet<string> labels = [];
            int windows = 0;
            while (sensor.TryRead(frame, out _))
            {
                labels.Add(sensor.Label);
                windows += pipeline.Push(frame) ? 1 : 0;
            }

            Assert.Superset(manifest.Output.Labels.ToHashSet(), labels);
            Assert.True(windows > 100, $"{windows} windows");
        }
    }

    private static ModelManifest Manifest(string package)
    {
        Mistakes mistakes = new();
        byte[] utf8 = File.ReadAllBytes(Path.Combine(Train, "packages", package, "manifest.json"));
        ModelManifest? manifest = ManifestReader.ReadModel(utf8, mistakes, package, ManifestForm.Source);
        Assert.True(manifest is not null, string.Join('\n', mistakes.Lines()));
        return manifest;
    }

    private static string RepositoryRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "EdgeRuntime.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
