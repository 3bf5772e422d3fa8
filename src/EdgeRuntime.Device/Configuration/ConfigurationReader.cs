using System.Security.Cryptography;
using System.Text;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Device.Storage;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Models;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Reads <c>edge.json</c>. Paths in it are relative to its own directory.</summary>
public static class ConfigurationReader
{
    private const int MostModels = 16;
    private const int LongestPassword = 1024;

    /// <summary>Reads a configuration file with all its mistakes.</summary>
    /// <returns>The configuration and the SHA-256 of its bytes, or null when there was any mistake.</returns>
    public static (DeviceConfiguration Configuration, string Sha256)? Load(string path, Mistakes mistakes)
    {
        byte[]? bytes = JsonFile.Bytes(path, mistakes);
        if (bytes is null)
        {
            return null;
        }

        return Read(bytes, path, mistakes) is { } configuration
            ? (configuration, Convert.ToHexStringLower(SHA256.HashData(bytes)))
            : null;
    }

    /// <summary>Reads a configuration's bytes with all their mistakes; as <see cref="Load"/>.</summary>
    internal static DeviceConfiguration? Read(ReadOnlySpan<byte> utf8, string path, Mistakes mistakes)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return JsonFile.Read(utf8, path, mistakes, root => Read(root, directory, ProfileFiles.Directories(path)));
    }

    /// <summary>Reads what a file and an overlay make together; every value knows where it stands.</summary>
    internal static DeviceConfiguration? Read(JsonValue merged, string path, Mistakes mistakes)
    {
        int before = mistakes.Found;
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        DeviceConfiguration read = JsonObjectReader.Read(merged, "", mistakes, root => Read(root, directory, ProfileFiles.Directories(path)));
        return mistakes.Found == before ? read : null;
    }

    private static DeviceConfiguration Read(
        JsonObjectReader root, string directory, IReadOnlyList<string> profiles)
    {
        string device = root.RequiredString("device", CheckDevice);
        IReadOnlyDictionary<string, SensorConfiguration> sensors = root.Map(
            "sensors", (all, name) => all.RequiredObject(name, sensor => SensorReader.Read(name, sensor, directory)));
        DeviceConfiguration configuration = new()
        {
            Device = DeviceId.TryParse(device, out DeviceId id) ? id : default,
            Profile = ProfileOf(directory, root.RequiredString("profile", name => ProfileFiles.Objection(ProfileOf(directory, name), profiles))),
            StateDirectory = Under(directory, root.RequiredString("state_dir", CheckPath)),
            EncryptAtRest = root.Bool("encrypt_at_rest", false),
            DeviceKeyFile = root.String("device_key_file", file => Existing(directory, file) ?? DeviceStorage.Objection(Under(directory, file))) is string key
                ? Under(directory, key)
                : null,
            Labels = root.Texts("labels"),
            Link = root.RequiredObject("link", link => ReadLink(link, directory)),
            Trust = root.RequiredObject("trust", trust => TrustReader.Read(trust, directory)),
            Telemetry = root.Object("telemetry", ReadTelemetry) ?? new TelemetryConfiguration(),
            Transfer = root.Object("transfer", TransferReader.Read) ?? new TransferPolicy(),
            Updates = root.Object("updates", UpdatesReader.Read) ?? new UpdatesConfiguration(),
            Models = root.RequiredObjects("models", model => ReadModel(model, directory, sensors), min: 1, max: MostModels),
        };

        IEnumerable<string> twice = configuration.Models.GroupBy(model => model.Name).Where(group => group.Count() > 1)
            .Select(group => group.Key);
        foreach (string name in twice)
        {
            root.Mistake("models", $"two of them are named '{name}'; a model is served once");
        }

        OverloadReader.CheckGates(root, configuration.Models);
        ActionReader.Check(root, configuration);
        UpdatesReader.Check(root, configuration);

        return configuration;
    }

    private static LinkConfiguration ReadLink(JsonObjectReader link, string directory)
    {
        string? password = null;
        link.String("password_file", name => Existing(directory, name) ?? ReadPassword(Under(directory, name), out password));
        return new LinkConfiguration
        {
            Host = link.RequiredString("host"),
            Port = link.Int("port", 1883, min: 1, max: 65535),
            Root = link.String("root", Topics.DefaultRoot, CheckRoot),
            Password = password,
            WillDelaySeconds = link.Int("will_delay_s", 90, min: 0, max: 3600),
            KeepAliveSeconds = link.Int("keep_alive_s", 20, min: 5, max: 3600),
        };
    }

    private static TelemetryConfiguration ReadTelemetry(JsonObjectReader telemetry) => new()
    {
        WindowSeconds = telemetry.Double("window_s", 60, min: 1, max: 3600),
        LatestMs = telemetry.Int("latest_ms", 1000, min: 200, max: 60_000),
        Predictions = telemetry.Choice("predictions", "changes", ["none", "changes", "all"]),
        Protobuf = telemetry.Choice("encoding", "json", ["json", "protobuf"]) == "protobuf",
        Outbox = telemetry.Object("outbox", ReadOutbox) ?? new DurableOutboxOptions(),
    };

    private static DurableOutboxOptions ReadOutbox(JsonObjectReader outbox)
    {
        DurableOutboxOptions usual = new();
        return new DurableOutboxOptions
        {
            MaxBytes = outbox.Long("max_bytes", usual.MaxBytes, min: DurableOutboxOptions.LeastBytes, max: DurableOutboxOptions.MostBytes),
            MaxAge = TimeSpan.FromHours(outbox.Double("max_age_h", usual.MaxAge.TotalHours, min: 1, max: 10 * 8766)),
            FlushAfter = TimeSpan.FromSeconds(outbox.Double("flush_s", usual.FlushAfter.TotalSeconds, min: 1, max: 600)),
            DrainPerSecond = outbox.Int("drain_per_s", usual.DrainPerSecond, min: 1, max: 100_000),
            AcknowledgedByManager = outbox.Choice("acknowledge", "manager", ["manager", "broker"]) == "manager",
        };
    }

    private static ModelConfiguration ReadModel(
        JsonObjectReader model, string directory, IReadOnlyDictionary<string, SensorConfiguration> sensors)
    {
        string? package = model.String("package", name => Existing(directory, name));
        string modelName = model.RequiredString("name", CheckModel);
        return new ModelConfiguration
        {
            Name = modelName,
            Package = package is null ? null : Under(directory, package),
            Sensor = ReadSensor(model, modelName, directory, sensors),
            Overload = model.Object("overload", OverloadReader.Read) ?? new OverloadOptions(),
            Gate = model.Object("gate", OverloadReader.ReadGate),
            Actions = ActionReader.Read(model),
            Channels = model.Texts("channels"),
        };
    }

    // An object is the model's own sensor; a text names one of those that models share.
    private static SensorConfiguration ReadSensor(
        JsonObjectReader model, string modelName, string directory, IReadOnlyDictionary<string, SensorConfiguration> sensors)
    {
        if (model.Value("sensor") is not { Kind: JsonKind.Text })
        {
            SensorConfiguration own = model.RequiredObject("sensor", sensor => SensorReader.Read(modelName, sensor, directory));
            if (sensors.ContainsKey(modelName))
            {
                model.Mistake("name", $"'{modelName}' is also the name of a sensor; a model with a sensor of its own needs another");
            }

            return own;
        }

        string name = model.RequiredString("sensor", name => sensors.ContainsKey(name) ? null
            : $"there is no sensor '{name}' among sensors{(sensors.Count > 0 ? $"; there are {string.Join(", ", sensors.Keys)}" : "")}");
        return sensors.GetValueOrDefault(name) ?? new SensorConfiguration("", _ => throw new InvalidOperationException("not read"));
    }

    // One that ends so is a path, and as the others relative to the file.
    private static string ProfileOf(string directory, string name) =>
        name.EndsWith(".json", StringComparison.Ordinal) ? Under(directory, name) : name;

    private static string? CheckDevice(string text) =>
        DeviceId.TryParse(text, out _) ? null : $"'{text}' is not a device id: use 1 to 63 of a-z, 0-9 and '-'";

    private static string? CheckModel(string text) =>
        DeviceId.TryParse(text, out _) ? null : $"'{text}' is not a model name: use 1 to 63 of a-z, 0-9 and '-'";

    private static string? CheckRoot(string text) => text.AsSpan().ContainsAny('+', '#', '\0') || text.StartsWith('/') || text.EndsWith('/')
        ? "must be topic levels such as edge/v1, without '+', '#' or a slash at either end"
        : null;

    internal static string? Existing(string directory, string name) =>
        File.Exists(Under(directory, name)) ? null : $"there is no file {Under(directory, name)}";

    /// <returns>Why the file holds no password, or null.</returns>
    private static string? ReadPassword(string path, out string? password)
    {
        password = null;
        try
        {
            // Bounded, because a name such as /dev/zero is a file without an end.
            Span<byte> bytes = stackalloc byte[LongestPassword + 1];
            using FileStream file = File.OpenRead(path);
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            password = read > LongestPassword ? null : Encoding.UTF8.GetString(bytes[..read]).Trim();
            return password is null ? $"{path} has more than the {LongestPassword} bytes of a password" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be read: {e.Message}";
        }
    }

    private static string? CheckPath(string path) =>
        path.Contains('\0', StringComparison.Ordinal) ? "holds a character of value 0, which no path can" : null;

    // Such a path is left as it is, and then not found.
    internal static string Under(string directory, string path) => CheckPath(path) is null ? Path.GetFullPath(path, directory) : path;
}
