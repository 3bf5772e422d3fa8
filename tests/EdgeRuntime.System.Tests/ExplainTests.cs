using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Mqtt;
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
        using ILink listener = MqttLink.Create(
            new LinkOptions { Host = "127.0.0.1", Port = site.Broker.Port, ClientId = "listener", Subscriptions = [($"{Up}/#", 1)] },
            TimeProvider.System, new Random(1));
        listener.Start(heard);
        heard.WaitUntil(it => it.WasConnected, "the listener is connected");

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

    private static IEnumerable<AlarmMessage> Alarms(Listener heard) => heard.Messages
        .Where(message => message.Topic == $"{Up}/alarm/drift-vitals" && message.Payload.Length > 0)
        .Select(message => JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.AlarmMessage)!);

    private static void Ask(ILink link, string method)
    {
        CommandMessage command = new()
        {
            ExpiresUnixMs = DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds(), Model = "vitals", Method = method, MostInferences = 200,
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
