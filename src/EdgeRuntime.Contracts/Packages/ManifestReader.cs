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

    // What each kind alone has. 'soak' all have, each its own.
    private static readonly Dictionary<string, string[]> Members = new()
    {
        [PackageManifest.ModelKind] =
            ["channels", "pipeline", "model", "output", "decision", "shadow", "goals", "gates", "gates_forced"],
        [PackageManifest.ConfigurationKind] = [],
        [PackageManifest.RuntimeKind] = ["program"],
    };

    /// <summary>Reads a manifest.</summary>
    /// <param name="name">What mistakes call the file.</param>
    /// <returns>The manifest, or null when there are mistakes.</returns>
    public static PackageManifest? Read(
        ReadOnlySpan<byte> utf8, Mistakes mistakes, string name = FileName, ManifestForm form = ManifestForm.Packed) =>
        JsonFile.Read(utf8, name, mistakes, root => ReadRoot(root, form));

    /// <summary>Reads the manifest of a package that must hold a model; as <see cref="Read"/>.</summary>
    public static ModelManifest? ReadModel(
        ReadOnlySpan<byte> utf8, Mistakes mistakes, string name = FileName, ManifestForm form = ManifestForm.Packed)
    {
        PackageManifest? manifest = Read(utf8, mistakes, name, form);
        if (manifest is not (null or ModelManifest))
        {
            mistakes.AddFile(name, $"is the manifest of a package of the kind {manifest.KindName()}, and a model is needed here");
        }

        return manifest as ModelManifest;
    }

    private static PackageManifest ReadRoot(JsonObjectReader root, ManifestForm form)
    {
        ManifestHead head = new(
            ReadSchema(root),
            root.RequiredString("name", PackageNames.Model),
            root.RequiredString("version", PackageNames.Version),
            root.RequiredLong("release_counter", 1, long.MaxValue),
            root.Long("floor", 1, long.MaxValue),
            root.RequiredString("description", text => PackageNames.Line(text, 500)),
            RequirementReader.ReadKind(root, [.. Members.Keys]),
            root.Object("requires", RequirementReader.Read),
            form == ManifestForm.Source && !root.Has("files") ? [] : root.RequiredObjects("files", ReadFile, 1, MaxFiles));
        if (head.Floor > head.ReleaseCounter && root.Has("release_counter"))
        {
            root.Mistake("floor", $"{head.Floor} is above release_counter, {head.ReleaseCounter}: the release would withdraw itself");
        }

        NoteRepeated(root, "files", "path", head.Files, file => file.Path);
        PackageManifest manifest = head.Kind switch
        {
            PackageManifest.ConfigurationKind => ConfigurationManifestReader.Read(root, head),
            PackageManifest.RuntimeKind => RuntimeManifestReader.Read(root, head),
            _ => ModelManifestReader.Read(root, head),
        };
        NoteForeign(root, manifest.KindName());
        if (manifest.Files.Count > 0 || form == ManifestForm.Packed)
        {
            RequireFiles(root, manifest);
        }

        return manifest;
    }

    private static void NoteForeign(JsonObjectReader root, string kind)
    {
        if (!Members.TryGetValue(kind, out string[]? own))
        {
            return;
        }

        foreach ((string other, string[] members) in Members.Where(entry => entry.Key != kind))
        {
            foreach (string member in members.Where(member => !own.Contains(member) && root.Names.Contains(member)))
            {
                root.Mistake(member, $"belongs to packages of the kind {other}; this one is of the kind {kind}");
            }
        }
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
        IEnumerable<string> mistakes = manifest switch
        {
            ModelManifest model => ModelManifestReader.MissingFiles(model),
            ConfigurationManifest configuration => ConfigurationManifestReader.MissingFiles(configuration),
            RuntimeManifest runtime => RuntimeManifestReader.MissingFiles(runtime),
            _ => [],
        };
        foreach (string mistake in mistakes)
        {
            root.Mistake("files", mistake);
        }
    }

    /// <summary>Whether a manifest lists a file.</summary>
    internal static bool Lists(PackageManifest manifest, string path) => manifest.Files.Any(file => file.Path == path);

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
