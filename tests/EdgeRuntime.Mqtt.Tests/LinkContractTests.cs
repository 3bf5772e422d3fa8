using System.Text;
using EdgeRuntime.Contracts.Links;
using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>What every link promises, asked of both kinds.</summary>
public sealed class LinkContractTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [EveryLink]
    public void All_properties_arrive_at_QoS_0_and_the_token_comes_back(string kind) => AllPropertiesArrive(kind, qos: 0);

    [Theory]
    [EveryLink]
    public void All_properties_arrive_at_QoS_1_and_the_token_comes_back(string kind) => AllPropertiesArrive(kind, qos: 1);

    [Theory]
    [EveryLink]
    public void A_message_without_properties_or_payload_arrives_without_them(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink subscriber, Recorder seen) = rig.Subscribe("subscriber", ("empty", 0));
        (ILink publisher, _) = rig.Connect(rig.Options("publisher"));

        Assert.True(publisher.TryPublish(new LinkMessage { Topic = "empty" }, token: 1));
        seen.WaitUntil(it => it.Messages.Count == 1, "the message arrives");

        LinkMessage received = seen.Messages[0];
        Assert.True(received.Payload.IsEmpty);
        Assert.True(received.Correlation.IsEmpty);
        Assert.Null(received.ContentType);
        Assert.Null(received.ResponseTopic);
        Assert.Equal(0, received.ExpirySeconds);
        publisher.Stop(Patience);
        subscriber.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void A_retained_message_reaches_who_subscribes_later(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink publisher, Recorder told) = rig.Connect(rig.Options("publisher"));
        _ = publisher.TryPublish(Text("kept/gone", "x") with { Retain = true, Qos = 1 }, token: 1);
        _ = publisher.TryPublish(Text("kept/gone", "") with { Retain = true, Qos = 1 }, token: 2);
        _ = publisher.TryPublish(Text("kept/stays", "y") with { Retain = true, Qos = 1, ExpirySeconds = 600 }, token: 3);
        told.WaitUntil(it => it.Published.Count == 3, "all three are acknowledged");

        (ILink subscriber, Recorder seen) = rig.Subscribe("subscriber", ("kept/+", 1));
        seen.WaitUntil(it => it.Messages.Count >= 1, "the retained message arrives");
        _ = publisher.TryPublish(Text("kept/fresh", "z") with { Retain = true, Qos = 1 }, token: 4);
        seen.WaitUntil(it => it.Messages.Count >= 2, "the fresh message arrives");

        Assert.Equal(["kept/stays", "kept/fresh"], seen.Messages.Select(message => message.Topic));
        Assert.Equal([true, false], seen.Messages.Select(message => message.Retain));
        Assert.InRange(seen.Messages[0].ExpirySeconds, 500, 600);
        publisher.Stop(Patience);
        subscriber.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void A_retained_message_is_gone_after_its_expiry(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink publisher, Recorder told) = rig.Connect(rig.Options("publisher"));
        _ = publisher.TryPublish(Text("kept", "x") with { Retain = true, Qos = 1, ExpirySeconds = 2 }, token: 0);
        told.WaitUntil(it => it.Published.Count == 1, "it is acknowledged");
        int tries = 0;
        bool stillThere = true;

        // The broker's clock cannot be moved, so it is asked again and again; what comes after the retained ones ends a try.
        long start = TimeProvider.System.GetTimestamp();
        while (stillThere && TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            tries++;
            (ILink asking, Recorder seen) = rig.Subscribe($"asking-{tries}", ("kept", 1), ("end", 1));
            _ = asking.TryPublish(Text("end", "") with { Qos = 1 }, token: 0);
            seen.WaitUntil(it => it.Messages.Any(message => message.Topic == "end"), "the end arrives");
            stillThere = seen.Messages.Any(message => message.Topic == "kept");
            asking.Stop(Patience);
        }

        Assert.False(stillThere);
        Assert.True(tries > 1, "it must have been there at first");
        publisher.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void The_will_is_published_when_the_connection_is_lost(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink observer, Recorder seen) = rig.Subscribe("observer", ("status", 1));
        LinkMessage will = Text("status", "lost") with { Qos = 1, Retain = true, ContentType = "text/plain" };
        (ILink device, _) = rig.Connect(rig.Options("device") with { Will = will });

        device.Dispose();
        seen.WaitUntil(it => it.Messages.Count == 1, "the will arrives");

        Assert.Equal(["lost"], seen.Payloads);
        Assert.Equal("text/plain", seen.Messages[0].ContentType);
        observer.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void A_clean_stop_leaves_the_will_unpublished(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink observer, Recorder seen) = rig.Subscribe("observer", ("status", 1));
        LinkMessage will = Text("status", "lost") with { Qos = 1 };
        (ILink device, Recorder told) = rig.Connect(rig.Options("device") with { Will = will });

        device.Stop(Patience);
        device.Dispose();
        _ = observer.TryPublish(Text("status", "end") with { Qos = 1 }, token: 0);
        seen.WaitUntil(it => it.Payloads.Contains("end"), "what is published afterwards arrives");

        Assert.Equal(["end"], seen.Payloads);
        Assert.Empty(told.Disconnections);
        Assert.False(device.IsConnected);
        observer.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void Stop_waits_for_the_acknowledgements(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink link, Recorder told) = rig.Connect(rig.Options("link"));
        for (int i = 0; i < 16; i++)
        {
            Assert.True(link.TryPublish(Text("t", "x") with { Qos = 1 }, token: i));
        }

        link.Stop(Patience);

        Assert.Equal(Enumerable.Range(0, 16).Select(i => (long)i), told.Published);
        Assert.False(link.TryPublish(Text("t", "x"), token: 99));
        link.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void No_more_is_in_flight_than_there_are_credits(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink link, Recorder told) = rig.Connect(rig.Options("link") with { Credits = 5 });
        rig.Freeze();

        List<bool> taken = [.. Enumerable.Range(0, 7).Select(i => link.TryPublish(Text("t", "x") with { Qos = 1 }, i))];
        bool withoutCredit = link.TryPublish(Text("t", "x"), token: 100);
        rig.Thaw();
        told.WaitUntil(it => it.Published.Count == 6, "five acknowledgements and the QoS 0 message come back");
        IReadOnlyList<long> published = told.Published;
        bool again = link.TryPublish(Text("t", "x") with { Qos = 1 }, token: 7);

        Assert.Equal([true, true, true, true, true, false, false], taken);
        Assert.True(withoutCredit);
        Assert.Equal([0L, 1, 2, 3, 4, 100], published.Order());
        Assert.True(again);
        link.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void Messages_wait_for_a_subscriber_that_is_away(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink publisher, Recorder told) = rig.Connect(rig.Options("publisher"));
        (ILink first, Recorder before) = rig.Subscribe("subscriber", ("news", 1));
        first.Dispose();
        _ = publisher.TryPublish(Text("news", "while away") with { Qos = 1 }, token: 1);
        told.WaitUntil(it => it.Published.Count == 1, "the broker has it");

        (ILink second, Recorder after) = rig.Subscribe("subscriber", ("news", 1));
        after.WaitUntil(it => it.Messages.Count == 1, "it arrives after the reconnection");

        Assert.Equal([false], before.Connections);
        Assert.Equal([true], after.Connections);
        Assert.Equal(["while away"], after.Payloads);
        publisher.Stop(Patience);
        second.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void A_broker_that_is_killed_five_times_loses_nothing_that_is_sent_again(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink subscriber, Recorder seen) = rig.Subscribe("subscriber", ("n", 1));
        (ILink publisher, Recorder told) = rig.Connect(rig.Options("publisher"));
        int number = 0;
        List<long> acknowledged = [];
        for (int round = 1; round <= 5; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                acknowledged.Add(++number);
                Assert.True(publisher.TryPublish(Text("n", $"{number}") with { Qos = 1 }, number));
            }

            told.WaitUntil(it => it.Published.Count == acknowledged.Count, "the round is acknowledged");
            seen.WaitUntil(it => it.Messages.Count == acknowledged.Count, "the round has arrived");
            rig.Freeze();
            long forgotten = -round;
            Assert.True(publisher.TryPublish(Text("never", "x") with { Qos = 1 }, forgotten));
            rig.Kill();
            told.WaitUntil(it => it.Disconnections.Count > 0 && !publisher.IsConnected, "the loss is noticed");
            seen.WaitUntil(_ => !subscriber.IsConnected, "the loss is noticed by the subscriber");
            Assert.False(publisher.TryPublish(Text("n", "x"), token: 0));

            rig.Restart();
            told.WaitUntil(it => it.Connections.Count == round + 1, "the publisher is back");
            seen.WaitUntil(it => it.Connections.Count == round + 1, "the subscriber is back");
            LinkRig.AwaitSubscriptions("subscriber", subscriber, seen);
        }

        // Tokens that were in flight at a loss are forgotten: none of the negative ones may ever come back.
        Assert.Equal(acknowledged, told.Published);
        Assert.Equal(acknowledged.Select(n => $"{n}"), seen.Payloads);
        Assert.All(told.Connections, Assert.False);
        publisher.Stop(Patience);
        subscriber.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void Wildcards_choose_what_arrives(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink subscriber, Recorder seen) = rig.Subscribe("subscriber", ("edge/+/up/#", 1), ("end", 1));
        (ILink publisher, _) = rig.Connect(rig.Options("publisher"));

        foreach (string topic in (string[])["edge/a/up", "edge/a/up/x/y", "edge/a/down/x", "edge/up/x", "other", "end"])
        {
            Assert.True(publisher.TryPublish(Text(topic, "x") with { Qos = 1 }, token: 0));
        }

        seen.WaitUntil(it => it.Messages.Any(message => message.Topic == "end"), "the last arrives");

        Assert.Equal(["edge/a/up", "edge/a/up/x/y", "end"], seen.Messages.Select(message => message.Topic));
        publisher.Stop(Patience);
        subscriber.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void The_largest_packet_arrives_and_one_byte_more_is_refused(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink subscriber, Recorder seen) = rig.Subscribe("subscriber", ("big", 1));
        (ILink publisher, _) = rig.Connect(rig.Options("publisher"));
        LinkMessage empty = new() { Topic = "big", Qos = 1 };
        byte[] payload = new byte[LinkPacket.BytesMax - LinkPacket.Bytes(empty) - 2];
        new Random(7).NextBytes(payload);

        LinkMessage largest = empty with { Payload = payload };
        bool taken = publisher.TryPublish(largest, token: 1);
        LinkMessage tooLarge = empty with { Payload = new byte[payload.Length + 1] };
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => publisher.TryPublish(tooLarge, token: 2));
        seen.WaitUntil(it => it.Messages.Count == 1, "the largest arrives");

        Assert.True(taken);
        Assert.Equal(LinkPacket.BytesMax, LinkPacket.Bytes(largest));
        Assert.Equal(payload, seen.Messages[0].Payload.ToArray());
        Assert.Equal("the packet for 'big' is 131073 bytes, and at most 131072 can be sent", refusal.Message);
        publisher.Stop(Patience);
        subscriber.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void A_topic_with_a_wildcard_is_refused(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink link, _) = rig.Connect(rig.Options("link"));

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => link.TryPublish(Text("a/#", "x"), token: 1));

        Assert.StartsWith("'a/#' is not a topic name", refusal.Message, StringComparison.Ordinal);
        Assert.True(link.IsConnected);
        link.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void A_malformed_filter_is_reported_and_the_others_work(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink link, Recorder told) = rig.Subscribe("link", ("a/#/b", 1), ("good", 1));

        _ = link.TryPublish(Text("good", "x") with { Qos = 1 }, token: 1);
        told.WaitUntil(it => it.Messages.Count == 1, "the good one works");

        Assert.Equal(["'a/#/b' is not a topic filter"], told.Refusals);
        link.Stop(Patience);
    }

    [Theory]
    [EveryLink]
    public void An_event_may_publish_and_may_stop_the_link(string kind)
    {
        using LinkRig rig = Rig(kind);
        (ILink observer, Recorder seen) = rig.Subscribe("observer", ("answer", 1));
        Answering answering = new();
        using ILink link = rig.Make(rig.Options("link") with { Subscriptions = [("question", 1)] });
        answering.Link = link;
        link.Start(answering);
        seen.WaitUntil(it => it.Messages.Count == 1, "the birth arrives");

        Assert.True(observer.TryPublish(Text("question", "?") with { Qos = 1 }, token: 1));
        seen.WaitUntil(it => it.Messages.Count == 2, "the answer arrives");
        seen.WaitUntil(_ => !link.IsConnected || !observer.TryPublish(Text("question", "?"), token: 2), "the link has stopped");

        Assert.Equal(["born", "answer"], seen.Payloads);
        observer.Stop(Patience);
    }

    /// <summary>Publishes when it is connected and when it is asked, and then stops.</summary>
    private sealed class Answering : ILinkEvents
    {
        public ILink? Link { get; set; }

        public void OnConnected(bool sessionPresent) => Assert.True(Link!.TryPublish(Text("answer", "born") with { Qos = 1 }, token: 1));

        public void OnDisconnected(string reason)
        {
        }

        public void OnMessage(in LinkMessage message)
        {
            Assert.True(Link!.TryPublish(Text("answer", "answer") with { Qos = 1 }, token: 2));
            Link.Stop(Patience);
        }

        public void OnPublished(long token)
        {
        }
    }

    private static LinkMessage Text(string topic, string payload) =>
        new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload) };

    private static LinkRig Rig(string kind) => kind == EveryLinkAttribute.InMemory ? new InMemoryRig() : new MosquittoRig();

    private static void AllPropertiesArrive(string kind, int qos)
    {
        using LinkRig rig = Rig(kind);
        (ILink subscriber, Recorder seen) = rig.Subscribe("subscriber", ("a/b", 1));
        (ILink publisher, Recorder told) = rig.Connect(rig.Options("publisher"));
        LinkMessage sent = new()
        {
            Topic = "a/b",
            Payload = "grüß dich"u8.ToArray(),
            Qos = qos,
            ExpirySeconds = 3600,
            ContentType = "application/json",
            ResponseTopic = "a/answer",
            Correlation = new byte[] { 0, 1, 2, 255 },
        };

        bool taken = publisher.TryPublish(sent, token: 42);
        seen.WaitUntil(it => it.Messages.Count == 1, "the message arrives");
        told.WaitUntil(it => it.Published.Count == 1, "the token comes back");

        Assert.True(taken);
        Assert.Equal([42L], told.Published);
        LinkMessage received = seen.Messages[0];
        Assert.Equal("a/b", received.Topic);
        Assert.Equal("grüß dich", seen.Payloads[0]);
        Assert.Equal(qos, received.Qos);
        Assert.False(received.Retain);
        Assert.InRange(received.ExpirySeconds, 3500, 3600);
        Assert.Equal("application/json", received.ContentType);
        Assert.Equal("a/answer", received.ResponseTopic);
        Assert.Equal(new byte[] { 0, 1, 2, 255 }, received.Correlation.ToArray());
        publisher.Stop(Patience);
        subscriber.Stop(Patience);
    }
}
