using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Mqtt;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>A real broker, the native device, and SIGKILL: what was written is neither lost nor told as two things.</summary>
public sealed class OutboxTests
{
    private const string Device = "dev-a";

    [NativeFact]
    public async Task Killed_with_and_without_a_broker_a_device_loses_nothing_that_it_wrote_and_doubles_nothing()
    {
        using Site site = await Site.Open();
        string configuration = Configure(site);
        Listener heard = new();
        using ILink manager = Listen(site, "manager-1", heard);

        // Nobody acknowledges: all of the first run is kept, though the broker had it.
        await using (Run first = Site.Start(configuration))
        {
            heard.WaitUntil(it => Windows(it).Count >= 3, "three windows came");
            await Until(() => Bytes(site) > 0);
            first.Kill();
        }

        site.Broker.Kill();
        long before = Bytes(site);
        await using (Run second = Site.Start(configuration))
        {
            await Until(() => Bytes(site) > before + 4000);
            second.Kill();
        }

        // A manager that begins anew has had nothing.
        site.Broker.Start();
        Listener again = new();
        using ILink anew = Listen(site, "manager-2", again);
        await using Run third = Site.Start(configuration);
        again.WaitUntil(it => Boots(it).Count >= 3 && Windows(it).Count > 0, "windows of all three runs came");
        again.WaitUntil(it => Highest(it, Boots(it)[^1]) >= 2, "the backlog is sent");

        foreach ((BootId boot, string topicClass) in Keys(again))
        {
            long[] sequences = [.. Sequences(again, boot, topicClass).Order()];
            Assert.True(topicClass == "update" || sequences.SequenceEqual(Enumerable.Range(1, sequences.Length).Select(n => (long)n)),
                $"{topicClass} of {boot}: {string.Join(' ', sequences)}");
        }

        // Whatever came twice is the same message.
        IEnumerable<IGrouping<(BootId, string, long), string>> told = heard.Messages.Concat(again.Messages).Where(IsKept)
            .GroupBy(message => (Head(message).Boot, Class(message), Head(message).Sequence), message => Encoding.UTF8.GetString(message.Payload.Span));
        Assert.All(told, group => Assert.Single(group.Distinct()));

        // What is acknowledged is not told again by the next run.
        Dictionary<(BootId, string), long> acknowledged = Keys(again).ToDictionary(key => key, key => Sequences(again, key.Boot, key.Class).Max());
        foreach (((BootId boot, string topicClass), long highest) in acknowledged)
        {
            Assert.True(anew.TryPublish(Receipt(topicClass, boot, highest), 0));
        }

        again.WaitUntil(it => Highest(it, Boots(it)[^1]) >= acknowledged.Where(pair => pair.Key.Item2 == "window").Max(pair => pair.Value), "windows go on");
        third.Terminate();
        Assert.Equal(0, await third.Exit(TimeSpan.FromSeconds(15)));
        int mark = again.Messages.Count;
        await using Run fourth = Site.Start(configuration);
        again.WaitUntil(it => Boots(it).Count >= 4, "the fourth run came");

        BootId[] old = [.. acknowledged.Keys.Select(key => key.Item1).Distinct()];
        Assert.DoesNotContain(again.Messages.Skip(mark).Where(IsKept), message =>
            acknowledged.TryGetValue((Head(message).Boot, Class(message)), out long through) && Head(message).Sequence <= through);
        Assert.Equal(3, old.Length);
    }

    private static string Configure(Site site)
    {
        string path = site.Configure(Device, "../vitals-1.edgepkg");
        File.WriteAllText(path, File.ReadAllText(path).Replace(
            "\"window_s\": 2,", "\"window_s\": 1, \"predictions\": \"all\", \"outbox\": { \"flush_s\": 1 },", StringComparison.Ordinal));
        return path;
    }

    private static ILink Listen(Site site, string name, Listener heard)
    {
        ILink link = MqttLink.Create(
            new LinkOptions
            {
                Host = "127.0.0.1", Port = site.Broker.Port, ClientId = name,
                Subscriptions = [($"edge/v1/{Device}/up/#", 1)],
            },
            TimeProvider.System, new Random(1));
        link.Start(heard);
        heard.WaitUntil(it => it.WasConnected, "the manager is connected");
        return link;
    }

    private static LinkMessage Receipt(string topicClass, BootId boot, long highest) => new()
    {
        Topic = $"edge/v1/{Device}/down/ack",
        Payload = JsonSerializer.SerializeToUtf8Bytes(new AckMessage(topicClass, boot, highest), WireJson.Default.AckMessage),
        Qos = 1,
    };

    // Bytes of windows on the device's disk.
    private static long Bytes(Site site)
    {
        DirectoryInfo directory = new(site[$"{Device}/state/outbox/2"]);
        return directory.Exists ? directory.EnumerateFiles().Sum(file => file.Length) : 0;
    }

    private static string Class(LinkMessage message) => message.Topic.Split('/')[4];

    private static bool IsKept(LinkMessage message) => Class(message) is "window" or "event" or "prediction" or "update";

    private static (BootId Boot, long Sequence) Head(LinkMessage message)
    {
        JsonNode json = JsonNode.Parse(message.Payload.Span)!;
        return (BootId.TryParse((string?)json["boot"], out BootId boot) ? boot : default, (long)json["sequence"]!);
    }

    private static List<LinkMessage> Windows(Listener heard) => [.. heard.Messages.Where(message => Class(message) == "window")];

    // In the order in which their windows came.
    private static List<BootId> Boots(Listener heard) => [.. Windows(heard).Select(message => Head(message).Boot).Distinct()];

    private static List<(BootId Boot, string Class)> Keys(Listener heard) =>
        [.. heard.Messages.Where(IsKept).Select(message => (Head(message).Boot, Class(message))).Distinct()];

    private static IEnumerable<long> Sequences(Listener heard, BootId boot, string topicClass) => heard.Messages
        .Where(message => Class(message) == topicClass && Head(message).Boot == boot).Select(message => Head(message).Sequence).Distinct();

    private static long Highest(Listener heard, BootId boot) => Sequences(heard, boot, "window").DefaultIfEmpty(0).Max();

    private static async Task Until(Func<bool> holds)
    {
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            Assert.False(enough.IsCancellationRequested, "did not happen within 30 s");
            await Task.Yield();
        }
    }
}
