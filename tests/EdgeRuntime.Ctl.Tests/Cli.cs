using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Ctl.Tests;

/// <summary>Runs command lines in this process, in a directory of their own.</summary>
internal sealed class Cli : IDisposable
{
    private readonly Dictionary<string, string> _variables = [];

    private readonly Lazy<InMemoryBroker> _broker = new(() => new InMemoryBroker(TimeProvider.System, withThread: true));

    public Cli()
    {
        Directory.CreateDirectory(Root);
    }

    public string Root { get; } = Path.Combine(Path.GetTempPath(), $"edgectl-{Path.GetRandomFileName()}");

    public bool Colours { get; init; }

    /// <summary>The clock that verbs see. Its timers fire at once: what waits for time does not hold up a test.</summary>
    public ImpatientTime Time { get; } = new();

    /// <summary>The broker that verbs reach, whatever address they are given.</summary>
    public InMemoryBroker Broker => _broker.Value;

    public string this[string name] => Path.Combine(Root, name);

    public void Set(string variable, string value) => _variables[variable] = value;

    public Outcome Run(params string[] words) => RunAsync(words).GetAwaiter().GetResult();

    public Task<Outcome> RunAsync(params string[] words) => RunAsync(words, CancellationToken.None);

    public async Task<Outcome> RunAsync(string[] words, CancellationToken stop)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        Surroundings around = new()
        {
            Output = output,
            Errors = errors,
            OutputBytes = () => new MemoryStream(),
            Variable = name => _variables.GetValueOrDefault(name),
            Colours = Colours,
            Time = Time,
            Connect = options => new InMemoryLink(Broker, options),
        };
        int code = await CommandLine.RunAsync(words, around, stop);
        return new Outcome(code, output.ToString(), errors.ToString());
    }

    public string Write(string name, string content)
    {
        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Lays out a directory that packs.</summary>
    public string PackageSource(string name = "source")
    {
        Copy("source_manifest.json", $"{name}/manifest.json");
        Copy("reference.json", $"{name}/reference.json");
        Copy("golden.json", $"{name}/golden/golden.json");
        Write($"{name}/model.onnx", "not a model, but nobody here runs it");
        return this[name];
    }

    public void Dispose()
    {
        if (_broker.IsValueCreated)
        {
            _broker.Value.Dispose();
        }

        Directory.Delete(Root, recursive: true);
    }

    private void Copy(string fixture, string name) =>
        Write(name, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", fixture)));
}

/// <summary>How a command line ended.</summary>
internal sealed record Outcome(int Code, string Output, string Errors)
{
    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A clock at a fixed moment whose timers fire at once.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, TimeSpan.Zero, period);
}
