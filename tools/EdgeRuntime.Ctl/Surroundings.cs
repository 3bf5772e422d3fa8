using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Mqtt;

namespace EdgeRuntime.Ctl;

/// <summary>What a verb finds around it; tests give it another one.</summary>
internal sealed record Surroundings
{
    /// <summary>Standard output.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Errors { get; init; }

    /// <summary>Standard output as bytes.</summary>
    public required Func<Stream> OutputBytes { get; init; }

    /// <summary>Reads a variable of the environment; null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>True when standard output may hold colours.</summary>
    public required bool Colours { get; init; }

    /// <summary>True when standard output is a terminal, whose lines can be drawn over.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Makes a link to a broker.</summary>
    public required Func<LinkOptions, ILink> Connect { get; init; }

    /// <summary>This process's own.</summary>
    public static Surroundings OfProcess() => new()
    {
        Output = Console.Out,
        Errors = Console.Error,
        OutputBytes = Console.OpenStandardOutput,
        Variable = Environment.GetEnvironmentVariable,

        // no-color.org: set to anything but nothing means no.
        Colours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "",
        IsTerminal = !Console.IsOutputRedirected,
        Time = TimeProvider.System,
        Connect = options => MqttLink.Create(options, TimeProvider.System, new Random()),
    };

    public string Bold(string text) => Coloured(text, "1");

    public string Green(string text) => Coloured(text, "32");

    public string Yellow(string text) => Coloured(text, "33");

    public string Red(string text) => Coloured(text, "31");

    public string Faint(string text) => Coloured(text, "2");

    private string Coloured(string text, string code) => Colours && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
