using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

public sealed class ExplainTests
{
    private const string Device = "dev-a";
    private const string Up = $"edge/v1/{Device}/up";
    private const string Answer = $"{Up}/response/who-explain";

    [NativeFact]
    public async Task A_device_explains_its_newest_sample_on_demand_and_every_alarm_by_itself()
    {
        using Site site = await Site.Open();
        string moved = site["moved.csv"];
        File.WriteAllText(moved, MovedRecording.Of(Programs.Recording, "context_switches[/s]"));
        Listener heard = new();
        using ILink listener = site.Listen(Device, heard);

        await using Run run = Site.Start(site.Configure(
            Device, "../vitals-2.edgepkg", $$"""{ "driver": "replay", "path": "{{moved}}", "loop": true, "speed": 50 }"""));
        heard.WaitUntil(it => it.Messages.Any(message => message.Topic == $"{Up}/latest/vitals"), "the model answers");
        Ask(listener, "shapley");
        heard.WaitUntil(it => it.Messages.Any(message => message.Topic == Answer), "the command is answered");
        heard.WaitUntil(it => Alarms(it).Any(alarm => alarm.Explanation is not null), "the alarm is explained");

        ResponseMessage answer = JsonSerializer.Deserialize(heard.Messages.First(message => message.Topic == Answer).Payload.Span, WireJson.Default.ResponseMessage)!;
        Assert.True(answer.Done, answer.Detail);
        ExplanationReport asked = answer.Explanation!;
        Assert.Equal(("vitals", "shapley", "probability"), (asked.Model, asked.Method, asked.Quantity));
        Assert.InRange(asked.Inferences, 25, 200);
        Assert.Equal(asked.Whole - asked.Nothing, asked.Groups.Sum(group => group.Attribution), 1e-9);

        AlarmMessage alarm = Alarms(heard).First(alarm => alarm.Explanation is not null);
        Assert.Equal(alarm.Digest, alarm.Explanation!.Digest);
        Assert.Contains("context_switches", alarm.Explanation.Groups.Select(group => group.Name));
    }

    [NativeFact]
    public async Task A_sample_that_was_answered_before_is_explained_while_its_frames_are_kept_and_not_after()
    {
        using Site site = await Site.Open();
        string source = site["source"];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Programs.Root, "tools/train/packages/vitals-2"), "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(source, Path.GetRelativePath(Path.Combine(Programs.Root, "tools/train/packages/vitals-2"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "manifest.json")))!;
        json["monitoring"] = JsonNode.Parse("""{ "capture": { "before": 200, "after": 5 }, "privacy": [{ "channel": "disk_read", "filter": "drop" }] }""");
        json.AsObject().Remove("files");
        File.WriteAllText(Path.Combine(source, "manifest.json"), json.ToJsonString());
        await site.Ctl("pack", source, "--output", site["capturing.edgepkg"], "--key", site["keys/release.key.pem"]);
        Listener heard = new();
        using ILink listener = site.Listen(Device, heard);
        await using Run run = Site.Start(site.Configure(
            Device, "../capturing.edgepkg", $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true, "speed": 10 }"""));
        heard.WaitUntil(it => Latest(it) is { N: > 5 }, "the model answers");
        LatestMessage latest = Latest(heard)!;

        Ask(listener, "shapley", latest.N);
        heard.WaitUntil(it => Answers(it).Any(), "the command is answered");
        Ask(listener, "shapley", 1_000_000);
        heard.WaitUntil(it => Answers(it).Count() == 2, "the second command is answered");

        ResponseMessage[] answers = [.. Answers(heard)];
        Assert.True(answers[0].Done, answers[0].Detail);
        Assert.Equal((latest.N, latest.SampleUnixMs, latest.Label), (answers[0].Explanation!.N, answers[0].Explanation!.SampleUnixMs, answers[0].Explanation!.Label));
        Assert.Equal(latest.Score, answers[0].Explanation!.Whole, 1e-6);
        Assert.Equal((false, "sample 1000000 is neither among the newest frames nor in a clip of this boot any more"), (answers[1].Done, answers[1].Detail));
    }

    private static LatestMessage? Latest(Listener heard) => heard.Messages
        .Where(message => message.Topic == $"{Up}/latest/vitals")
        .Select(message => JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.LatestMessage))
        .LastOrDefault();

    private static IEnumerable<ResponseMessage> Answers(Listener heard) => heard.Messages
        .Where(message => message.Topic == Answer)
        .Select(message => JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.ResponseMessage)!);

    private static IEnumerable<AlarmMessage> Alarms(Listener heard) => heard.Messages
        .Where(message => message.Topic == $"{Up}/alarm/drift-vitals" && message.Payload.Length > 0)
        .Select(message => JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.AlarmMessage)!);

    private static void Ask(ILink link, string method, long? sample = null)
    {
        CommandMessage command = new()
        {
            ExpiresUnixMs = DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds(), Model = "vitals", Method = method, MostInferences = 200, Sample = sample,
        };
        link.TryPublish(
            new LinkMessage
            {
                Topic = $"edge/v1/{Device}/down/command/explain",
                Payload = JsonSerializer.SerializeToUtf8Bytes(command, WireJson.Default.CommandMessage),
                Qos = 1,
                ResponseTopic = Answer,
            },
            token: 0);
    }
}
