using System.Text;
using EdgeRuntime.Contracts.Links;
using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>What the link over libmosquitto promises besides.</summary>
public sealed class LibMosquittoTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [MosquittoFact]
    public void The_library_says_its_version()
    {
        Assert.Matches(@"^libmosquitto 2\.\d+\.\d+$", MqttLink.Library);
    }

    [MosquittoFact]
    public void An_exception_of_the_owner_does_not_pass_through_the_library_but_ends_the_links_thread()
    {
        // The thread's exception would end this process too, so the test looks at the place where it is kept and thrown.
        using WakeUp wakeUp = new();
        using IncomingMessage incoming = new();
        LinkOptions options = new() { Host = "127.0.0.1", ClientId = "link" };
        using Conversation conversation = new("the broker", options, null, new Recorder(), incoming, wakeUp);

        conversation.Keep(new InvalidOperationException("the owner's"));

        Assert.Equal("the owner's", Assert.Throws<InvalidOperationException>(conversation.KeepAlive).Message);
    }

    [MosquittoFact]
    public void Publishing_allocates_nothing_for_a_message_on_either_thread()
    {
        const int Warm = 200;
        const int Measured = 5_000;
        long before = 0, after = 0;
        int count = 0;
        using SemaphoreSlim credits = new(16);
        Recorder events = new()
        {
            WhenPublished = _ =>
            {
                count++;
                before = count == Warm ? GC.GetAllocatedBytesForCurrentThread() : before;
                after = count == Warm + Measured ? GC.GetAllocatedBytesForCurrentThread() : after;
            },
        };
        using MosquittoRig rig = new();
        Counting counting = new(events, credits);
        using ILink link = rig.Make(rig.Options("link"));
        link.Start(counting);
        events.WaitUntil(it => it.Connections.Count == 1, "it connects");
        LinkMessage message = Text("edge/v1/device/up/latest/model", new string('x', 128)) with
        {
            Qos = 1,
            ExpirySeconds = 3600,
            ContentType = "application/json",
        };

        long mine = 0;
        for (int i = 0; i < Warm + Measured; i++)
        {
            mine = i == Warm ? GC.GetAllocatedBytesForCurrentThread() : mine;
            credits.Wait();
            Assert.True(link.TryPublish(message, i));
        }

        mine = GC.GetAllocatedBytesForCurrentThread() - mine;
        events.WaitUntil(_ => Volatile.Read(ref count) == Warm + Measured, "all are acknowledged");

        // Not 0: a lock that is contended for the first time makes an event to wait on, whenever that is. One object
        // for each publish, of the smallest size there is, would be 120,000 bytes.
        Assert.InRange(mine, 0, 1000);
        Assert.InRange(after - before, 0, 1000);
        link.Stop(Patience);
    }

    private static LinkMessage Text(string topic, string payload) =>
        new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload) };

    /// <summary>Gives a credit back for each acknowledgement, and writes nothing down that would allocate.</summary>
    private sealed class Counting(Recorder inner, SemaphoreSlim credits) : ILinkEvents
    {
        public void OnConnected(bool sessionPresent) => inner.OnConnected(sessionPresent);

        public void OnDisconnected(string reason) => inner.OnDisconnected(reason);

        public void OnMessage(in LinkMessage message) => inner.OnMessage(message);

        public void OnPublished(long token)
        {
            inner.WhenPublished!(token);
            credits.Release();
            inner.Pulse();
        }
    }
}
