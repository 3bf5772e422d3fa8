using EdgeRuntime.Contracts.Links;
using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>What the link over MQTTnet promises besides.</summary>
public sealed class LinkThreadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void The_library_says_its_version()
    {
        Assert.Matches(@"^MQTTnet 5\.\d+\.\d+$", MqttLink.Library);
    }

    [Fact]
    public void What_awaits_on_the_thread_goes_on_there()
    {
        List<bool> there = [];
        LinkThread? thread = null;
        thread = new LinkThread(async () =>
        {
            there.Add(thread!.IsCurrent);
            await Task.Run(() => there.Add(thread!.IsCurrent));
            there.Add(thread!.IsCurrent);
        });

        thread.Start();

        Assert.True(thread.Join(Patience));
        Assert.Equal([true, false, true], there);
    }

    [Fact]
    public void Calls_are_made_in_turn_and_none_after_the_end()
    {
        List<int> made = [];
        TaskCompletionSource end = new();
        LinkThread thread = new(() => end.Task);
        for (int i = 0; i < 3; i++)
        {
            thread.Post(number => made.Add((int)number!), i);
        }

        thread.Post(_ => end.SetResult(), null);
        thread.Start();
        Assert.True(thread.Join(Patience));
        thread.Post(number => made.Add((int)number!), 3);

        Assert.Equal([0, 1, 2], made);
        Assert.False(thread.IsCurrent);
    }

    // Words of the specification, chapter 2.4 of MQTT 5.
    [Theory]
    [InlineData(135, "Not authorized")]
    [InlineData(142, "Session taken over")]
    [InlineData(162, "Wildcard Subscriptions not supported")]
    [InlineData(200, "reason 200")]
    public void A_reason_is_spelled_as_the_specification_does(int reason, string words)
    {
        Assert.Equal(words, ReasonText.Of(reason));
    }

    [MosquittoFact]
    public void The_owner_is_called_on_one_thread_only()
    {
        using MosquittoRig rig = new();
        ThreadNoting noting = new();
        using ILink link = rig.Make(rig.Options("link") with { Subscriptions = [("t", 1)] });
        noting.Link = link;

        link.Start(noting);
        Assert.True(noting.HasAnswers.Wait(Patience));
        link.Stop(Patience);

        Assert.Single(noting.Threads.Distinct());
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, noting.Threads);
    }

    /// <summary>Sends itself a message, and notes where it is called.</summary>
    private sealed class ThreadNoting : ILinkEvents
    {
        public ILink? Link { get; set; }

        public List<int> Threads { get; } = [];

        public CountdownEvent HasAnswers { get; } = new(2);

        public void OnConnected(bool sessionPresent)
        {
            Threads.Add(Environment.CurrentManagedThreadId);
            Assert.True(Link!.TryPublish(new LinkMessage { Topic = "t", Payload = new byte[100], Qos = 1 }, token: 1));
        }

        public void OnDisconnected(string reason) => Threads.Add(Environment.CurrentManagedThreadId);

        public void OnMessage(in LinkMessage message) => Note();

        public void OnPublished(long token) => Note();

        private void Note()
        {
            Threads.Add(Environment.CurrentManagedThreadId);
            HasAnswers.Signal();
        }
    }
}
