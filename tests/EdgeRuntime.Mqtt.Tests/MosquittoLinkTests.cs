using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeRuntime.Contracts.Links;
using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>What only a real broker can say: limits, refusals, silence.</summary>
public sealed class MosquittoLinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [MosquittoFact]
    public void A_message_over_the_brokers_packet_limit_is_refused_and_smaller_ones_pass()
    {
        using MosquittoRig rig = new("max_packet_size 1000");
        (ILink link, Recorder told) = rig.Connect(rig.Options("link"));
        LinkMessage tooLarge = new() { Topic = "t", Payload = new byte[1000], Qos = 1 };

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => link.TryPublish(tooLarge, token: 1));
        bool smaller = link.TryPublish(tooLarge with { Payload = new byte[900] }, token: 2);
        told.WaitUntil(it => it.Published.Count == 1, "the smaller one is acknowledged");

        Assert.Equal("the packet for 't' is 1009 bytes, and at most 1000 can be sent", refusal.Message);
        Assert.True(smaller);
        Assert.Equal([2L], told.Published);
        Assert.Empty(told.Disconnections);
        link.Stop(Patience);
    }

    [MosquittoFact]
    public void A_broker_without_QoS_1_gets_QoS_0_and_a_will_it_can_take()
    {
        using MosquittoRig rig = new("max_qos 0");
        LinkMessage will = Text("status", "lost") with { Qos = 1 };
        (ILink observer, Recorder seen) = rig.Subscribe("observer", ("#", 1));
        (ILink link, Recorder told) = rig.Connect(rig.Options("link") with { Will = will });

        Assert.True(link.TryPublish(Text("t", "x") with { Qos = 1 }, token: 5));
        told.WaitUntil(it => it.Published.Count == 1, "the token comes back");
        seen.WaitUntil(it => it.Messages.Count == 1, "the message arrives");
        link.Dispose();
        seen.WaitUntil(it => it.Messages.Count == 2, "the will arrives");

        Assert.Equal(["x", "lost"], seen.Payloads);
        Assert.Contains("QoS", Assert.Single(told.Disconnections), StringComparison.Ordinal);
        Assert.Equal([5L], told.Published);
        observer.Stop(Patience);
    }

    [MosquittoFact]
    public void A_broker_that_keeps_no_messages_gets_none_to_keep()
    {
        using MosquittoRig rig = new("retain_available false");
        LinkMessage will = Text("status", "lost") with { Retain = true, Qos = 1 };
        (ILink observer, Recorder seen) = rig.Subscribe("observer", ("#", 1));
        (ILink link, Recorder told) = rig.Connect(rig.Options("link") with { Will = will });

        Assert.True(link.TryPublish(Text("t", "x") with { Qos = 1, Retain = true }, token: 5));
        told.WaitUntil(it => it.Published.Count == 1, "it is acknowledged");
        link.Dispose();
        seen.WaitUntil(it => it.Messages.Count == 2, "the will arrives");

        Assert.Equal(["x", "lost"], seen.Payloads);
        Assert.Contains("Retain not supported", Assert.Single(told.Disconnections), StringComparison.OrdinalIgnoreCase);
        observer.Stop(Patience);
    }

    [MosquittoFact]
    public void The_brokers_receive_maximum_lowers_the_credits()
    {
        using MosquittoRig rig = new("max_inflight_messages 3");
        (ILink link, Recorder told) = rig.Connect(rig.Options("link"));
        rig.Freeze();

        List<bool> taken = [.. Enumerable.Range(0, 5).Select(i => link.TryPublish(Text("t", "x") with { Qos = 1 }, i))];
        rig.Thaw();
        told.WaitUntil(it => it.Published.Count == 3, "three are acknowledged");

        Assert.Equal([true, true, true, false, false], taken);
        link.Stop(Patience);
    }

    [MosquittoFact]
    public void A_refused_password_is_said_and_tried_again()
    {
        using Mosquitto broker = new(anonymous: false);
        using ILink link = Make(Reaching(broker.Port) with { UserName = "u", Password = "wrong" });
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == 2, "it is refused twice");

        Assert.Matches(
            $@"^the broker at 127\.0\.0\.1:{broker.Port} refused the connection: Not authorized.*; next try in \d+\.\d s$",
            told.Disconnections[0]);
        Assert.False(link.IsConnected);
    }

    [MosquittoFact]
    public void A_message_that_the_access_list_forbids_is_reported_and_the_link_stays()
    {
        string list = Path.GetTempFileName();
        File.WriteAllText(list, "topic readwrite allowed/#\n");
        File.SetUnixFileMode(list, (UnixFileMode)0b110_100_100);
        using MosquittoRig rig = new($"acl_file {list}");
        (ILink link, Recorder told) = rig.Connect(rig.Options("link") with { Subscriptions = [("allowed/#", 1)] });

        Assert.True(link.TryPublish(Text("forbidden/x", "x") with { Qos = 1 }, token: 1));
        Assert.True(link.TryPublish(Text("allowed/x", "y") with { Qos = 1 }, token: 2));
        told.WaitUntil(it => it.Messages.Count == 1 && it.Refusals.Count == 1 && it.Published.Count == 1, "all is said");

        Assert.Equal(["y"], told.Payloads);
        Assert.Equal([2L], told.Published);
        Assert.EndsWith("refused a message: Not authorized", told.Refusals[0], StringComparison.Ordinal);
        Assert.True(link.IsConnected);
        link.Stop(Patience);
        File.Delete(list);
    }

    [MosquittoFact]
    public void A_second_client_with_the_same_id_takes_over_and_the_first_says_so()
    {
        using MosquittoRig rig = new();
        (ILink first, Recorder told) = rig.Connect(rig.Options("same") with
        {
            ReconnectMin = TimeSpan.FromMinutes(1),
            ReconnectMax = TimeSpan.FromMinutes(1),
        });

        (ILink second, _) = rig.Connect(rig.Options("same"));
        told.WaitUntil(it => it.Disconnections.Count == 1, "the first is told");

        Assert.EndsWith("next try in 60.0 s", told.Disconnections[0], StringComparison.Ordinal);
        Assert.True(second.IsConnected);

        // The wait of a minute must not hold up a stop.
        first.Stop(Patience);
        second.Stop(Patience);
    }

    [MosquittoFact]
    public void A_name_whose_first_address_does_not_answer_still_reaches_the_broker()
    {
        // On most machines localhost is ::1 first, where this broker does not listen.
        using Mosquitto broker = new();
        using ILink link = Make(Reaching(broker.Port) with { Host = "localhost" });
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Connections.Count == 1, "it connects");

        Assert.Empty(told.Disconnections);
        link.Stop(Patience);
    }

    [MosquittoFact]
    public void A_broker_that_is_absent_at_the_start_is_found_later()
    {
        using Mosquitto broker = new();
        broker.Kill();
        using ILink link = Make(Reaching(broker.Port));
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == 3, "three tries fail");
        broker.Start();
        told.WaitUntil(it => it.Connections.Count == 1, "it connects");

        Assert.Matches(
            $@"^the broker at 127\.0\.0\.1:{broker.Port} does not answer: Connection refused; next try in \d+\.\d s$",
            told.Disconnections[0]);
        link.Stop(Patience);
    }

    [MosquittoFact]
    public void A_name_that_does_not_exist_is_said_in_one_sentence()
    {
        using ILink link = Make(Reaching(1883) with { Host = "no-such-broker.invalid" });
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == 1, "the name is looked up");

        Assert.StartsWith(
            "the broker's address 'no-such-broker.invalid' cannot be found: ", told.Disconnections[0], StringComparison.Ordinal);
    }

    [MosquittoFact]
    public void A_server_that_accepts_and_stays_silent_is_given_up()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using ILink link = Make(Reaching(((IPEndPoint)silent.LocalEndpoint).Port) with { KeepAliveSeconds = 5 });
        Recorder told = new();

        link.Start(told);
        told.WaitUntil(it => it.Disconnections.Count == 1, "the keep alive runs out");

        Assert.Contains("was lost: ", told.Disconnections[0], StringComparison.Ordinal);
        Assert.Empty(told.Connections);
    }

    [MosquittoFact]
    public void A_frozen_broker_is_noticed_by_its_silence()
    {
        using MosquittoRig rig = new();
        (ILink link, Recorder told) = rig.Connect(rig.Options("link") with { KeepAliveSeconds = 5 });

        rig.Freeze();
        told.WaitUntil(it => it.Disconnections.Count == 1, "the silence is noticed");
        rig.Thaw();
        told.WaitUntil(it => it.Connections.Count == 2, "it is back");

        Assert.Contains("was lost: ", told.Disconnections[0], StringComparison.Ordinal);
        link.Stop(Patience);
    }

    [MosquittoFact]
    public void A_frozen_broker_does_not_hold_up_a_stop()
    {
        using MosquittoRig rig = new();
        (ILink link, Recorder told) = rig.Connect(rig.Options("link"));
        rig.Freeze();
        Assert.True(link.TryPublish(Text("t", "x") with { Qos = 1 }, token: 1));

        link.Stop(TimeSpan.FromMilliseconds(50));

        Assert.Empty(told.Published);
        Assert.False(link.IsConnected);
    }

    [Fact]
    public void Options_out_of_range_are_all_listed()
    {
        LinkOptions options = new()
        {
            Host = " ",
            Port = 0,
            ClientId = "",
            KeepAliveSeconds = 4,
            Credits = 0,
            SessionExpirySeconds = -1,
            WillDelaySeconds = -1,
            ReconnectMin = TimeSpan.Zero,
        };

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Make(options));

        Assert.Equal(8, refusal.Message.Split("; ").Length);
    }

    private static LinkOptions Reaching(int port) => new()
    {
        Host = "127.0.0.1",
        Port = port,
        ClientId = "link",
        ReconnectMin = TimeSpan.FromMilliseconds(10),
        ReconnectMax = TimeSpan.FromMilliseconds(200),
    };

    private static ILink Make(LinkOptions options) => MqttLink.Create(options, TimeProvider.System, new Random(1));

    private static LinkMessage Text(string topic, string payload) =>
        new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload) };
}
