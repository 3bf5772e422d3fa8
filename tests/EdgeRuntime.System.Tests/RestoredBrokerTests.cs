using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.System.Tests.Stage;

namespace EdgeRuntime.System.Tests;

/// <summary>A real broker whose database somebody restores from a backup: nothing is believed because it is retained.</summary>
public sealed class RestoredBrokerTests
{
    private const string Device = "dev-a";

    [NativeFact]
    public async Task A_broker_with_yesterdays_database_changes_nothing_on_a_device_that_says_why()
    {
        using Scratch kept = new();
        string database = kept["mosquitto.db"];
        using Site site = await Site.Open($"persistence true\npersistence_location {kept.Root}/\nuser root");
        string replay = $$"""{ "driver": "replay", "path": "{{Programs.Recording}}", "loop": true }""";
        await using Run device = Site.Start(site.Configure(Device, "../vitals-1.edgepkg", replay));
        await device.Says(" serves from ");
        await Push(site, 2);
        site.Broker.Stop();
        byte[] yesterday = File.ReadAllBytes(database);
        site.Broker.Start();
        await Push(site, 3);

        site.Broker.Stop();
        File.WriteAllBytes(database, yesterday);
        site.Broker.Start();
        Listener heard = new();
        using ILink manager = site.Listen(Device, heard, "manager");

        await device.Says("its generation 1 is not above 2, the highest accepted", seconds: 90);
        int windows = Windows(heard);
        heard.WaitUntil(it => Windows(it) > windows, "it infers");

        // By what it says, not by whether it is retained: a device that was back before the manager has reported already.
        heard.WaitUntil(it => Reported(it) is { Active.Version: "1.2.0", Candidate: null }, "the device reports what it runs today");
        Assert.DoesNotContain(heard.Messages, message => !message.Retain && message.Topic.Contains("/up/update/", StringComparison.Ordinal));
    }

    private static ReportedModel? Reported(Listener heard) => heard.Messages
        .LastOrDefault(message => message.Topic.EndsWith("/up/reported", StringComparison.Ordinal)) is { Topic: not null } last
        ? Assert.Single(JsonSerializer.Deserialize(last.Payload.Span, WireJson.Default.ReportedMessage)!.Models)
        : null;

    private static int Windows(Listener heard) =>
        heard.Messages.Count(message => message.Topic.Contains("/up/window/", StringComparison.Ordinal));

    private static Task<string> Push(Site site, int package) => site.Ctl(
        "push", Device, site[$"vitals-{package}.edgepkg"], "--key", site["keys/deploy.key.pem"], "--broker", $"127.0.0.1:{site.Broker.Port}",
        "--wait", "--patience", "90");
}
