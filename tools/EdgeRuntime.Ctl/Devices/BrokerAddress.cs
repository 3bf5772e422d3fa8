using System.Globalization;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Ctl.Devices;

/// <summary>Where the broker is, as whom to talk to it, and the root of its topics.</summary>
internal sealed record BrokerAddress(string Host, int Port, string? User, string? Password, string Root)
{
    /// <summary>Options that every verb has which talks to a broker.</summary>
    public static readonly string[] Options = ["--broker", "--user", "--password-file", "--root"];

    /// <summary>How they are explained.</summary>
    public const string Usage = """
          --broker HOST[:PORT]   else $EDGE_BROKER, else 127.0.0.1:1883
          --user NAME            as whom, with --password-file FILE or $EDGE_BROKER_PASSWORD
          --root TOPIC           what all topics lie under (edge/v1)
        """;

    private const int LongestPassword = 64 * 1024;

    /// <summary>As people write it.</summary>
    public string Shown => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>The broker that a command line means; a wrong one is a mistake of the words.</summary>
    public static BrokerAddress Of(Words words, Surroundings around)
    {
        bool option = words.Text("--broker") is not null;
        string text = words.Text("--broker") ?? around.Variable("EDGE_BROKER") ?? "";
        (string host, int port) = ("127.0.0.1", 1883);
        if (text.Length > 0 && !TryParse(text, out host, out port))
        {
            words.Mistakes.Add($"{(option ? "--broker" : "$EDGE_BROKER")} {text}: is not HOST or HOST:PORT");
        }

        string? password = words.Text("--password-file") is string file
            ? System.Text.Encoding.UTF8.GetString(Files.Read(file, LongestPassword)).TrimEnd('\r', '\n')
            : around.Variable("EDGE_BROKER_PASSWORD");
        string root = words.Text("--root") ?? Topics.DefaultRoot;
        if (!TopicFilter.IsValid(root) || root.AsSpan().ContainsAny('+', '#') || root.StartsWith('/') || root.EndsWith('/'))
        {
            words.Mistakes.Add($"--root {root}: is not the beginning of a topic, such as {Topics.DefaultRoot}");
        }

        return new BrokerAddress(host, port, words.Text("--user"), password, root);
    }

    /// <summary>Device ids out of the words; a wrong or doubled one is a mistake of the words.</summary>
    public static IReadOnlyList<DeviceId> Devices(Words words, IEnumerable<string> names)
    {
        List<DeviceId> devices = [];
        foreach (string name in names)
        {
            if (!DeviceId.TryParse(name, out DeviceId device))
            {
                words.Mistakes.Add($"'{name}' is not a device: 1 to 63 of a-z, 0-9 and '-'");
            }
            else if (devices.Contains(device))
            {
                words.Mistakes.Add($"'{name}' is named twice");
            }
            else
            {
                devices.Add(device);
            }
        }

        return devices;
    }

    // HOST, HOST:PORT, and for an address of IPv6 with its colons [HOST] or [HOST]:PORT.
    private static bool TryParse(string text, out string host, out int port)
    {
        port = 1883;
        int close = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > close && (close >= 0 || text.IndexOf(':', StringComparison.Ordinal) == colon);
        host = (hasPort ? text[..colon] : text).Trim('[', ']');
        return host.Length > 0 && !host.AsSpan().ContainsAny(' ', '/')
            && (!hasPort || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is >= 1 and <= 65535));
    }
}
