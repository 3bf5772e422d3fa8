using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Ctl.Packages;
using EdgeRuntime.Ctl.Training;
using EdgeRuntime.Onnx;

namespace EdgeRuntime.Ctl.Starting;

/// <summary>
/// The directory that 'edgectl new' writes: the package and its source, the recording, a device's configuration, keys. Nothing
/// is in it before all of it is right; what is found on the way waits in a directory beside it.
/// </summary>
internal sealed class ProjectDirectory : IDisposable
{
    /// <summary>The model's file in the package.</summary>
    public const string ModelFile = "model.onnx";

    private const string Source = "package";
    private const string Card = "card.md";
    private const string RecordingName = "recording.csv";
    private const string PicturesName = "pictures";
    private const string PrivateKey = "keys/development.key.pem";
    private const string PublicKey = "keys/development.pub.pem";

    private readonly NewOptions _options;
    private readonly string _staging;

    private ProjectDirectory(NewOptions options, long counter)
    {
        _options = options;
        ReleaseCounter = counter;
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Output));
        _staging = Path.Combine(Path.GetDirectoryName(full) ?? "/", $".{Path.GetFileName(full)}.{Environment.ProcessId}.new");
    }

    /// <summary>Release counter of the package: one above that of the one that is there.</summary>
    public long ReleaseCounter { get; }

    /// <summary>Its version.</summary>
    public string Version => string.Create(CultureInfo.InvariantCulture, $"0.1.{ReleaseCounter - 1}");

    /// <summary>Where pictures are put that are made or copied.</summary>
    public string PictureFolder => Path.Combine(_staging, PicturesName);

    /// <summary>The package.</summary>
    public string PackageFile => In($"{_options.Name}.edgepkg");

    /// <summary>The device's configuration.</summary>
    public string ConfigurationFile => In("edge.json");

    /// <summary>The model card.</summary>
    public string CardFile => In($"{Source}/{Card}");

    /// <summary>Short id of the development key.</summary>
    public string KeyId { get; private set; } = "";

    /// <summary>Begins; nothing is written yet.</summary>
    /// <exception cref="CommandException">The directory is there already, and shall not be written again.</exception>
    public static ProjectDirectory For(NewOptions options)
    {
        if (!Path.Exists(options.Output))
        {
            return new ProjectDirectory(options, 1);
        }

        if (!options.Force && (File.Exists(options.Output) || Directory.EnumerateFileSystemEntries(options.Output).Any()))
        {
            throw new CommandException(
                ExitCode.CannotCreate, $"{options.Output}: is there already; name another with --output, or let it be written again with --force");
        }

        string manifest = Path.Combine(options.Output, Source, ManifestReader.FileName);
        PackageManifest? before = File.Exists(manifest)
            ? ManifestReader.Read(Ctl.Files.Read(manifest, new PackageLimits().ManifestBytes), new Mistakes(), manifest, ManifestForm.Source)
            : null;
        return new ProjectDirectory(options, (before?.ReleaseCounter ?? 0) + 1);
    }

    /// <summary>Puts a recording where it can be replayed.</summary>
    public RecordingFiles Stage(byte[] csv, double rateHz)
    {
        Put(RecordingName, csv);
        return new RecordingFiles([Path.Combine(_staging, RecordingName)], rateHz, []);
    }

    /// <summary>Puts pictures where they can be replayed.</summary>
    public RecordingFiles Stage(PictureSource source, double rateHz)
    {
        foreach ((string name, byte[] content) in source.Written)
        {
            Put($"{PicturesName}/{name}", content);
        }

        return new RecordingFiles([source.Folder], rateHz, []);
    }

    /// <summary>Packs, signs and verifies the draft, and only then writes everything.</summary>
    /// <returns>The package.</returns>
    /// <exception cref="CommandException">A device would refuse the package, or something cannot be written.</exception>
    public byte[] Write(Draft draft, ModelContract contract, Guesses guesses, OnnxEnvironment environment)
    {
        using SigningKey key = DevelopmentKey();
        KeyId = key.Public.KeyId[..12];
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal)
        {
            [ModelFile] = draft.Model.ToArray(),
            [GoldenVectors.FileName] = PackageWriter.Encode(draft.Golden()),
            [ReferenceProfile.FileName] = PackageWriter.Encode(Reference(draft, environment)),
            [Card] = Encoding.UTF8.GetBytes(ModelCard.Of(draft, contract, guesses, _options)),
        };
        byte[] archive;
        try
        {
            archive = PackageWriter.Pack(draft.Manifest, files, key, PackageDirectory.ChunkBytes);
            DeviceCheck.Run(archive, [key.Public], environment);
        }
        catch (PackageRejectedException e)
        {
            throw new CommandException(ExitCode.Data, [.. e.Lines.Select(line => $"a device would refuse the package: {line}")]);
        }

        Put($"{Source}/{ManifestReader.FileName}", WithoutFiles(PackageWriter.Encode(draft.Manifest with { Files = [] })));
        foreach ((string path, byte[] content) in files)
        {
            Put($"{Source}/{path}", content);
        }

        if (draft.Table is { } table && draft.Truth is { } truth && draft.Meaning.Classes.Count > 0)
        {
            Put(RecordingName, table.ToCsv([.. Enumerable.Range(0, truth.Texts.Count).Select(row => draft.Meaning.NameOf(truth, row))]));
        }

        Put("edge.json", Configuration(draft));
        Put($"{_options.Name}.edgepkg", archive);
        MoveIn();
        return archive;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(_staging))
        {
            Directory.Delete(_staging, recursive: true);
        }
    }

    private static ReferenceProfile Reference(Draft draft, OnnxEnvironment environment)
    {
        ReferenceProfile profile = draft.Profile();
        return profile with
        {
            Attributions = AttributionSampling.Of(
                draft.Manifest, profile, (_, options) => environment.Load(draft.Model, options), draft.Run.Answers.Count,
                i => (draft.Run.Answers[i].Input, draft.Run.Answers[i].Values)),
        };
    }

    private string In(string name) => Path.Combine(_options.Output, name);

    private void Put(string name, byte[] content)
    {
        string path = Path.Combine(_staging, name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotCreate, $"{_options.Output}: cannot be written: {e.Message}");
        }
    }

    private void MoveIn()
    {
        foreach (string file in Directory.EnumerateFiles(_staging, "*", SearchOption.AllDirectories))
        {
            string target = In(Path.GetRelativePath(_staging, file));
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Move(file, target, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitCode.CannotCreate, $"{target}: cannot be written: {e.Message}");
            }
        }
    }

    // The project's own, made once: what is signed by it is trusted by the configuration beside it, and nowhere else.
    private SigningKey DevelopmentKey()
    {
        string path = In(PrivateKey);
        if (File.Exists(path))
        {
            return Keys.Private(path);
        }

        SigningKey key = SigningKey.CreateForDevelopment();
        string staged = Path.Combine(_staging, PrivateKey);
        Put(PublicKey, Encoding.ASCII.GetBytes(key.Public.ToPem()));
        File.Delete(staged);
        key.Save(staged);
        return key;
    }

    private byte[] Configuration(Draft draft)
    {
        double rate = draft.Manifest.Pipeline.RateHz;
        double samples = rate / draft.Manifest.Pipeline.HopFrames;
        const double Lively = 5;
        double speed = samples >= 1 ? 1 : Math.Min(10_000, Math.Ceiling(Lively / samples));
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("device", $"{_options.Name[..Math.Min(_options.Name.Length, 59)]}-dev");
            json.WriteString("profile", RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64");
            json.WriteString("state_dir", "state");
            json.WriteStartObject("link");
            json.WriteString("host", "127.0.0.1");
            json.WriteEndObject();
            json.WriteStartObject("trust");
            json.WriteBoolean("allow_development", true);
            WriteOne(json, "release_keys", PublicKey);
            WriteOne(json, "deploy_keys", PublicKey);
            json.WriteEndObject();
            json.WriteStartObject("telemetry");
            json.WriteStartObject("outbox");
            json.WriteString("acknowledge", "broker");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("models");
            json.WriteStartObject();
            json.WriteString("name", _options.Name);
            json.WriteString("package", $"{_options.Name}.edgepkg");
            json.WriteStartObject("sensor");
            json.WriteString("driver", "replay");
            json.WriteString("path", draft.Pictures is null ? RecordingName : draft.Pictures.Written.Count > 0 ? PicturesName : draft.Pictures.Folder);
            if (draft.Table?.HasTimes != true)
            {
                json.WriteNumber("rate_hz", rate);
            }

            if (draft.Table?.Values > new EdgeRuntime.Sensors.Replay.ReplayOptions { Path = "" }.MaxValues)
            {
                json.WriteNumber("max_values", draft.Table.Values);
            }

            json.WriteNumber("speed", speed);
            json.WriteBoolean("loop", true);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void WriteOne(Utf8JsonWriter json, string name, string value)
    {
        json.WriteStartArray(name);
        json.WriteStringValue(value);
        json.WriteEndArray();
    }

    // A source says nothing of its files, so that they may be changed; packing lists them.
    private static byte[] WithoutFiles(byte[] manifest)
    {
        JsonObject root = JsonNode.Parse(manifest)!.AsObject();
        root.Remove("files");
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            root.WriteTo(json);
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}
