using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Contracts.Packages;

/// <summary>Whether a manifest is that of a finished package, or the source that one is packed from.</summary>
public enum ManifestForm
{
    /// <summary>Finished: <c>files</c> names every file with size and hash.</summary>
    Packed,

    /// <summary>Source: <c>files</c> may be absent; packing fills it in.</summary>
    Source,
}

/// <summary>Reads <c>manifest.json</c> and finds everything that is wrong with it, each thing with its line and column.</summary>
public static class ManifestReader
{
    /// <summary>File name in a package.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Most files of a package.</summary>
    public const int MaxFiles = 256;

    /// <summary>Largest file of a package.</summary>
    public const long MaxFileBytes = 64L * 1024 * 1024;

    private const int MaxChannels = 1024;
    private const int MaxFeatures = 4096;
    private const int LongestWindow = 65536;
    private const int MaxLabels = 4096;
    private const double MaxRateHz = 10_000_000;

    private static readonly string[] Kinds = ["classification", "regression", "reconstruction"];

    /// <summary>Reads a manifest.</summary>
    /// <param name="name">What mistakes call the file.</param>
    /// <returns>The manifest, or null when there are mistakes.</returns>
    public static PackageManifest? Read(
        ReadOnlySpan<byte> utf8, Mistakes mistakes, string name = FileName, ManifestForm form = ManifestForm.Packed) =>
        JsonFile.Read(utf8, name, mistakes, root => ReadRoot(root, form));

    private static PackageManifest ReadRoot(JsonObjectReader root, ManifestForm form)
    {
        IReadOnlyList<ManifestChannel> channels = root.RequiredObjects("channels", ReadChannel, 1, MaxChannels);
        NoteRepeated(root, "channels", "name", channels, channel => channel.Name);
        OutputSpec output = root.RequiredObject("output", ReadOutput);
        PackageManifest manifest = new()
        {
            Schema = ReadSchema(root),
            Name = root.RequiredString("name", PackageNames.Model),
            Version = root.RequiredString("version", PackageNames.Version),
            ReleaseCounter = root.RequiredLong("release_counter", 1, long.MaxValue),
            Description = root.RequiredString("description", text => PackageNames.Line(text, 500)),
            Channels = channels,
            Pipeline = root.RequiredObject("pipeline", pipeline => ReadPipeline(pipeline, channels)),
            Model = root.RequiredObject("model", model => ModelReader.Read(model, output)),
            Output = output,
            Decision = root.RequiredObject("decision", decision => DecisionReader.Read(decision, output)),
            Soak = root.RequiredObject("soak", ReadSoak),
            Goals = root.Map("goals", (goals, goal) => goals.RequiredDouble(goal)),
            Files = form == ManifestForm.Source && !root.Has("files")
                ? []
                : root.RequiredObjects("files", ReadFile, 1, MaxFiles),
        };

        NoteRepeated(root, "files", "path", manifest.Files, file => file.Path);
        if (manifest.Files.Count > 0 || form == ManifestForm.Packed)
        {
            RequireFiles(root, manifest);
        }

        return manifest;
    }

    private static int ReadSchema(JsonObjectReader root)
    {
        int schema = root.RequiredInt("schema", 1, int.MaxValue);
        if (schema > PackageManifest.NewestSchema)
        {
            const int Newest = PackageManifest.NewestSchema;
            root.Mistake("schema", $"{schema} is newer than the {Newest} this program reads; update the program");
        }

        return schema;
    }

    private static ManifestChannel ReadChannel(JsonObjectReader channel)
    {
        ManifestChannel read = new(
            channel.RequiredString("name", PackageNames.Signal),
            channel.RequiredString("unit", PackageNames.Unit),
            channel.Double("low"),
            channel.Double("high"))
        {
            Health = channel.Object("health", ChannelHealthSpec.Read),
        };
        if (read.Low >= read.High)
        {
            channel.Mistake("high", $"{read.High} is not above low, {read.Low}");
        }

        return read;
    }

