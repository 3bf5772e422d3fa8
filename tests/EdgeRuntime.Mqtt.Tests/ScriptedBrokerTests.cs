using EdgeRuntime.Contracts.Links;
using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>How the link takes answers that a healthy broker does not give.</summary>
public sealed class ScriptedBrokerTests
{
    private const byte Connect = 0x10;
    private const byte Subscribe = 0x82;
    private const byte PublishAtQos1 = 0x32;
    private const byte Ping = 0xC0;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] Accepted = [0x20, 3, 0, 0, 0];

    [LinkFact]
    public void A_refused_subscription_is_reported_with_its_filter_and_the_link_stays()
    {
        const byte NotAuthorized = 0x87;
        using ScriptedBroker broker = new((first, rest) => first switch
        {
            Connect => Accepted,
            Subscribe => [0x90, 4, rest[0], rest[1], 0, NotAuthorized],
            _ => [],
        });
        using ILink link = Make(broker.Port, ("forbidden/#", 1));
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Refusals.Count == 1, "the refusal is told");

        Assert.Equal(
            $"the broker at 127.0.0.1:{broker.Port} refused the subscription 'forbidden/#': Not authorized", told.Refusals[0]);
        Assert.True(link.IsConnected);
    }

    [LinkFact]
    public void The_brokers_own_words_are_part_of_the_sentence()
    {
        const byte ServerBusy = 0x89;
        const byte ReasonString = 0x1F;
        byte[] words = [.. "closed for the night"u8];
        using ScriptedBroker broker = new((_, _) =>
            [0x20, (byte)(6 + words.Length), 0, ServerBusy, (byte)(3 + words.Length), ReasonString, 0, (byte)words.Length, .. words]);
        using ILink link = Make(broker.Port);
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == 1, "the refusal is told");

        Assert.StartsWith(
            $"the broker at 127.0.0.1:{broker.Port} refused the connection: Server busy (closed for the night); next try in",
            told.Disconnections[0],
            StringComparison.Ordinal);
    }

    [LinkFact]
    public void Packets_of_all_sizes_in_one_stream_arrive_whole_and_in_order()
    {
        int[] sizes = [0, 1, 100, 126, 127, 128, 8_180, 8_192, 16_300, 16_384, 65_552, 120_000, 3, 65_552, 65_552, 65_552, 65_552, 1];
        using ScriptedBroker broker = new((first, _) =>
            first == Connect ? [.. Accepted, .. sizes.SelectMany((size, i) => Published(Enumerable.Repeat((byte)i, size)))] : []);
        using ILink link = Make(broker.Port);
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Messages.Count == sizes.Length, "all are told");

        Assert.Equal(sizes, told.Messages.Select(message => message.Payload.Length));
        Assert.All(told.Messages.Select((message, i) => (message, i)), it =>
            Assert.False(it.message.Payload.Span.ContainsAnyExcept((byte)it.i)));
    }

    [LinkFact]
    public void A_message_whose_head_is_longer_than_its_packet_ends_the_connection_and_is_told_to_nobody()
    {
        byte[][] broken =
        [
            [0x30, 1, 0],
            [0x30, 4, 0, 9, (byte)'t', 0],
            [0x30, 5, 0, 1, (byte)'t', 9, 1],
            [0x30, 8, 0, 1, (byte)'t', 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x32, 4, 0, 1, (byte)'t', 7],
        ];
        int connections = 0;
        using ScriptedBroker broker = new((first, _) =>
            first == Connect ? [.. Accepted, .. broken[connections++ % broken.Length]] : []);
        using ILink link = Make(broker.Port);
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == broken.Length, "each of them ends its connection");

        Assert.All(told.Disconnections, said => Assert.Contains("was lost: ", said, StringComparison.Ordinal));
        Assert.Empty(told.Messages);
    }

    [LinkFact]
    public void A_farewell_of_the_broker_says_why()
    {
        const byte SessionTakenOver = 0x8E;
        using ScriptedBroker broker = new((first, _) => first switch
        {
            Connect => Accepted,
            Subscribe => [0xE0, 1, SessionTakenOver],
            _ => [],
        });
        using ILink link = Make(broker.Port, ("a", 1));
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == 1, "the farewell is told");

        Assert.Contains(" ended the connection: Session taken over; next try in", told.Disconnections[0], StringComparison.Ordinal);
    }

    [LinkFact]
    public void A_message_that_the_broker_cannot_keep_counts_as_answered_and_gives_its_credit_back()
    {
        const byte QuotaExceeded = 0x97;
        using ScriptedBroker broker = new((first, rest) => first switch
        {
            Connect => Accepted,
            PublishAtQos1 => [0x40, 3, rest[3], rest[4], QuotaExceeded],
            _ => [],
        });
        using ILink link = Make(broker.Port);
        Recorder told = new();
        link.Start(told);
        told.WaitUntil(it => it.Connections.Count == 1, "it connects");

        for (int i = 1; i <= 40; i++)
        {
            // Topic of one letter, so that the packet identifier stands at a fixed place.
            told.WaitUntil(
                _ => link.TryPublish(new LinkMessage { Topic = "t", Qos = 1, Payload = new byte[] { 1 } }, i), "there is a credit");
        }

        told.WaitUntil(it => it.Refusals.Count == 40, "all are answered");
        Assert.Empty(told.Published);
        Assert.All(told.Refusals, said => Assert.EndsWith("refused a message: Quota exceeded", said, StringComparison.Ordinal));
    }

    [LinkFact]
    public void Without_a_receive_maximum_the_links_own_credits_hold()
    {
        using ScriptedBroker broker = new((first, _) => first == Connect ? Accepted : []);
        using ILink link = Make(broker.Port);
        Recorder told = new();
        link.Start(told);
        told.WaitUntil(it => it.Connections.Count == 1, "it connects");

        int taken = Enumerable.Range(0, 100).Count(i => link.TryPublish(new LinkMessage { Topic = "t", Qos = 1 }, i));

        Assert.Equal(16, taken);
    }

    [LinkFact]
    public void Bytes_that_are_not_MQTT_end_the_connection_and_nothing_else()
    {
        using ScriptedBroker broker = new((_, _) => [0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        using ILink link = Make(broker.Port);
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == 3, "three tries end");

        Assert.All(told.Disconnections, said => Assert.Contains("was lost: ", said, StringComparison.Ordinal));
        Assert.Empty(told.Connections);
    }

    [LinkFact]
    public void The_servers_keep_alive_takes_the_place_of_ours()
    {
        const byte ServerKeepAlive = 0x13;
        using ManualResetEventSlim pinged = new();
        using ScriptedBroker broker = new((first, _) =>
        {
            if (first == Ping)
            {
                pinged.Set();
            }

            return first == Connect ? [0x20, 6, 0, 0, 3, ServerKeepAlive, 0, 2] : first == Ping ? [0xD0, 0] : [];
        });
        using ILink link = MqttLink.Create(Options(broker.Port) with { KeepAliveSeconds = 3600 }, TimeProvider.System, new Random(1));

        link.Start(new Recorder());

        Assert.True(pinged.Wait(Patience), "2 s after the connection a ping is due; ours would come after an hour");
    }

    private static LinkOptions Options(int port) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        ClientId = "link",
        ReconnectMin = TimeSpan.FromMilliseconds(10),
        ReconnectMax = TimeSpan.FromMilliseconds(100),
    };

    // A PUBLISH of QoS 0 on the topic "t", without properties.
    private static byte[] Published(IEnumerable<byte> payload)
    {
        byte[] body = [0, 1, (byte)'t', 0, .. payload];
        List<byte> head = [0x30];
        int length = body.Length;
        for (; length >= 128; length /= 128)
        {
            head.Add((byte)(length | 128));
        }

        return [.. head, (byte)length, .. body];
    }

    internal static ILink Make(int port, params (string, int)[] subscriptions) =>
        MqttLink.Create(Options(port) with { Subscriptions = subscriptions }, TimeProvider.System, new Random(1));
}
