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
    public const long MaxFileBytes = 128L * 1024 * 1024;

    private const int MaxChunks = 64 * 1024;

    /// <summary>Reads a manifest.</summary>
    /// <param name="name">What mistakes call the file.</param>
    /// <returns>The manifest, or null when there are mistakes.</returns>
    public static PackageManifest? Read(
        ReadOnlySpan<byte> utf8, Mistakes mistakes, string name = FileName, ManifestForm form = ManifestForm.Packed) =>
        JsonFile.Read(utf8, name, mistakes, root => ReadRoot(root, form));

    private static PackageManifest ReadRoot(JsonObjectReader root, ManifestForm form)
    {
        IReadOnlyList<ManifestChannel> channels = PipelineReader.ReadChannels(root);
        OutputSpec output = root.RequiredObject("output", OutputReader.Read);
        PackageManifest manifest = new()
        {
            Schema = ReadSchema(root),
            Name = root.RequiredString("name", PackageNames.Model),
            Version = root.RequiredString("version", PackageNames.Version),
            ReleaseCounter = root.RequiredLong("release_counter", 1, long.MaxValue),
            Floor = root.Long("floor", 1, long.MaxValue),
            Description = root.RequiredString("description", text => PackageNames.Line(text, 500)),
            Kind = RequirementReader.ReadKind(root),
            Requires = root.Object("requires", RequirementReader.Read),
            Channels = channels,
            Pipeline = root.RequiredObject("pipeline", pipeline => PipelineReader.Read(pipeline, channels)),
            Model = root.RequiredObject("model", model => ModelReader.Read(model, output)),
            Output = output,
            Decision = root.RequiredObject("decision", decision => DecisionReader.Read(decision, output)),
            Soak = root.RequiredObject("soak", ReadSoak),
            Shadow = root.Object("shadow", ShadowSpec.Read),
            Goals = root.Map("goals", (goals, goal) => goals.RequiredDouble(goal)),
            Gates = RequirementReader.ReadGates(root),
            GatesForced = root.Has("gates_forced") ? root.Strings("gates_forced", 1, 64, text => PackageNames.Line(text, 500)) : null,
            Files = form == ManifestForm.Source && !root.Has("files")
                ? []
                : root.RequiredObjects("files", ReadFile, 1, MaxFiles),
        };

        if (output.Kind == "detection" && root.Has("pipeline") && manifest.Pipeline.Image is null)
        {
            root.Mistake("output", "a detection finds objects in pictures, and the pipeline has no image");
        }

        if (manifest.Floor > manifest.ReleaseCounter && root.Has("release_counter"))
        {
            root.Mistake("floor", $"{manifest.Floor} is above release_counter, {manifest.ReleaseCounter}: the release would withdraw itself");
        }

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

    private static SoakSpec ReadSoak(JsonObjectReader soak) => new()
    {
        Samples = soak.RequiredInt("samples", 1, 1_000_000),
        MaxErrorShare = soak.Double("max_error_share", 0, 0, 1),
        MaxP99Ms = soak.RequiredDouble("max_p99_ms", JsonObjectReader.AboveZero, 3_600_000),
        MaxPredictionPsi = soak.Double("max_prediction_psi", JsonObjectReader.AboveZero),
    };

    private static ManifestFile ReadFile(JsonObjectReader file)
    {
        ManifestFile read = new(
            file.RequiredString("path", path => PackageNames.Path(path) ?? (path is FileName or ManifestSignature.FileName
                ? $"'{path}' is not listed; the signature covers it"
                : null)),
            file.RequiredString("sha256", PackageNames.Sha256),
            file.RequiredLong("size", 0, MaxFileBytes))
        {
            ChunkBytes = file.Int("chunk_bytes", 1024, 16 * 1024 * 1024),
            ChunkSha256 = file.Has("chunk_sha256") ? file.Strings("chunk_sha256", 1, MaxChunks, PackageNames.Sha256) : null,
        };
        if (read.ChunkBytes is null != read.ChunkSha256 is null)
        {
            (string there, string absent) = read.ChunkBytes is null ? ("chunk_sha256", "chunk_bytes") : ("chunk_bytes", "chunk_sha256");
            file.Mistake(there, $"needs {absent} beside it");
        }
        else if (read is { ChunkBytes: int bytes, ChunkSha256: { } chunks } && !file.IsWrong("size") && !file.IsWrong("chunk_bytes")
            && chunks.Count != (read.Size + bytes - 1) / bytes)
        {
            file.Mistake("chunk_sha256", $"has {chunks.Count} entries; {read.Size} bytes make {(read.Size + bytes - 1) / bytes} chunks of {bytes}");
        }

        return read;
    }

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

    /// <summary>Notes entries of an array that share a name.</summary>
    internal static void NoteRepeated<T>(
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
