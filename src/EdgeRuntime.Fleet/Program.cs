using System.Runtime.InteropServices;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Fleet;
using EdgeRuntime.Fleet.Dashboard;
using EdgeRuntime.Fleet.Storage;
using EdgeRuntime.Mqtt;

const int Failed = 1;
const int UsageError = 64; // EX_USAGE
const int ConfigError = 78; // EX_CONFIG. The unit file lists it, so a bad file does not become a restart loop.

List<string> wrong = [];
CommandLine? line = CommandLine.Parse(args, wrong);
if (line is null)
{
    return Complain(wrong, UsageError);
}

if (line.Wants is not null)
{
    Console.WriteLine(line.Wants == "help" ? CommandLine.Help : $"edge-fleet {FleetShow.Version}");
    return 0;
}

Mistakes mistakes = new();
FleetOptions? options = FleetConfiguration.Load(line.Config!, line.Overrides, mistakes);
if (options is null)
{
    return Complain(mistakes.Lines(), ConfigError);
}

using CancellationTokenSource stop = new();
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using ILoggerFactory logs = LoggerFactory.Create(log => log
    .SetMinimumLevel(options.LogLevel)
    .AddFilter("Microsoft", LogLevel.Warning)
    .AddSimpleConsole(console => console.SingleLine = true));
try
{
    using FleetHost fleet = FleetHost.Compose(
        options, link => MqttLink.Create(link, TimeProvider.System, new Random()), TimeProvider.System, new Random(),
        logs.CreateLogger("fleet"));
    await using WebApplication site = Site.Build(options, fleet, logs);
    await site.StartAsync(stop.Token);
    Console.WriteLine($"edge-fleet listens on {site.Urls.First()}");
    await fleet.RunAsync(stop.Token);
    await site.StopAsync(CancellationToken.None);
    return 0;
}
catch (Exception e) when (e is StorageException or LinkUnavailableException or IOException)
{
    // A port in use, a directory that cannot be written, a library that is missing: the sentence says all.
    return Complain([e.Message], Failed);
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static int Complain(IEnumerable<string> sentences, int code)
{
    foreach (string sentence in sentences)
    {
        Console.Error.WriteLine(sentence);
    }

    return code;
}
