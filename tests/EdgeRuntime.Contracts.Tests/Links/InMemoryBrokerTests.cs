using System.Text;
using EdgeRuntime.Contracts.Links;
using Xunit;

namespace EdgeRuntime.Contracts.Tests.Links;

/// <summary>What only a broker with a clock and a hand on the cable can show; the contract of links is tested elsewhere.</summary>
public sealed class InMemoryBrokerTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly InMemoryBroker _broker;

    public InMemoryBrokerTests() => _broker = new InMemoryBroker(_clock);

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void A_will_waits_for_its_delay()
    {
        Diary observer = Connect("observer", "status");
        Diary device = Connect("device", will: Text("status", "lost"));

        device.Link.Cut();
        _clock.Advance(TimeSpan.FromSeconds(89));
        _broker.Deliver();
        Assert.Equal(["connected"], observer.Lines);

        _clock.Advance(TimeSpan.FromSeconds(1));
        _broker.Deliver();
        Assert.Equal(["connected", "status: lost"], observer.Lines);
    }

    [Fact]
    public void A_will_is_forgotten_when_the_client_is_back_in_time()
    {
        Diary observer = Connect("observer", "status");
        Diary device = Connect("device", will: Text("status", "lost"));

        device.Link.Cut();
        _clock.Advance(TimeSpan.FromSeconds(89));
        device.Link.Mend();
        _clock.Advance(TimeSpan.FromSeconds(1000));
        _broker.Deliver();

        Assert.Equal(["connected"], observer.Lines);
        Assert.Equal(["connected", "disconnected: the cable was cut", "connected, session present"], device.Lines);
    }

    [Fact]
    public void A_broker_that_goes_down_publishes_no_will_and_its_links_come_back_in_order()
    {
        Diary observer = Connect("observer", "#");
        Diary device = Connect("device", will: Text("status", "lost"));

        _broker.GoDown(forget: false);
        _clock.Advance(TimeSpan.FromSeconds(1000));
        _broker.Deliver();
        bool whileDown = device.Link.TryPublish(Text("t", "x"), token: 1);
        _broker.ComeUp();
        _broker.Deliver();

        Assert.False(whileDown);
        string[] expected = ["connected", "disconnected: the broker went down", "connected, session present"];
        Assert.Equal(expected, observer.Lines);
        Assert.Equal(expected, device.Lines);
    }

    [Fact]
    public void A_retained_message_ages_and_is_gone_after_its_expiry()
    {
        Diary publisher = Connect("publisher");
        publisher.Link.TryPublish(Text("kept", "x") with { Retain = true, ExpirySeconds = 60 }, token: 1);
        _broker.Deliver();

        _clock.Advance(TimeSpan.FromSeconds(45));
        LinkMessage? aged = _broker.Retained("kept");
        _clock.Advance(TimeSpan.FromSeconds(15));
        LinkMessage? gone = _broker.Retained("kept");

        Assert.Equal(15, aged?.ExpirySeconds);
        Assert.Null(gone);
    }

    [Fact]
    public void A_session_ends_after_its_expiry_and_what_waited_in_it_is_lost()
    {
        Diary publisher = Connect("publisher");
        Diary subscriber = Connect("subscriber", "news");
        subscriber.Link.Cut();
        publisher.Link.TryPublish(Text("news", "x"), token: 1);
        _broker.Deliver();

        _clock.Advance(TimeSpan.FromHours(24));
        subscriber.Link.Mend();
        _broker.Deliver();

        Assert.Equal(["connected", "disconnected: the cable was cut", "connected"], subscriber.Lines);
    }

    [Fact]
    public void What_is_under_way_when_the_cable_is_cut_is_void()
    {
        Diary subscriber = Connect("subscriber", "t");
        Diary publisher = Connect("publisher");

        bool taken = publisher.Link.TryPublish(Text("t", "x"), token: 1);
        publisher.Link.Cut();
        publisher.Link.Mend();
        _broker.Deliver();

        Assert.True(taken);
        Assert.Equal(["connected"], subscriber.Lines);
        Assert.Equal(["connected", "disconnected: the cable was cut", "connected, session present"], publisher.Lines);
    }

    [Fact]
    public void A_client_that_is_away_is_kept_a_bounded_number_of_messages()
    {
        Diary publisher = Connect("publisher");
        Diary subscriber = Connect("subscriber", "t");
        subscriber.Link.Cut();
        for (int i = 0; i < 1100; i++)
        {
            Assert.True(publisher.Link.TryPublish(Text("t", $"{i}"), i));
            _broker.Deliver();
        }

        subscriber.Link.Mend();
        _broker.Deliver();

        string[] messages = [.. subscriber.Lines.Where(line => line.StartsWith("t: ", StringComparison.Ordinal))];
        Assert.Equal(1000, messages.Length);
        Assert.Equal("t: 999", messages[^1]);
    }

    [Fact]
    public void The_same_commands_give_the_same_events()
    {
        Assert.Equal(Story(seed: 3), Story(seed: 3));
        Assert.NotEqual(Story(seed: 3), Story(seed: 4));
    }

    private static List<string> Story(int seed)
    {
        ManualClock clock = new();
        using InMemoryBroker broker = new(clock);
        Random random = new(seed);
        List<string> told = [];
        Diary[] diaries = [.. Enumerable.Range(0, 5).Select(i => Diary.Start(broker, $"link-{i}", ["#"], Text("will", $"{i}"), told))];
        for (int step = 0; step < 500; step++)
        {
            InMemoryLink link = diaries[random.Next(diaries.Length)].Link;
            switch (random.Next(6))
            {
                case 0:
                    link.Cut();
                    break;
                case 1:
                    link.Mend();
                    break;
                case 2:
                    clock.Advance(TimeSpan.FromSeconds(random.Next(60)));
                    break;
                case 3:
                    broker.Deliver();
                    break;
                default:
                    _ = link.TryPublish(Text($"t/{random.Next(3)}", $"{step}") with { Retain = random.Next(2) == 0 }, step);
                    break;
            }
        }

        return told;
    }

    private Diary Connect(string clientId, string? filter = null, LinkMessage? will = null)
    {
        Diary diary = Diary.Start(_broker, clientId, filter is null ? [] : [filter], will, told: null);
        _broker.Deliver();
        return diary;
    }

    private static LinkMessage Text(string topic, string payload) =>
        new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload), Qos = 1 };

    /// <summary>A link and what it was told, in lines.</summary>
    private sealed class Diary(InMemoryLink link, List<string>? told) : ILinkEvents
    {
        public InMemoryLink Link { get; } = link;

        public List<string> Lines { get; } = told ?? [];

        public static Diary Start(InMemoryBroker broker, string clientId, string[] filters, LinkMessage? will, List<string>? told)
        {
            InMemoryLink link = new(broker, new LinkOptions
            {
                Host = "memory",
                ClientId = clientId,
                Subscriptions = [.. filters.Select(filter => (filter, 1))],
                Will = will,
            });
            Diary diary = new(link, told);
            link.Start(diary);
            return diary;
        }

        public void OnConnected(bool sessionPresent) => Lines.Add(sessionPresent ? "connected, session present" : "connected");

        public void OnDisconnected(string reason) => Lines.Add($"disconnected: {reason}");

        public void OnMessage(in LinkMessage message) =>
            Lines.Add($"{message.Topic}: {Encoding.UTF8.GetString(message.Payload.Span)}");

        public void OnPublished(long token)
        {
        }
    }

    private sealed class ManualClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan time) => _now += time;
    }
}
