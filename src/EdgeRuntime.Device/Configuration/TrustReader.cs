using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Device.Configuration;

/// <summary>Reads the section <c>trust</c>: whose signatures count, and where metadata that says so comes from.</summary>
internal static class TrustReader
{
    private const int MostKeyFiles = 16;

    /// <summary>Reads it.</summary>
    /// <param name="directory">What relative paths begin at.</param>
    public static TrustConfiguration Read(JsonObjectReader trust, string directory)
    {
        TrustConfiguration read = new(
            KeyFiles(trust, "release_keys", directory),
            KeyFiles(trust, "deploy_keys", directory),
            trust.String("root", file => ConfigurationReader.Existing(directory, file)) is string file
                ? ConfigurationReader.Under(directory, file)
                : null,
            trust.String("metadata_url", Address),
            trust.Bool("allow_development", false) ? DevelopmentKeys.Allowed : DevelopmentKeys.Refused);
        if (read.MetadataUrl is not null && !trust.Has("root"))
        {
            trust.Mistake("metadata_url", "needs root beside it: metadata is believed only from a root on");
        }

        return read;
    }

    private static string? Address(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"
        ? null
        : $"'{url}' is not an address such as https://updates.example/metadata";

    private static List<string> KeyFiles(JsonObjectReader trust, string name, string directory) =>
        [.. trust.Strings(name, 1, MostKeyFiles, file => ConfigurationReader.Existing(directory, file)).Select(file => ConfigurationReader.Under(directory, file))];
}
