using System.Globalization;
using System.Text;
using EdgeRuntime.Contracts.Encryption;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Packages;
using EdgeRuntime.Contracts.Transfers;
using EdgeRuntime.Contracts.Tuf;
using EdgeRuntime.Fleet.Packages;
using EdgeRuntime.Fleet.Storage;

namespace EdgeRuntime.Fleet;

/// <summary>Reads the configuration file and what the command line lays over it, with every mistake at once.</summary>
public static class FleetConfiguration
{
    private const int LongestPassword = 1024;

    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error", "none"];

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">The file; paths in it are relative to its directory.</param>
    /// <param name="overrides">Values of the command line, by option name without dashes.</param>
    /// <returns>Null when there was any mistake.</returns>
    public static FleetOptions? Load(string path, IReadOnlyDictionary<string, string> overrides, Mistakes mistakes)
    {
        byte[]? bytes = JsonFile.Bytes(path, mistakes);
        FleetOptions? options = bytes is null ? null : Read(bytes, path, mistakes);
        options = options is null ? null : Override(options, overrides, mistakes);
        return mistakes.Any ? null : options;
    }

    /// <summary>Reads a configuration's bytes with all their mistakes; as <see cref="Load"/>, without a command line.</summary>
    internal static FleetOptions? Read(ReadOnlySpan<byte> utf8, string path, Mistakes mistakes)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return JsonFile.Read(utf8, path, mistakes, root => Read(root, directory));
    }

    private static FleetOptions Read(JsonObjectReader root, string directory)
    {
        FleetOptions defaults = new() { StateDirectory = "", DeployKeys = [], ReleaseKeys = [] };
        IReadOnlyList<TufSigningKey> deploy = DeployKeys(root, directory);
        List<VerifyingKey> release = [];
        foreach (string file in root.Strings("release_keys", 1, 16, file => Existing(directory, file)))
        {
            release.AddRange(Key(root, "release_keys", Under(directory, file), VerifyingKey.Load) ?? []);
        }

        FleetOptions options = defaults with
        {
            StateDirectory = Under(directory, root.RequiredString("state_dir", CheckPath)),
            Instance = root.String("instance", defaults.Instance, CheckInstance),
            DeployKeys = deploy,
            ReleaseKeys = release,
            MetadataDirectory = root.String("metadata", name => ExistingDirectory(directory, name)) is string metadata
                ? Under(directory, metadata)
                : null,
            LogLevel = LevelOf(root.Choice("log_level", "warning", Levels)),
        };
        options = root.Object("http", http => options with
        {
            HttpUrl = new Uri(http.String("url", defaults.HttpUrl.ToString(), CheckUrl) is string url && CheckUrl(url) is null
                ? url
                : defaults.HttpUrl.ToString()),
            AllowedHosts = http.Has("allowed_hosts") ? http.Strings("allowed_hosts", 1, 100) : [],
        }) ?? options;
        options = root.Object("mqtt", mqtt => options with
        {
            MqttHost = mqtt.String("host", defaults.MqttHost),
            MqttPort = mqtt.Int("port", defaults.MqttPort, 1, 65535),
            MqttRoot = mqtt.String("root", defaults.MqttRoot, CheckRoot),
            MqttUser = mqtt.String("user_name"),
            MqttPassword = Password(mqtt, directory),
        }) ?? options;
        options = root.Object("transfers", transfers => options with
        {
            Transfers = new TransferLimits(
                transfers.Int("max_concurrent", 8, 1, 1000),
                transfers.Long("max_bytes_per_second", 8L * 1024 * 1024, 64 * 1024, 1L << 30)),
            Carriers = transfers.Has("carriers") ? transfers.Strings("carriers", 1, PackageReference.MostCarriers, CheckCarrier) : [],
            Recipients = ReadRecipients(transfers, directory),
        }) ?? options;
        return root.Object("retention", retention => options with
        {
            Retention = new Retention(
                Limit(retention, "windows", Retention.Default.Windows), Limit(retention, "events", Retention.Default.Events),
                Limit(retention, "updates", Retention.Default.Updates), Limit(retention, "rollouts", Retention.Default.Rollouts)),
        }) ?? options;
    }

    // Several where the metadata's role 'deploy' wants several signatures.
    private static List<TufSigningKey> DeployKeys(JsonObjectReader root, string directory)
    {
        bool areSeveral = root.Has("deploy_keys");
        if (areSeveral && root.Has("deploy_key"))
        {
            root.Mistake("deploy_key", "is one of 'deploy_keys' where these are given: leave it out");
        }

        string member = areSeveral ? "deploy_keys" : "deploy_key";
        IReadOnlyList<string> files = areSeveral
            ? root.Strings(member, 1, Dsse.MaxSignatures, file => Existing(directory, file))
            : [root.RequiredString(member, file => Existing(directory, file))];
        return [.. files.Select(file => Key(root, member, Under(directory, file), TufSigningKey.Load)).OfType<TufSigningKey>()];
    }

    private static FleetOptions Override(FleetOptions options, IReadOnlyDictionary<string, string> overrides, Mistakes mistakes)
    {
        foreach ((string name, string value) in overrides)
        {
            string? mistake = name switch
            {
                "http-url" => CheckUrl(value),
                "mqtt-port" => int.TryParse(value, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535
                    ? null
                    : $"'{value}' is not a port from 1 to 65535",
                "mqtt-root" => CheckRoot(value),
                "log-level" => Levels.Contains(value) ? null : $"'{value}' is not one of {string.Join(", ", Levels)}",
                _ => null,
            };
            if (mistake is not null)
            {
                mistakes.AddFile($"--{name}", mistake);
                continue;
            }

            options = name switch
            {
                "http-url" => options with { HttpUrl = new Uri(value) },
                "state-dir" => options with { StateDirectory = Path.GetFullPath(value) },
                "mqtt-host" => options with { MqttHost = value },
                "mqtt-port" => options with { MqttPort = int.Parse(value, CultureInfo.InvariantCulture) },
                "mqtt-root" => options with { MqttRoot = value },
                "log-level" => options with { LogLevel = LevelOf(value) },
                _ => options,
            };
        }

        return options;
    }

    private static RetentionLimit Limit(JsonObjectReader retention, string name, RetentionLimit fallback) =>
        retention.Object(name, limit => new RetentionLimit(
            limit.Long("days", fallback.Days, 1, 36_500), limit.Long("rows", fallback.Rows, 1, 100_000_000))) ?? fallback;

    private static T? Key<T>(JsonObjectReader root, string member, string path, Func<string, T> load) where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return load(path);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            root.Mistake(member, e.Message);
            return null;
        }
    }

    private static Recipients? ReadRecipients(JsonObjectReader transfers, string directory)
    {
        if (transfers.String("recipients", name => Existing(directory, name)) is not string name || Existing(directory, name) is not null)
        {
            return null;
        }

        List<string> mistakes = [];
        string path = Under(directory, name);
        byte[]? utf8 = ReadRecipients(path, mistakes);
        Recipients? recipients = utf8 is null ? null : Recipients.Read(path, utf8, mistakes);
        foreach (string mistake in mistakes)
        {
            transfers.Mistake("recipients", mistake);
        }

        return recipients;
    }

    private static byte[]? ReadRecipients(string path, List<string> mistakes)
    {
        try
        {
            // Bounded, because a name such as /dev/zero is a file without an end.
            using FileStream file = File.OpenRead(path);
            byte[] bytes = new byte[Recipients.LongestFile + 1];
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read <= Recipients.LongestFile)
            {
                return bytes[..read];
            }

            mistakes.Add($"{path} is longer than the {Recipients.LongestFile} bytes that are read of it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{path} cannot be read: {e.Message}");
        }

        return null;
    }

    private static string? Password(JsonObjectReader mqtt, string directory)
    {
        string? password = null;
        mqtt.String("password_file", name => Existing(directory, name) ?? ReadPassword(Under(directory, name), out password));
        return password;
    }

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

    private static LogLevel LevelOf(string text) => text switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "information" => LogLevel.Information,
        "error" => LogLevel.Error,
        "none" => LogLevel.None,
        _ => LogLevel.Warning,
    };

    private static string? CheckInstance(string text) =>
        DeviceId.TryParse(text, out _) ? null : $"'{text}' is not a name: use 1 to {DeviceId.MaxLength} of a-z, 0-9 and '-'";

    private static string? CheckUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttp && url.PathAndQuery == "/"
            ? null
            : $"'{text}' is not an address such as http://127.0.0.1:8080";

    private static string? CheckCarrier(string text) =>
        text == PackageOffers.Mqtt
        || (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && !text.EndsWith('/') && address.Query.Length == 0)
            ? null
            : $"'{text}' is neither {PackageOffers.Mqtt} nor an address such as https://files.example/packages, without a slash at its end";

    private static string? CheckRoot(string text) =>
        text.Length == 0 || text.AsSpan().ContainsAny('+', '#', '\0') || text.StartsWith('/') || text.EndsWith('/')
            ? "must be topic levels such as edge/v1, without '+', '#' or a slash at either end"
            : null;

    private static string? Existing(string directory, string name) =>
        File.Exists(Under(directory, name)) ? null : $"there is no file {Under(directory, name)}";

    private static string? ExistingDirectory(string directory, string name) =>
        Directory.Exists(Under(directory, name)) ? null : $"there is no directory {Under(directory, name)}";

    private static string? CheckPath(string path) =>
        path.Contains('\0', StringComparison.Ordinal) ? "holds a character of value 0, which no path can" : null;

    // Such a path is left as it is, and then not found.
    private static string Under(string directory, string path) => CheckPath(path) is null ? Path.GetFullPath(path, directory) : path;
}
