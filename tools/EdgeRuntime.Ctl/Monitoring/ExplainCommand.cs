using System.Globalization;
using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Ctl.Packages;
using EdgeRuntime.Ctl.Training;
using EdgeRuntime.Engine.Features;
using EdgeRuntime.Engine.Inference;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Monitoring;
using EdgeRuntime.Engine.Sampling;
using EdgeRuntime.Onnx;
using EdgeRuntime.Statistics.Attribution;

namespace EdgeRuntime.Ctl.Monitoring;

/// <summary>The verb <c>explain</c>: what a device answers to the command of that name, of a recording.</summary>
internal static class ExplainCommand
{
    public const string Usage = """
        usage: edgectl explain PACKAGE RECORDING [--row N | --sample N] [--method NAME] [--most N] [--seed N] [--json]
                               [--rate HZ] [--columns LIST] [--map LIST] [--library FILE]

        Says what each feature, channel or region of a picture added to one answer of a package's model: Shapley values, or
        what is lost when it is left out, against the baseline that the manifest names or the medians of the reference. The
        model is only asked, again and again; it may be quantized.
          PACKAGE      a package, or the directory that one is packed from
          RECORDING    CSV, .npy or .wav; for a package that reads pictures, a folder of PNG and JPEG files; or a .clip
                       file that 'edgectl capture' fetched
          --row        row of the sample's newest frame, from 1; the first sample at or after it (default: the last sample)
          --sample     of a clip: number of the answer, as in its prediction (default: the one that set the clip off)
          --method     exact, shapley, occlusion, or auto: the best that the inferences allow (default: the manifest's)
          --most       most inferences (default: the manifest's)
          --seed       of the orders that are drawn (default: 1)
          --json       prints one JSON object, as a device sends it
          --rate, --columns, --map   as of 'edgectl features'
          --library    the ONNX Runtime library (default: found by itself)
        """;

    public const string Example = "edgectl explain vitals-2.edgepkg busy.csv --row 1200";

    private const int BarWidth = 24;
    private const int LongestClip = 1 << 30;

    public static int Run(IReadOnlyList<string> words, Surroundings around)
    {
        Words read = Words.Parse(words, ["--row", "--sample", "--method", "--most", "--seed", "--library", .. RecordingWords.Options], ["--json"]);
        IReadOnlyList<string> files = read.RequiredFiles("PACKAGE", "RECORDING");
        RecordingFiles recording = RecordingWords.Of(read, [files[1]]);
        long row = (long)read.Whole("--row", 0);
        int most = (int)Math.Min(read.Whole("--most", int.MaxValue), int.MaxValue);
        int seed = (int)Math.Min(read.Whole("--seed", 1), int.MaxValue);
        if (read.Text("--method") is { } method && method is not ("auto" or "exact" or "shapley" or "occlusion"))
        {
            read.Mistakes.Add($"--method {method}: is none of auto, exact, shapley, occlusion");
        }

        long sample = (long)read.Whole("--sample", 0);
        bool isClip = files[1].EndsWith(ClipFiles.Ending, StringComparison.Ordinal);
        if (read.Has("--sample") && !isClip)
        {
            read.Mistakes.Add($"--sample {sample}: is of a clip ({ClipFiles.Ending}); a row of a recording is named by --row");
        }

        read.Check();
        ModelPackage package = Read(files[0]);
        try
        {
            Source source = isClip ? OfClip(package, files[1], sample) : OfRecording(package, recording, row);
            ExplanationReport report = Explain(package, source, read.Text("--method"), most, seed, OnnxEnvironment.Open(read.Text("--library")));
            if (read.Has("--json"))
            {
                around.Output.WriteLine(JsonSerializer.Serialize(report, WireJson.Default.ExplanationReport));
            }
            else
            {
                Print(report, around);
            }

            return ExitCode.Done;
        }
        catch (ModelLoadException refused)
        {
            throw new CommandException(ExitCode.Data, refused.Message);
        }
        catch (ModelBindingException unfit)
        {
            throw new CommandException(ExitCode.Data, unfit.Mistakes);
        }
    }

    private static ModelPackage Read(string path)
    {
        try
        {
            byte[] archive = Directory.Exists(path) ? PackageDirectory.Read(path).Pack(null) : Files.Read(path, new PackageLimits().Bytes);
            return PackageArchive.ReadUnverified(archive).AsModel();
        }
        catch (PackageRejectedException refused)
        {
            throw new CommandException(ExitCode.Data, [.. refused.Lines.Select(line => $"{path}: {line}")]);
        }
    }

    private static Source OfRecording(ModelPackage package, RecordingFiles recording, long row)
    {
        ModelManifest manifest = package.Manifest;
        SteppedTime time = new();
        using FrameSource source = RecordedFrames.Open(manifest, recording, 0, time);
        if (!PipelineBinding.TryBind(manifest, recording.SiteOf(manifest, source), out IPipeline? pipeline, out IReadOnlyList<string> mistakes))
        {
            throw new CommandException(ExitCode.Data, [.. mistakes.Select(mistake => $"{recording.Name}: {mistake}")]);
        }

        return new Source(Find(package, source, time, pipeline, row), (pipeline as ImagePipeline)?.Mapping, null);
    }

