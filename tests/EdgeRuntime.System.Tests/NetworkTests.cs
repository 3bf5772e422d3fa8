using System.Diagnostics;
using System.Text.Json.Nodes;
using EdgeRuntime.Bench;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Mqtt;
using EdgeRuntime.System.Tests.Stage;
using Xunit.Abstractions;

namespace EdgeRuntime.System.Tests;

/// <summary>
/// The published program in a network namespace, whose only way to a real broker is a line that is long, loses packets or is away
/// half of the time: an update reaches its end, and of the numbered messages none is missing.
/// </summary>
public sealed class NetworkTests(ITestOutputHelper output)
{
    private const string Device = "dev-a";
    private const int Port = 1883;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [NamespaceTheory]
    [InlineData("offline")]
    [InlineData("satellite")]
    [InlineData("cellular")]
    public async Task An_update_reaches_its_end_over_a_bad_line_and_no_numbered_message_is_missing(string profile)
    {
        using NetworkLine line = new(Path.Combine(AppContext.BaseDirectory, "edge-simulator"), profile);
        using Site site = await Site.Open($"listener {Port} {line.Near}");
        Listener heard = new();
        using ILink manager = MqttLink.Create(
            new LinkOptions
            {
                Host = "127.0.0.1", Port = site.Broker.Port, ClientId = "manager", Subscriptions = [($"edge/v1/{Device}/up/window/#", 1)],
            },
            TimeProvider.System, new Random(1));
        manager.Start(heard);
        heard.WaitUntil(it => it.WasConnected, "the manager is connected");
        string replay = $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true }""";
        string configuration = site.Configure(Device, "../vitals-1.edgepkg", replay, Port, host: line.Near);
        (string program, string[] words) = line.Inside(Programs.Device, "run", "--config", configuration, "--plain");
        await using Run device = Run.Start(
            program, Path.GetDirectoryName(configuration)!,
            new Dictionary<string, string> { ["EDGE_PROFILES"] = Path.Combine(Programs.Root, "device-profiles") }, words);
        await device.Says(" serves from ", seconds: 60);

        long begin = Stopwatch.GetTimestamp();
        await using Run push = Run.Start(
            Programs.Ctl, site.Root, "push", Device, site["vitals-2.edgepkg"], "--key", site["keys/deploy.key.pem"],
            "--broker", $"127.0.0.1:{site.Broker.Port}", "--wait", "--patience", "60");
        int code = await push.Exit(Patience);
        TimeSpan took = Stopwatch.GetElapsedTime(begin);

        Assert.True(code == 0, $"{profile}: edgectl push ended with {code}:\n{push.Text}\n{device.Text}");
        long[] numbers = [.. heard.Messages.Select(message => (long)JsonNode.Parse(message.Payload.Span)!["sequence"]!).Distinct().Order()];
        Assert.True(numbers.Length > 2, $"{profile}: {numbers.Length} windows came");
        Assert.Equal(Enumerable.Range(1, numbers.Length).Select(number => (long)number), numbers);
        output.WriteLine($"{profile}: committed after {took.TotalSeconds:0} s; windows 1 to {numbers[^1]} came, none is missing");
    }
}

/// <summary>A theory that tools/test --torture runs, where network namespaces and TUN devices are permitted.</summary>
public sealed class NamespaceTheoryAttribute : TheoryAttribute
{
    public NamespaceTheoryAttribute()
    {
        Skip = Programs.Missing
            ?? (Environment.GetEnvironmentVariable("EDGE_TORTURE") is null ? "some minutes; tools/test --torture" : NetworkLine.Objection());
    }
}
