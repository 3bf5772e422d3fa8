using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Ctl.Training;

/// <summary>The verb <c>features</c>: what a package's pipeline makes of recordings. Training reads nothing else.</summary>
internal static class FeaturesCommand
{
    public const string Usage = """
        usage: edgectl features MANIFEST RECORDING... --output FILE [--scaled] [--rate HZ]

        Runs the feature pipeline of a package's manifest over recordings, as a device would, and writes one row a window.
          MANIFEST     manifest.json of a package or of its source
          --scaled     writes the elements of the model's input instead of the features before scaling
          RECORDING    CSV, .npy or .wav
          --rate       rows per second of recordings that do not tell
        Columns: recording, row (of the window's newest frame, from 1), the features, label (that of all the window's
        frames; empty when they differ). Each recording begins with a fresh pipeline.
        """;

    public const string Example = "edgectl features tools/train/packages/vitals-2/manifest.json idle.csv --output features.csv";

    private const int LargestManifest = 1024 * 1024;
    private const int MostValues = 64 * 1024 * 1024;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--output", "--rate"], ["--scaled"]);
        string file = read.Required("--output");
        double rate = read.Number("--rate", 0.0);
        if (read.Files.Count < 2)
        {
            read.Mistakes.Add("give a manifest and at least one recording");
        }

        read.Check();
        Mistakes mistakes = new();
        byte[] utf8 = Files.Read(read.Files[0], LargestManifest);
        if (ManifestReader.Read(utf8, mistakes, read.Files[0], ManifestForm.Source) is not { } manifest)
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
        }

        try
        {
            using StreamWriter rows = new(file);
            IEnumerable<string> names = read.Has("--scaled") ? InputNames(manifest) : manifest.Pipeline.ValueNames();
            rows.Write($"recording,row,{string.Join(',', names)},label\n");
            foreach (string recording in read.Files.Skip(1))
            {
                Replay(manifest, recording, rate, read.Has("--scaled"), around.Time, rows);
            }

            return ExitCode.Done;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{file}: cannot be written: {e.Message}");
        }
    }

    private static void Replay(
        PackageManifest manifest, string recording, double rate, bool scaled, TimeProvider time, StreamWriter rows)
    {
        ReplayOptions options = new() { Path = recording, Speed = 0, RateHz = rate, MaxValues = MostValues };
        if (options.Validate() is { Count: > 0 } wrong)
        {
            throw new CommandException(ExitCode.NoInput, wrong);
        }

        try
        {
            using ReplaySensor sensor = new(time, options);
            if (!PipelineBinding.TryBind(
                manifest, sensor.Channels, sensor.RateHz, null, out FeaturePipeline? pipeline, out IReadOnlyList<string> mistakes))
            {
                throw new CommandException(ExitCode.Data, [.. mistakes.Select(mistake => $"{recording}: {mistake}")]);
            }

            WriteRows(sensor, pipeline, manifest.Pipeline.WindowFrames, scaled, Path.GetFileName(recording), rows);
        }
        catch (RecordingException refused)
        {
            throw new CommandException(ExitCode.Data, [.. refused.Mistakes.Select(mistake => $"{recording}: {mistake}")]);
        }
    }

    private static void WriteRows(
        ReplaySensor sensor, FeaturePipeline pipeline, int windowFrames, bool scaled, string recording, StreamWriter rows)
    {
        double[] frame = new double[sensor.Channels.Count];
        string label = "";
        long alike = 0;
        for (long row = 1; sensor.TryRead(frame, out _); row++)
        {
            alike = sensor.Label == label ? alike + 1 : 1;
            label = sensor.Label;
            if (!pipeline.Push(frame))
            {
                continue;
            }

            rows.Write(string.Create(CultureInfo.InvariantCulture, $"{recording},{row}"));
            if (scaled)
            {
                foreach (float element in pipeline.Input)
                {
                    rows.Write(string.Create(CultureInfo.InvariantCulture, $",{element:R}"));
                }
            }
            else
            {
                foreach (double value in pipeline.Values)
                {
                    rows.Write(double.IsNaN(value) ? "," : string.Create(CultureInfo.InvariantCulture, $",{value:R}"));
                }
            }

            rows.Write($",{(alike >= windowFrames ? label : "")}\n");
        }
    }

    private static IEnumerable<string> InputNames(PackageManifest manifest) =>
        manifest.Pipeline.Features.SelectMany(feature => feature.Statistic == "raw"
            ? Enumerable.Range(0, manifest.Pipeline.WindowFrames).Select(i => $"{feature.Name}.{i}")
            : [feature.Name]);
}
