using EdgeRuntime.Contracts.Json;

namespace EdgeRuntime.Fleet;

/// <summary>The manager's options: a file, and what is laid over it.</summary>
/// <param name="Config">The configuration file; null when none was given.</param>
/// <param name="Overrides">Values by option name, without dashes.</param>
/// <param name="Wants">What is asked for instead of running: <c>help</c>, <c>version</c>, or null.</param>
internal sealed record CommandLine(string? Config, IReadOnlyDictionary<string, string> Overrides, string? Wants)
{
    public const string Help = """
        edge-fleet: the fleet manager. Collects what devices report, rolls models out, serves the page.

          edge-fleet --config FILE [--http-url URL] [--state-dir DIR] [--mqtt-host HOST] [--mqtt-port PORT]
                     [--mqtt-root ROOT] [--log-level trace|debug|information|warning|error|none]
          edge-fleet --version
          edge-fleet --help

        The page is at the URL it prints; port 0 picks a free one. SIGTERM stops it. Exit codes: 0 stopped, 1 failed,
        64 wrong options, 78 wrong configuration.
        """;

    private static readonly string[] Known =
        ["config", "http-url", "state-dir", "mqtt-host", "mqtt-port", "mqtt-root", "log-level"];

    /// <summary>Reads the arguments; every mistake at once.</summary>
    public static CommandLine? Parse(IReadOnlyList<string> arguments, IList<string> mistakes)
    {
        Dictionary<string, string> values = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--help" or "-h" or "--version")
            {
                return new CommandLine(null, values, arguments[i] == "--version" ? "version" : "help");
            }

            string[] parts = arguments[i].Split('=', 2);
            string name = parts[0].StartsWith("--", StringComparison.Ordinal) ? parts[0][2..] : "";
            if (!Known.Contains(name))
            {
                string hint = Spelling.Hint(name, Known);
                mistakes.Add($"{arguments[i]}: is not an option of edge-fleet{hint}; see --help");
            }
            else if (parts.Length == 2)
            {
                values[name] = parts[1];
            }
            else if (i + 1 < arguments.Count)
            {
                values[name] = arguments[++i];
            }
            else
            {
                mistakes.Add($"--{name}: its value is missing");
            }
        }

        if (!values.Remove("config", out string? config) && mistakes.Count == 0)
        {
            mistakes.Add("--config: is missing; it names the configuration file");
        }

        return mistakes.Count == 0 ? new CommandLine(config, values, null) : null;
    }
}
