using System.Globalization;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Training;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>Makes the draft of a package of a model and data.</summary>
internal static class DraftBuilder
{
    private const int MostSamples = 50_000;
    private const int TriedSamples = 2_000;
    private const double PictureRateHz = 2;

    // Below this a scaling is not better, only luckier.
    private const double WorthIt = 0.01;

    /// <summary>Finds everything out.</summary>
    /// <exception cref="CommandException">Something cannot be found out; all mistakes are listed, with what resolves them.</exception>
    public static Draft Build(
        ModelContract contract, NewOptions options, ProjectDirectory project, OnnxEnvironment environment, Guesses guesses, TimeProvider clock)
    {
        PicturePlan? pictures = contract.Inputs.Count == 1 ? PicturePlan.Of(contract.Inputs[0]) : null;
        DataTable? table = options.Data is null || Directory.Exists(options.Data) ? null : ReadTable(options.Data, pictures is not null);
        if (pictures is not null && (table is null || PictureSource.Fits(pictures, table)))
        {
            return OfPictures(contract, pictures, table, options, project, environment, guesses, clock);
        }

        if (table is null)
        {
            throw new CommandException(ExitCode.Usage, options.Data is null
                ? $"--data is missing: the model takes {string.Join(", ", contract.Inputs.Select(ModelContract.Spell))}, and data must show what that is"
                : $"{options.Data}: is a folder, and the model takes {string.Join(", ", contract.Inputs.Select(ModelContract.Spell))}, which is no picture; "
                    + "give a CSV file, or say the sizes it leaves open with --shape NAME=1x3x96x96");
        }

        return OfTable(contract, table, options, project, environment, guesses, clock);
    }

    private static Draft OfTable(
        ModelContract contract, DataTable table, NewOptions options, ProjectDirectory project, OnnxEnvironment environment, Guesses guesses,
        TimeProvider clock)
    {
        List<string> mistakes = [];
        ScalarPlan plan = ScalarPlan.Make(contract, table, options, guesses, mistakes)
            ?? throw new CommandException(ExitCode.Data, [.. mistakes.Select(mistake => $"{options.Model}: {mistake}")]);
        Recording recording = Recording.Of(table, plan.Roles, options, guesses);
        Truth? truth = Truth.Of(plan.Roles.Truth);
        RecordingFiles files = project.Stage(recording.ToCsv([]), recording.HasTimes ? 0 : recording.RateHz);
        ModelManifest Manifest((double, double)[] scaling) => Base(contract, options, project) with
        {
            Channels = [.. plan.Roles.Channels.Select(column => new ManifestChannel(column.Name, Recording.UnitOf(column)))],
            Pipeline = new PipelineSpec
            {
                RateHz = recording.RateHz,
                WindowFrames = plan.WindowFrames,
                HopFrames = plan.HopFrames,
                RawLayout = plan.FramesFirst ? "frames_first" : null,
                Features = plan.Features(scaling, contract.Inputs[0].Name),
            },
        };
        (string What, ModelManifest Manifest)[] ways =
        [
            .. Scaling.Ways(plan.Roles.Channels, options.Scaling).Select(way => (way.What, Manifest(way.Scaling))),
        ];
        (ModelManifest draft, SampleRun run) = Best(
            ways, contract, truth, files, options, environment, guesses, clock, "/pipeline/features/*/center and scale; or --scaling",
            options.Scaling is not null);
        AnswerMeaning meaning = AnswerMeaning.Of(contract, run, truth, options, guesses);
        string times = plan.Roles.Time is { } time ? $", times in '{time.Header}'" : "";
        return Finished(contract, draft, run, meaning, truth, guesses) with
        {
            Data = $"{table.Path}: {table.Rows} rows, {plan.Roles.Channels.Count} columns for the model{times}"
                + $"{(plan.Roles.Truth is { } column ? $", the truth in '{column.Header}'" : "")}",
            Recording = files,
            Table = recording,
        };
    }

    private static Draft OfPictures(
        ModelContract contract, PicturePlan plan, DataTable? table, NewOptions options, ProjectDirectory project, OnnxEnvironment environment,
        Guesses guesses, TimeProvider clock)
    {
        List<string> mistakes = [];
        PictureSource source = PictureSource.Of(plan, options.Data, table, project.PictureFolder, guesses, mistakes)
            ?? throw new CommandException(ExitCode.Data, mistakes);
        double rate = options.RateHz > 0 ? options.RateHz : PictureRateHz;
        if (options.RateHz <= 0)
        {
            guesses.Add($"there are {rate} pictures a second", "a folder does not tell", "/pipeline/rate_hz, and in the sensor of edge.json; or --rate HZ");
        }

        RecordingFiles files = project.Stage(source, rate);
        Truth? truth = Truth.Of(source.Truths);
        (string What, ModelManifest Manifest)[] ways =
        [
            .. plan.Normalizations().Select(way => (way.What, Base(contract, options, project) with
            {
                Channels = [],
                Pipeline = new PipelineSpec { RateHz = rate, WindowFrames = 1, HopFrames = 1, Image = way.Image, Features = [] },
            })),
        ];
        (ModelManifest draft, SampleRun run) = Best(ways, contract, truth, files, options, environment, guesses, clock, "/pipeline/image", told: false);
        AnswerMeaning meaning = AnswerMeaning.Of(contract, run, truth, options, guesses);
        return Finished(contract, draft, run, meaning, truth, guesses) with
        {
            Data = $"{(options.Data ?? "made up")}: pictures for {plan.Width}x{plan.Height}, {(plan.Colours == 1 ? "gray" : "in colours")}",
            Recording = files,
            Pictures = source,
        };
    }