    private static Source OfClip(ModelPackage package, string path, long n)
    {
        CapturedClip clip;
        try
        {
            clip = ClipCodec.Read(Files.Read(path, LongestClip));
        }
        catch (FormatException wrong)
        {
            throw new CommandException(ExitCode.Data, $"{path}: {wrong.Message}");
        }

        if (clip.Digest != package.Id)
        {
            throw new CommandException(ExitCode.Data, $"{path}: was answered by another package, {Table.Plain(clip.Model)} {Table.Plain(clip.Version)}, {clip.Digest}");
        }

        ExplainedSample sample = ClipSample.Find(clip, package.Manifest, n, out string objection) ?? throw new CommandException(ExitCode.Data, $"{path}: {objection}");
        ImageMapping? mapping = PipelineBinding.TryBind(package.Manifest, ClipSample.SiteOf(clip), out IPipeline? pipeline, out _)
            ? (pipeline as ImagePipeline)?.Mapping
            : null;
        return new Source(sample, mapping, clip);
    }

    private static ExplanationReport Explain(
        ModelPackage package, Source source, string? method, int most, int seed, OnnxEnvironment environment)
    {
        ModelManifest manifest = package.Manifest;
        using ModelCall call = ModelCall.Load(
            SpecOf(manifest), InputSlice.LayoutOf(manifest),
            (file, options) => environment.Load(PackageModel.Read(package, file), options), new RunnerOptions());
        ModelExplainer explainer = new(manifest, package.Profile, call, source.Mapping);
        if (explainer.Plan(most, method) is not AttributionPlan plan)
        {
            throw new CommandException(
                ExitCode.Usage, $"{explainer.Groups.Count} groups need at least {explainer.Least(method)} inferences: raise --most, or most_inferences in monitoring.explain");
        }

        ExplanationReport report = explainer.Explain(source.Sample, plan, seed, out string objection) ?? throw new CommandException(ExitCode.Data, objection);
        return source.Clip is CapturedClip clip && ClipSample.Contradiction(clip, report) is string wrong
            ? throw new CommandException(ExitCode.Data, wrong)
            : report;
    }

    // The last sample needs the whole recording: what a feature remembers of earlier samples is part of it.
    private static ExplainedSample Find(ModelPackage package, FrameSource source, SteppedTime time, IPipeline pipeline, long row)
    {
        Frame frame = source.NewFrame();
        float[]? input = null;
        double[] values = [];
        long unixMs = 0;
        long n = 0;
        for (long at = 1; RecordedFrames.TryNext(source, time, frame); at++)
        {
            if (!pipeline.Push(frame) || pipeline.MustDrop)
            {
                continue;
            }

            n++;
            if (row > 0 && at < row)
            {
                continue;
            }

            (input, values, unixMs) = (pipeline.Input.ToArray(), pipeline.Values.ToArray(), frame.Time.UnixMs);
            if (row > 0)
            {
                break;
            }
        }

        return input is null
            ? throw new CommandException(ExitCode.Data, row > 0 ? $"there is no sample at or after row {row}" : "the recording is too short for a single sample of this model")
            : new ExplainedSample(package.Id, n, unixMs, input, values);
    }

    private static ModelSpec SpecOf(ModelManifest manifest) => manifest.Model.Variants is [VariantSpec first, ..]
        ? manifest.Model with { File = first.File, Variants = null }
        : manifest.Model;

    private static void Print(ExplanationReport report, Surroundings around)
    {
        string what = report.Label is null ? report.Quantity : $"{report.Quantity} of '{Table.Plain(report.Label)}'";
        around.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Model} {report.Version}, sample {report.N}: {what} is {report.Whole:G4}, and {report.Nothing:G4} with everything at its baseline"));
        double most = report.Groups.Max(group => Math.Abs(group.Attribution));
        Table table = new("of", "value", "baseline", "adds", "+-", "");
        foreach (AttributedGroup group in report.Groups)
        {
            int length = most > 0 ? (int)Math.Round(BarWidth * Math.Abs(group.Attribution) / most) : 0;
            table.Add(
                group.Name, Number(group.Value), Number(group.Baseline), Number(group.Attribution), Number(group.StandardError),
                new Cell(new string('#', length), group.Attribution < 0 ? around.Red : around.Green));
        }

        table.Print(around);
        around.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Method}, {report.Inferences} inferences; the sum misses the difference by {report.CompletenessError:G3}"));
    }

    // What is explained: a sample, where a picture lies in the input, and the clip that it comes from.
    private sealed record Source(ExplainedSample Sample, ImageMapping? Mapping, CapturedClip? Clip);

    private static string Number(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "";
}