    private static PipelineSpec ReadPipeline(JsonObjectReader pipeline, IReadOnlyList<ManifestChannel> channels)
    {
        int window = pipeline.RequiredInt("window_frames", 1, LongestWindow);
        double rate = pipeline.RequiredDouble("rate_hz", JsonObjectReader.AboveZero, MaxRateHz);
        bool windowIsRight = !pipeline.IsWrong("window_frames");
        FeatureReader features = new(rate, window, windowIsRight && !pipeline.IsWrong("rate_hz"), channels);
        PipelineSpec spec = new()
        {
            RateHz = rate,
            WindowFrames = window,
            HopFrames = pipeline.RequiredInt("hop_frames", 1, windowIsRight ? window : LongestWindow),
            Features = pipeline.RequiredObjects("features", features.Read, 1, MaxFeatures),
        };
        NoteRepeated(pipeline, "features", "name", spec.Features, feature => feature.Name);
        return spec;
    }

    private static OutputSpec ReadOutput(JsonObjectReader output)
    {
        OutputSpec spec = new()
        {
            Kind = output.RequiredChoice("kind", Kinds),
            Activation = output.Choice("activation", "softmax", ["softmax", "none"]),
            Labels = output.Strings("labels", 0, MaxLabels, label => PackageNames.Line(label, 63)),
            Unit = output.String("unit", PackageNames.Unit),
        };

        if (output.IsWrong("kind"))
        {
            // Nothing that depends on the kind can be judged.
            return spec with { Kind = "" };
        }

        bool classification = spec.Kind == "classification";
        if (classification && spec.Labels.Count < 2)
        {
            output.Mistake("labels", "a classification needs at least 2, one for each element of the output");
        }

        if (classification && spec.Labels.GroupBy(label => label).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            output.Mistake("labels", $"\"{twice.Key}\" stands here twice");
        }

        NoteMisplaced(output, "labels", classification || spec.Labels.Count == 0, "classification");
        NoteMisplaced(output, "activation", classification || spec.Activation == "softmax", "classification");
        NoteMisplaced(output, "unit", spec.Kind == "regression", "regression");
        return spec;
    }

    private static SoakSpec ReadSoak(JsonObjectReader soak) => new()
    {
        Samples = soak.RequiredInt("samples", 1, 1_000_000),
        MaxErrorShare = soak.Double("max_error_share", 0, 0, 1),
        MaxP99Ms = soak.RequiredDouble("max_p99_ms", JsonObjectReader.AboveZero, 3_600_000),
        MaxPredictionPsi = soak.Double("max_prediction_psi", JsonObjectReader.AboveZero),
    };

    private static ManifestFile ReadFile(JsonObjectReader file) => new(
        file.RequiredString("path", path => PackageNames.Path(path) ?? (path is FileName or ManifestSignature.FileName
            ? $"'{path}' is not listed; the signature covers it"
            : null)),
        file.RequiredString("sha256", PackageNames.Sha256),
        file.RequiredLong("size", 0, MaxFileBytes));

    private static void RequireFiles(JsonObjectReader root, PackageManifest manifest)
    {
        foreach (string model in manifest.Model.Files())
        {
            if (model.Length > 0 && !Holds(manifest, model))
            {
                string hint = Spelling.Hint(model, manifest.Files.Select(file => file.Path));
                root.Mistake("files", $"'{model}', the model's file, is not listed{hint}");
            }
        }

        if (!Holds(manifest, GoldenVectors.FileName))
        {
            root.Mistake("files", $"'{GoldenVectors.FileName}' is not listed; no device activates a model without it");
        }
    }

    private static bool Holds(PackageManifest manifest, string path) => manifest.Files.Any(file => file.Path == path);

    // A default that stands there in words is no mistake: a manifest that a program wrote spells all of them out.
    private static void NoteMisplaced(JsonObjectReader reader, string name, bool belongs, string to)
    {
        if (!belongs && reader.Has(name))
        {
            reader.Mistake(name, $"is only for {to}");
        }
    }

    private static void NoteRepeated<T>(
        JsonObjectReader reader, string array, string member, IReadOnlyList<T> items, Func<T, string> key)
    {
        Dictionary<string, int> first = new(StringComparer.Ordinal);
        for (int i = 0; i < items.Count; i++)
        {
            string name = key(items[i]);
            if (name.Length > 0 && !first.TryAdd(name, i))
            {
                reader.Mistake(array, i, member, $"\"{name}\" is already that of entry {first[name]}");
            }
        }
    }
}
