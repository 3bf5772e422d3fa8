using System.Globalization;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Sensors.Replay;

namespace EdgeRuntime.Ctl.Training;

/// <summary>The verb <c>features</c>: what a package's pipeline makes of recordings. Training reads nothing else.</summary>
internal static class FeaturesCommand
{
    public const string Usage = """
        usage: edgectl features MANIFEST RECORDING... --output FILE [--scaled] [--answers] [--together] [--rate HZ]
                              [--columns LIST] [--map LIST]
               edgectl features MANIFEST RECORDING... --check [--together] [--rate HZ] [--columns LIST] [--map LIST]

        Runs the feature pipeline of a package's manifest over recordings, as a device would, and writes one row a window.
          MANIFEST     manifest.json of a package or of its source
          RECORDING    CSV, .npy or .wav; for a package that reads pictures, a folder of PNG and JPEG files
          --scaled     writes the elements of the model's input instead of the features before scaling
          --answers    runs the model beside the manifest too, and adds what it says: the columns prediction and, of labels,
                       score, the probability of the positive one; 'edgectl reference' then says how right it is
          --check      writes nothing: sends each recording live through a device's sample path on a simulated clock,
                       replays it as fast as it is read, computes it offline, and says whether all input tensors are
                       the same to the bit, with their hash
          --together   the recordings are one, of several sensors that were read at the same time, and are brought to the
                       package's rate by their times of day, those without one beginning together
          --rate       rows per second of recordings that do not tell
          --map        the package's channels that the recordings call otherwise: temperature=Temperature,co2=CO2
          --columns    names of the channels of .npy and .wav files, each with its unit: x[m/s2],y[m/s2]
        Columns: recording, row (of the window's newest frame, from 1), the features, label (that of all the window's
        frames; empty when they differ). Each recording begins with a fresh pipeline.
        """;

    public const string Example = "edgectl features tools/train/packages/vitals-2/manifest.json idle.csv --output features.csv";

    private const int LargestManifest = 1024 * 1024;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--output", .. RecordingWords.Options], ["--scaled", "--answers", "--check", "--together"]);
        bool checks = read.Has("--check");
        string file = checks ? "" : read.Required("--output");
        if (read.Files.Count < 2)
        {
            read.Mistakes.Add("give a manifest and at least one recording");
        }

        if (read.Has("--answers") && (checks || read.Has("--scaled")))
        {
            read.Mistakes.Add("--answers goes with features before scaling alone, not with --scaled or --check");
        }

        bool together = read.Has("--together");
        RecordingFiles all = RecordingWords.Of(read, [.. read.Files.Skip(1)], together);
        read.Check();
        List<RecordingFiles> recordings = together ? [all] : [.. all.Paths.Select(file => all with { Paths = [file] })];
        Mistakes mistakes = new();
        byte[] utf8 = Files.Read(read.Files[0], LargestManifest);
        if (ManifestReader.ReadModel(utf8, mistakes, read.Files[0], ManifestForm.Source) is not { } manifest)
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Lines()]);
        }

        if (checks)
        {
            return Check(manifest, recordings, around);
        }

        using RecordedAnswers? answers = read.Has("--answers") ? RecordedAnswers.Open(read.Files[0], manifest) : null;
        try
        {
            using StreamWriter rows = new(file);
            IEnumerable<string> names = read.Has("--scaled") ? InputNames(manifest) : manifest.Pipeline.ValueNames();
            rows.Write($"recording,row,{string.Join(',', names)},label{answers?.Heads}\n");
            foreach (RecordingFiles recording in recordings)
            {
                Replay(manifest, recording, read.Has("--scaled"), answers, rows);
            }

            return ExitCode.Done;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{file}: cannot be written: {e.Message}");
        }
    }

    private static int Check(ModelManifest manifest, IEnumerable<RecordingFiles> recordings, Surroundings around)
    {
        List<string> differences = [];
        foreach (RecordingFiles recording in recordings)
        {
            ParityCheck.Outcome outcome = new ParityCheck(manifest, recording).Run();
            if (outcome.Difference is not null)
            {
                differences.Add($"{recording.Name}: {outcome.Difference}");
                continue;
            }

            around.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{recording.Name}: {outcome.Samples} samples of {manifest.Pipeline.InputLength()} elements, live = replayed = offline, sha256 {outcome.Sha256}"));
        }

        return differences.Count == 0 ? ExitCode.Done : throw new CommandException(ExitCode.Data, differences);
    }

    private static void Replay(ModelManifest manifest, RecordingFiles recording, bool scaled, RecordedAnswers? answers, StreamWriter rows)
    {
        SteppedTime time = new();
        using FrameSource source = RecordedFrames.Open(manifest, recording, 0, time);
        if (!PipelineBinding.TryBind(manifest, recording.SiteOf(manifest, source), out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Select(mistake => $"{recording.Name}: {mistake}")]);
        }

        answers?.Begin();
        WriteRows(source, time, pipeline, manifest.Pipeline.WindowFrames, scaled, answers, string.Join('+', recording.Paths.Select(Path.GetFileName)), rows);
    }

    private static void WriteRows(
        FrameSource source, SteppedTime time, IPipeline pipeline, int windowFrames, bool scaled, RecordedAnswers? answers, string recording,
        StreamWriter rows)
    {
        ReplaySensor? sensor = source.Sensor as ReplaySensor;
        Frame frame = source.NewFrame();
        LabelRun label = new(windowFrames);
        for (long row = 1; RecordedFrames.TryNext(source, time, frame); row++)
        {
            label.Take(sensor?.Label ?? "");
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

            rows.Write($",{label.OfWindow}{answers?.Of(pipeline)}\n");
        }
    }

    // In the order of the input: tensor after tensor, in the order in which the features first name them.
    private static IEnumerable<string> InputNames(ModelManifest manifest) => manifest.Pipeline.Image is not null
        ? Enumerable.Range(0, manifest.Pipeline.InputLength()).Select(i => $"{manifest.Model.Input}.{i}")
        : manifest.Pipeline.Features.GroupBy(feature => feature.Input ?? manifest.Model.Input)
            .SelectMany(tensor => manifest.Pipeline.RawLayout == "frames_first" && tensor.First().Statistic == "raw"
                ? Enumerable.Range(0, manifest.Pipeline.WindowFrames).SelectMany(i => tensor.Select(feature => $"{feature.Name}.{i}"))
                : tensor.SelectMany(feature => ElementNames(manifest, feature)));

    private static IEnumerable<string> ElementNames(ModelManifest manifest, FeatureSpec feature) =>
        feature.Elements(manifest.Pipeline) is int count && (count > 1 || feature.Statistic == "raw")
            ? Enumerable.Range(0, count).Select(i => $"{feature.Name}.{i}")
            : [feature.Name];
}
