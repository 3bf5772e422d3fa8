using System.Text;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Engine.Telemetry;

namespace EdgeRuntime.Engine.Tests.Telemetry;

public sealed class OutboxTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void State_goes_before_actions_answers_progress_and_samples()
    {
        Outbox outbox = new(new OutboxOptions(), _time);
        foreach (OutboxClass kind in Enum.GetValues<OutboxClass>().Reverse())
        {
            outbox.Post(kind, Message($"t/{kind}", "x"));
        }

        Assert.Equal(["t/State", "t/Action", "t/Response", "t/Progress", "t/Sample"], TakeAll(outbox).Topics);
    }

    [Fact]
    public void Only_the_newest_state_of_each_topic_is_kept()
    {
        Outbox outbox = new(new OutboxOptions(), _time);
        outbox.Post(OutboxClass.State, Message("status", "1"));
        outbox.Post(OutboxClass.State, Message("info", "2"));
        outbox.Post(OutboxClass.State, Message("status", "3"));

        Assert.Equal(["2", "3"], TakeAll(outbox).Payloads);
        Assert.Equal(1, outbox.Counts(OutboxClass.State).Replaced);
    }

    [Fact]
    public void Messages_are_sent_in_the_order_in_which_they_were_made_and_none_is_merged()
    {
        Outbox outbox = new(new OutboxOptions(), _time);
        for (int i = 0; i < 5; i++)
        {
            outbox.Post(OutboxClass.Progress, Message("window/m", $"{i}"));
        }

        Assert.Equal(["0", "1", "2", "3", "4"], TakeAll(outbox).Payloads);
    }

    [Fact]
    public void The_oldest_message_goes_first_when_there_is_no_room_and_is_counted()
    {
        Outbox outbox = new(new OutboxOptions { Progress = new OutboxLimit(3, 1000) }, _time);
        for (int i = 0; i < 5; i++)
        {
            outbox.Post(OutboxClass.Progress, Message("w", $"{i}"));
        }

        Assert.Equal(2, outbox.Counts(OutboxClass.Progress).Dropped);
        Assert.Equal(["2", "3", "4"], TakeAll(outbox).Payloads);
    }

    [Fact]
    public void Bytes_are_bounded_as_well_as_messages()
    {
        Outbox outbox = new(new OutboxOptions { Response = new OutboxLimit(100, 30) }, _time);
        outbox.Post(OutboxClass.Response, Message("e", "123456789"));
        outbox.Post(OutboxClass.Response, Message("e", "abcdefghi"));
        outbox.Post(OutboxClass.Response, Message("e", "the third of them"));

        Assert.Equal(28, outbox.Counts(OutboxClass.Response).Bytes);
        Assert.Equal(["abcdefghi", "the third of them"], TakeAll(outbox).Payloads);
    }

    [Fact]
    public void A_message_too_large_for_its_class_is_refused_and_costs_no_other()
    {
        Outbox outbox = new(new OutboxOptions { Response = new OutboxLimit(100, 10) }, _time);
        outbox.Post(OutboxClass.Response, Message("e", "1"));

        Assert.False(outbox.Post(OutboxClass.Response, Message("e", "0123456789")));

        Assert.Equal(["1"], TakeAll(outbox).Payloads);
        Assert.Equal(1, outbox.Counts(OutboxClass.Response).Dropped);
    }

    [Fact]
    public void What_was_in_flight_when_the_link_was_lost_is_sent_again_first_and_in_order()
    {
        Outbox outbox = new(new OutboxOptions(), _time);
        for (int i = 0; i < 6; i++)
        {
            outbox.Post(OutboxClass.Progress, Message("w", $"{i}"));
        }

        long[] tokens = [Take(outbox).Token, Take(outbox).Token, Take(outbox).Token, Take(outbox).Token];
        outbox.OnPublished(tokens[1]);

        outbox.OnDisconnected();

        Assert.Equal(["0", "2", "3", "4", "5"], TakeAll(outbox).Payloads);
    }

    [Fact]
    public void A_message_the_link_refused_is_the_next_to_be_sent()
    {
        Outbox outbox = new(new OutboxOptions(), _time);
        outbox.Post(OutboxClass.Progress, Message("w", "0"));
        outbox.Post(OutboxClass.Progress, Message("w", "1"));

        outbox.Return(Take(outbox).Token);

        Assert.Equal(["0", "1"], TakeAll(outbox).Payloads);
    }

    [Fact]
    public void A_state_in_flight_when_the_link_was_lost_yields_to_a_newer_one()
    {
        Outbox outbox = new(new OutboxOptions(), _time);
        outbox.Post(OutboxClass.State, Message("status", "old"));
        Take(outbox);
        outbox.Post(OutboxClass.State, Message("status", "new"));

        outbox.OnDisconnected();

        Assert.Equal(["new"], TakeAll(outbox).Payloads);
        Assert.Equal(1, outbox.Counts(OutboxClass.State).Replaced);
    }

    [Fact]
    public void A_message_that_waited_longer_than_it_is_worth_is_not_sent()
    {
        Outbox outbox = new(new OutboxOptions(), _time);
        outbox.Post(OutboxClass.Response, Message("e", "stale") with { ExpirySeconds = 60 });
        _time.Advance(40);
        outbox.Post(OutboxClass.Response, Message("e", "fresh") with { ExpirySeconds = 60 });
        _time.Advance(20);

        (LinkMessage sent, _) = Take(outbox);

        Assert.Equal("fresh", Encoding.UTF8.GetString(sent.Payload.Span));
        Assert.Equal(40, sent.ExpirySeconds);
        Assert.Equal(1, outbox.Counts(OutboxClass.Response).Expired);
    }

    [Fact]
    public void A_late_word_about_a_message_sent_again_meanwhile_releases_nothing()
    {
        Outbox outbox = new(new OutboxOptions(), _time);
        outbox.Post(OutboxClass.Response, Message("e", "1"));
        long first = Take(outbox).Token;
        outbox.OnPublished(first);
        outbox.Post(OutboxClass.Response, Message("e", "2"));
        Take(outbox);

        outbox.OnPublished(first);

        Assert.Equal(1, outbox.Counts(OutboxClass.Response).InFlight);
        Assert.Equal(1, outbox.Counts(OutboxClass.Response).Published);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20_260_101)]
    public void Whatever_happens_every_message_is_accounted_for_and_the_bounds_hold(int seed)
    {
        Random random = new(seed);
        OutboxOptions options = new()
        {
            State = new OutboxLimit(4, 60),
            Progress = new OutboxLimit(7, 90),
            Response = new OutboxLimit(5, 50),
        };
        Outbox outbox = new(options, _time);
        List<long> tokens = [];
        long lastSent = 0;
        for (int step = 0; step < 20_000; step++)
        {
            OutboxClass kind = (OutboxClass)random.Next(4);
            switch (random.Next(8))
            {
                case < 4:
                    string topic = kind == OutboxClass.State ? $"s{random.Next(6)}" : "t";
                    outbox.Post(kind, Message(topic, new string('x', random.Next(20))) with { ExpirySeconds = random.Next(30) });
                    break;
                case 4:
                    if (outbox.TryTake(out _, out long token))
                    {
                        tokens.Add(token);
                    }

                    break;
                case 5 when tokens.Count > 0:
                    outbox.OnPublished(tokens[random.Next(tokens.Count)]);
                    lastSent++;
                    break;
                case 6 when tokens.Count > 0:
                    outbox.Return(tokens[random.Next(tokens.Count)]);
                    break;
                case 7 when random.Next(20) == 0:
                    outbox.OnDisconnected();
                    break;
                default:
                    _time.Advance(random.NextDouble());
                    break;
            }

            foreach (OutboxClass each in Enum.GetValues<OutboxClass>())
            {
                OutboxCounts c = outbox.Counts(each);
                OutboxLimit limit = options.Of(each);
                long accounted = c.Published + c.Replaced + c.Dropped + c.Expired + c.Waiting + c.InFlight;
                Assert.True(c.Posted == accounted, $"seed {seed}, step {step}, {each}: {c}");
                Assert.True(c.Waiting + c.InFlight <= limit.Messages && c.Bytes >= 0 && c.Bytes <= limit.Bytes,
                    $"seed {seed}, step {step}, {each}: {c}");
            }
        }

        outbox.OnDisconnected();
        TakeAll(outbox);
        Assert.True(lastSent > 1000 && outbox.IsEmpty, $"seed {seed}: {lastSent} published");
    }

    [Fact]
    public void Posting_and_sending_allocates_nothing()
    {
        Outbox outbox = new(new OutboxOptions { Progress = new OutboxLimit(8, 1000) }, _time);
        LinkMessage window = Message("w", "payload") with { ExpirySeconds = 100 };
        LinkMessage state = Message("s", "payload");
        Cycle(outbox, window, state, 1000);

        Assert.Equal(0, Allocated.By(() => Cycle(outbox, window, state, 1000)));
    }

    [Fact]
    public void Options_out_of_range_are_listed_all_at_once()
    {
        OutboxOptions options = new() { Progress = new OutboxLimit(0, 5), Response = new OutboxLimit(1, 0) };

        Assert.Equal(["outbox.response.bytes: 0 is less than 1", "outbox.progress.messages: 0 is outside 1 to 16384"], options.Validate());
    }

    private static void Cycle(Outbox outbox, in LinkMessage window, in LinkMessage state, int times)
    {
        for (int i = 0; i < times; i++)
        {
            outbox.Post(OutboxClass.Progress, window);
            outbox.Post(OutboxClass.State, state);
            outbox.TryTake(out _, out long token);
            outbox.TryTake(out _, out long refused);
            outbox.Return(refused);
            outbox.OnPublished(token);
            outbox.OnDisconnected();
        }
    }

    private static LinkMessage Message(string topic, string payload) =>
        new() { Topic = topic, Payload = Encoding.UTF8.GetBytes(payload), Qos = 1 };

    private static (LinkMessage Message, long Token) Take(Outbox outbox)
    {
        Assert.True(outbox.TryTake(out LinkMessage message, out long token));
        return (message, token);
    }

    private static (List<string> Topics, List<string> Payloads) TakeAll(Outbox outbox)
    {
        List<string> topics = [];
        List<string> payloads = [];
        while (outbox.TryTake(out LinkMessage message, out long token))
        {
            topics.Add(message.Topic);
            payloads.Add(Encoding.UTF8.GetString(message.Payload.Span));
            outbox.OnPublished(token);
        }

        return (topics, payloads);
    }
}