    // The first way unless the truth says that another is better; of a table also where its answers are all alike and those
    // of another are not. Few pictures may well all show the same.
    private static (ModelManifest Manifest, SampleRun Run) Best(
        (string What, ModelManifest Manifest)[] ways, ModelContract contract, Truth? truth, RecordingFiles files, NewOptions options,
        OnnxEnvironment environment, Guesses guesses, TimeProvider clock, string where, bool told)
    {
        bool ofTable = ways[0].Manifest.Pipeline.Image is null;
        int best = 0;
        string because = "nothing says otherwise";
        if (ways.Length > 1)
        {
            Tried[] tried = [.. ways.Select(way => Tried.Of(
                way.What, SampleRun.Of(way.Manifest, contract.Bytes, files, environment, TriedSamples, clock), contract, truth, options))];
            for (int i = 1; i < ways.Length; i++)
            {
                if (tried[i].Fit is double fit && fit > tried[best].Fit + WorthIt)
                {
                    best = i;
                }
                else if (truth is null && ofTable && tried[best].Different == 1 && tried[i].Different > 1)
                {
                    best = i;
                    because = $"with {ways[0].What} every answer is the same";
                }
            }

            if (tried[best].Fit is not null)
            {
                because = $"so the answers agree best with the truth ({string.Join("; ", tried.Select(way => way.ToString()))})";
            }
        }

        if (!told)
        {
            guesses.Add($"the model takes {ways[best].What}", because, where);
        }

        return (ways[best].Manifest, SampleRun.Of(ways[best].Manifest, contract.Bytes, files, environment, MostSamples, clock));
    }

    private static Draft Finished(
        ModelContract contract, ModelManifest manifest, SampleRun run, AnswerMeaning meaning, Truth? truth, Guesses guesses)
    {
        double p99 = Math.Max(5, Math.Ceiling(20 * run.P99Ms));
        guesses.Add($"a device may take {p99.ToString(CultureInfo.InvariantCulture)} ms for an answer", "that is twenty times what it takes here, and at least 5 ms", "/soak/max_p99_ms");
        if (truth is not null)
        {
            guesses.AddElsewhere(
                "while no labels come the model is taken to be as right as on these data, as far as its scores and inputs tell",
                "nothing else says how right it is", "reference.json: /quality; give data that the model was not trained on");
        }

        double rate = manifest.Pipeline.RateHz / manifest.Pipeline.HopFrames;
        return new Draft
        {
            Manifest = manifest with
            {
                Output = meaning.Output,
                Decision = meaning.Decision,
                Soak = new SoakSpec { Samples = (int)Math.Clamp(rate * 60, 10, 200), MaxErrorShare = 0.01, MaxP99Ms = p99 },
                Monitoring = new MonitoringSpec
                {
                    Online = Online(manifest.Pipeline.ValueNames().Count, rate),
                    Labels = truth is null ? null : new LabelsSpec(),
                },
            },
            Model = contract.Bytes,
            Run = run,
            Meaning = meaning,
            Truth = truth,
            Data = "",
            Recording = new RecordingFiles([], 0, []),
            IsQuantized = contract.IsQuantized,
        };
    }

    // One false alarm of the whole model in a month, as far as a reference of ordinary length can vouch for that.
    private static OnlineSpec? Online(int features, double rate) => features == 0
        ? null
        : new OnlineSpec
        {
            Detector = "page_hinkley",
            ExpectedRunSamples = (long)Math.Clamp(rate * 30 * 86_400 * features, 10_000, 1_000_000),
        };

    // What does not depend on the data; the output is settled once the answers are known.
    private static ModelManifest Base(ModelContract contract, NewOptions options, ProjectDirectory project) => new()
    {
        Schema = ModelManifest.NewestSchema,
        Name = options.Name,
        Version = project.Version,
        ReleaseCounter = project.ReleaseCounter,
        Description = $"{Path.GetFileName(options.Model)}, as edgectl new understood it",
        Channels = [],
        Pipeline = new PipelineSpec { RateHz = 1, WindowFrames = 1, HopFrames = 1, Features = [] },
        Model = new ModelSpec
        {
            File = ProjectDirectory.ModelFile,
            Input = contract.Inputs[0].Name,
            Output = contract.Answer.Name,
            Shapes = options.Shapes.Count > 0 ? options.Shapes : null,
            Constants = options.Constants.Count > 0 ? options.Constants : null,
            State = options.States.Count > 0 ? options.States : null,
        },
        Output = new OutputSpec { Kind = "regression" },
        Decision = new DecisionSpec { Threshold = 0 },
        Soak = new SoakSpec { Samples = 1, MaxP99Ms = 1 },
        Files = [],
    };

    private static DataTable? ReadTable(string path, bool mayBePictures) =>
        mayBePictures && DataFile.IsArray(path) ? null : DataFile.Read(path);

    private sealed record Tried(string What, double? Score, double? Fit, int Different)
    {
        public static Tried Of(string what, SampleRun run, ModelContract contract, Truth? truth, NewOptions options)
        {
            AnswerMeaning meaning = AnswerMeaning.Of(contract, run, truth, options, new Guesses());
            int different = meaning.Classes.Count > 0
                ? run.Answers.Select(meaning.ClassOf).Distinct().Count()
                : run.Answers.Select(answer => answer.Output[0]).Distinct().Count();
            return new Tried(what, meaning.Score(run, truth), meaning.Fit(run, truth), different);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What} {Score:0.000}");
    }
}
