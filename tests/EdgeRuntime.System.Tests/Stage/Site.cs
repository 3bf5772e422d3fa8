using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Mqtt;
using EdgeRuntime.Mqtt.Tests;

namespace EdgeRuntime.System.Tests.Stage;

/// <summary>A broker, keys and packages in a scratch directory, and devices configured for them.</summary>
internal sealed class Site : IDisposable
{
    private readonly Scratch _scratch = new();

    private Site(Mosquitto broker) => Broker = broker;

    public Mosquitto Broker { get; }

    public string Root => _scratch.Root;

    public string this[string name] => _scratch[name];

    /// <summary>Starts a broker, makes a release and a deploy key, and packs the committed vitals packages.</summary>
    public static async Task<Site> Open(string brokerSettings = "")
    {
        Site site = new(new Mosquitto(brokerSettings));
        await site.Ctl("keygen", "--name", "release", "--output", site["keys"]);
        await site.Ctl("keygen", "--name", "deploy", "--output", site["keys"]);
        foreach (int version in (int[])[1, 2, 3])
        {
            await site.Ctl(
                "pack", Path.Combine(Programs.Root, $"tools/train/packages/vitals-{version}"), "--output", site[$"vitals-{version}.edgepkg"],
                "--key", site["keys/release.key.pem"]);
        }

        return site;
    }

    public async Task<string> Ctl(params string[] arguments)
    {
        (int code, string text) = await Run.ToEnd(Programs.Ctl, Root, arguments);
        Assert.True(code == 0, $"edgectl {string.Join(' ', arguments)} ended with {code}:\n{text}");
        return text;
    }

    /// <summary>Writes a configuration for the vitals model.</summary>
    public string Configure(string device, string package, string sensor = """{ "driver": "vitals", "rate_hz": 5 }""", int? port = null, string state = "state", string trust = "",
        string host = "127.0.0.1") =>
        _scratch.Write($"{device}/edge.json", $$"""
            {
              "device": "{{device}}",
              "profile": "linux-x64",
              "state_dir": "{{state}}",
              "link": { "host": "{{host}}", "port": {{port ?? Broker.Port}} },
              "trust": { "release_keys": ["../keys/release.pub.pem"], "deploy_keys": ["../keys/deploy.pub.pem"]{{trust}} },
              "telemetry": { "window_s": 2, "latest_ms": 200 },
              "models": [{ "name": "vitals", "package": "{{package}}", "sensor": {{sensor}} }]
            }
            """);

    public static Run Start(string configuration) => Run.Start(
        Programs.Device, Path.GetDirectoryName(configuration)!,
        new Dictionary<string, string> { ["EDGE_PROFILES"] = Path.Combine(Programs.Root, "device-profiles") },
        "run", "--config", configuration, "--plain");

    /// <summary>Connects somebody who hears all that a device says from here on.</summary>
    public ILink Listen(string device, Listener heard, string name = "listener")
    {
        ILink link = MqttLink.Create(
            new LinkOptions { Host = "127.0.0.1", Port = Broker.Port, ClientId = name, Subscriptions = [($"edge/v1/{device}/up/#", 1)] },
            TimeProvider.System, new Random(1));
        link.Start(heard);
        heard.WaitUntil(it => it.WasConnected, "the listener is connected");
        return link;
    }

    public void Dispose()
    {
        Broker.Dispose();
        _scratch.Dispose();
    }
}
