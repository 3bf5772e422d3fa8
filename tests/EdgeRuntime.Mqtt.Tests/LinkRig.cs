using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>A broker of one kind and links to it, so that one set of tests holds both kinds to the same contract.</summary>
public abstract class LinkRig : IDisposable
{
    /// <summary>Options that reach this broker; tests change copies.</summary>
    public abstract LinkOptions Options(string clientId);

    public abstract ILink Make(LinkOptions options);

    /// <summary>Lets the broker keep its acknowledgements back.</summary>
    public abstract void Freeze();

    public abstract void Thaw();

    /// <summary>Kills the broker; it forgets everything.</summary>
    public abstract void Kill();

    public abstract void Restart();

    public abstract void Dispose();

    /// <summary>Makes and starts a link and waits until it is connected.</summary>
    public (ILink Link, Recorder Events) Connect(LinkOptions options)
    {
        Recorder events = new();
        return (Connect(options, events), events);
    }

    public ILink Connect(LinkOptions options, Recorder events)
    {
        ILink link = Make(options);
        link.Start(events);
        events.WaitUntil(told => told.Connections.Count > 0, $"{options.ClientId} is connected");
        return link;
    }

    /// <summary>Makes a link that subscribes, and waits until the broker knows of it: a connected link has only sent that.</summary>
    public (ILink Link, Recorder Events) Subscribe(string clientId, params (string, int)[] filters)
    {
        (string, int)[] all = [.. filters, ($"{Recorder.Ready}/{clientId}", 1)];
        (ILink link, Recorder events) = Connect(Options(clientId) with { Subscriptions = all });
        AwaitSubscriptions(clientId, link, events);
        return (link, events);
    }

    /// <summary>The same again, after a reconnection.</summary>
    public static void AwaitSubscriptions(string clientId, ILink link, Recorder events)
    {
        int before = events.ReadyCount;
        events.WaitUntil(
            _ => link.TryPublish(new LinkMessage { Topic = $"{Recorder.Ready}/{clientId}", Qos = 1 }, Recorder.ReadyToken),
            "there is a credit");
        events.WaitUntil(it => it.ReadyCount > before, $"the subscriptions of {clientId} are known");
    }
}

public sealed class MosquittoRig(string settings = "") : LinkRig
{
    private readonly Mosquitto _broker = new(settings);
    private int _seed;

    public override LinkOptions Options(string clientId) => new()
    {
        Host = "127.0.0.1",
        Port = _broker.Port,
        ClientId = clientId,
        ReconnectMin = TimeSpan.FromMilliseconds(10),
        ReconnectMax = TimeSpan.FromMilliseconds(200),
        WillDelaySeconds = 0,
    };

    public override ILink Make(LinkOptions options) => MqttLink.Create(options, TimeProvider.System, new Random(++_seed));

    public override void Freeze() => _broker.Freeze();

    public override void Thaw() => _broker.Thaw();

    public override void Kill() => _broker.Kill();

    public override void Restart() => _broker.Start();

    public override void Dispose() => _broker.Dispose();
}

public sealed class InMemoryRig : LinkRig
{
    private readonly InMemoryBroker _broker = new(TimeProvider.System, withThread: true);

    public override LinkOptions Options(string clientId) => new() { Host = "memory", ClientId = clientId, WillDelaySeconds = 0 };

    public override ILink Make(LinkOptions options) => new InMemoryLink(_broker, options);

    public override void Freeze() => _broker.HoldsAcknowledgements = true;

    public override void Thaw() => _broker.HoldsAcknowledgements = false;

    public override void Kill() => _broker.GoDown(forget: true);

    public override void Restart()
    {
        _broker.HoldsAcknowledgements = false;
        _broker.ComeUp();
    }

    public override void Dispose() => _broker.Dispose();
}
