using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

public sealed class AlarmTests
{
    private const string Device = "dev-a";
    private const string Alarm = $"edge/v1/{Device}/up/alarm/drift-vitals";

    [NativeFact]
    public async Task An_alarm_outlives_a_restart_ends_with_its_cause_and_comes_out_of_the_stored_windows_again()
    {
        using Site site = await Site.Open();
        string moved = site["moved.csv"];
        File.WriteAllText(moved, MovedRecording.Of(Programs.Recording, "context_switches[/s]"));
        Listener heard = new();
        using ILink listener = site.Listen(Device, heard);

        await using (Run first = Site.Start(site.Configure(Device, "../vitals-1.edgepkg", Replay(moved))))
        {
            heard.WaitUntil(it => it.Messages.Any(message => message.Topic == Alarm), "the alarm is raised");
            first.Terminate();
            Assert.Equal(0, await first.Exit(TimeSpan.FromSeconds(20)));
        }

        AlarmMessage alarm = JsonSerializer.Deserialize(heard.Messages.First(message => message.Topic == Alarm).Payload.Span, WireJson.Default.AlarmMessage)!;
        File.WriteAllLines(site["reports.txt"], heard.Messages.Select(message => $"{message.Topic} {Encoding.UTF8.GetString(message.Payload.Span)}"));
        JsonNode replayed = JsonNode.Parse(await site.Ctl("replay", site["vitals-1.edgepkg"], site["reports.txt"], "--json"))!;
        int before = heard.Messages.Count(message => message.Topic == Alarm);
        await using Run second = Site.Start(site.Configure(Device, "../vitals-1.edgepkg", Replay(Programs.Recording)));
        heard.WaitUntil(it => it.Messages.Count(message => message.Topic == Alarm) > before, "the alarm ends");

        Assert.Contains("context_switches", alarm.Causes.Select(cause => cause.Feature));
        Assert.True((bool)Assert.Single(replayed["alarms"]!.AsArray())!["told"]!);
        Assert.Equal((0, 0), ((int)replayed["differing"]!, replayed["missing"]!.AsArray().Count));

        // The alarm of the first run stood over the start of the second, which had nothing to say about it yet.
        Assert.Empty(heard.Messages.Last(message => message.Topic == Alarm).Payload.ToArray());
    }

    [NativeFact]
    public async Task Windows_sent_as_protobuf_are_judged_to_the_last_bit_as_on_the_device_out_of_the_managers_store()
    {
        using Site site = await Site.Open();
        string url = FleetRun.FreeUrl();
        await using Run fleet = await FleetRun.Start(site, url);
        await site.Ctl("package", "push", site["vitals-1.edgepkg"], "--fleet", url);
        string moved = site["moved.csv"];
        await File.WriteAllTextAsync(moved, MovedRecording.Of(Programs.Recording, "context_switches[/s]"));
        string configuration = site.Configure(Device, "../vitals-1.edgepkg", Replay(moved));
        await File.WriteAllTextAsync(
            configuration,
            (await File.ReadAllTextAsync(configuration)).Replace("\"telemetry\": {", "\"telemetry\": { \"encoding\": \"protobuf\",", StringComparison.Ordinal));
        Listener heard = new();
        using ILink listener = site.Listen(Device, heard);
        await using Run device = Site.Start(configuration);
        heard.WaitUntil(it => it.Messages.Any(message => message.Topic == Alarm), "the alarm is raised");
        AlarmMessage told = JsonSerializer.Deserialize(heard.Messages.First(message => message.Topic == Alarm).Payload.Span, WireJson.Default.AlarmMessage)!;

        JsonNode replayed = new JsonObject();
        await FleetRun.Until(async () =>
        {
            replayed = JsonNode.Parse(await site.Ctl("replay", site["vitals-1.edgepkg"], "--device", Device, "--fleet", url, "--json"))!;
            return replayed["alarms"]!.AsArray().Count > 0;
        });

        JsonNode alarm = Assert.Single(replayed["alarms"]!.AsArray())!;
        Assert.Equal((told.FirstWindow, told.LastWindow), ((long)alarm["first_window"]!, (long)alarm["last_window"]!));
        Assert.Equal(told.Causes.Select(cause => cause.Feature), alarm["causes"]!.AsArray().Select(cause => (string)cause!["feature"]!));

        // By the hash that comes with each verdict: figures as protobuf are rounded.
        Assert.Equal((0, 0), ((int)replayed["differing"]!, replayed["refused"]!.AsArray().Count));
        Assert.All(
            heard.Messages.Where(message => message.Topic == $"edge/v1/{Device}/up/window/vitals"),
            message => Assert.NotEqual((byte)'{', message.Payload.Span[0]));
    }

    private static string Replay(string path) =>
        $$"""{ "driver": "replay", "path": "{{path}}", "loop": true, "speed": 50 }""";
}
