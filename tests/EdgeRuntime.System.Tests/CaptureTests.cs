using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

public sealed class CaptureTests
{
    private const string Device = "dev-a";

    [NativeFact]
    public async Task What_a_device_keeps_is_fetched_filtered_and_read_by_the_pipeline_that_it_was_made_for()
    {
        using Site site = await Site.Open();
        string source = site["source"];
        Copy(Path.Combine(Programs.Root, "tools/train/packages/vitals-2"), source);
        string manifest = Path.Combine(source, "manifest.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(manifest))!;
        json["monitoring"] = JsonNode.Parse("""
            {
              "capture": { "before": 60, "after": 5, "novel_features": 1, "every_s": 3600 },
              "privacy": [{ "channel": "disk_read", "filter": "drop" }]
            }
            """);
        json.AsObject().Remove("files");
        File.WriteAllText(manifest, json.ToJsonString());
        await site.Ctl("pack", source, "--output", site["capturing.edgepkg"], "--key", site["keys/release.key.pem"]);
        string moved = site["moved.csv"];
        File.WriteAllText(moved, MovedRecording.Of(Programs.Recording, "context_switches[/s]"));
        Listener heard = new();
        using ILink listener = site.Listen(Device, heard);

        // As fast as it was recorded: what is kept has the device's own times, and the pipeline holds them against its rate.
        await using Run run = Site.Start(site.Configure(
            Device, "../capturing.edgepkg", $$"""{ "driver": "replay", "path": "{{moved}}", "loop": true }"""));

        // The clip of the first unheard-of value is complete by then; what is asked for meanwhile would be part of it.
        heard.WaitUntil(it => it.Messages.Any(AnswersTheTenth), "the model answered ten times");

        string said = await site.Ctl(
            "capture", Device, "--now", "--output", site["captured"], "--forget", "--broker", $"127.0.0.1:{site.Broker.Port}");
        await site.Ctl("features", manifest, Directory.GetFiles(site["captured"], "*asked.csv")[0], "--output", site["features.csv"]);

        Assert.Contains("novel", said, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(Directory.GetFiles(site["captured"], "*asked.csv")[0]);
        int dropped = Array.FindIndex(lines[0].Split(','), name => name.StartsWith("disk_read", StringComparison.Ordinal));
        Assert.All(lines.Skip(1), line => Assert.Equal("", line.Split(',')[dropped]));
        Assert.True(File.ReadAllLines(site["features.csv"]).Length > 1);
        JsonNode known = JsonNode.Parse(File.ReadAllText(Directory.GetFiles(site["captured"], "*asked.json")[0]))!;
        Assert.Equal("drop", (string?)known["filters"]!["disk_read"]);
        Assert.NotEmpty(known["answers"]!.AsArray());
        Assert.Empty(Directory.GetFiles(Path.Combine(site[Device], "state/captures/vitals"), "*.clip"));
    }

    private static bool AnswersTheTenth(LinkMessage message) =>
        message.Topic.EndsWith("/up/latest/vitals", StringComparison.Ordinal)
        && JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.LatestMessage)!.N >= 10;

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
