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

    private static string Replay(string path) =>
        $$"""{ "driver": "replay", "path": "{{path}}", "loop": true, "speed": 50 }""";
}
