namespace EdgeRuntime.Contracts.Links;

/// <summary>Who is connected to an <see cref="InMemoryBroker"/>, what it keeps for whom, and who gets which message.</summary>
/// <remarks>Not thread-safe: the broker's lock holds around every call. Calls nobody; what follows is put into the queue.</remarks>
internal sealed class InMemoryRouter(TimeProvider time)
{
    private readonly SortedDictionary<string, InMemorySession> _sessions = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, InMemoryKept> _retained = new(StringComparer.Ordinal);

    /// <summary>What waits to be carried out, in order.</summary>
    public Queue<InMemoryWork> Work { get; } = [];

    /// <summary>True while this link holds its client's session.</summary>
    public bool IsConnected(InMemoryLink link) =>
        !link.IsOver && _sessions.TryGetValue(link.Options.ClientId, out InMemorySession? session) && session.Link == link;

    /// <summary>A retained message as a new subscriber would get it; null when there is none.</summary>
    public LinkMessage? Retained(string topic) =>
        _retained.TryGetValue(topic, out InMemoryKept kept)
        && kept.TryTake(time.GetUtcNow(), out LinkMessage message) ? message : null;

    /// <summary>Loses sessions and retained messages.</summary>
    public void Clear()
    {
        _retained.Clear();
        _sessions.Clear();
    }

    /// <summary>Connects a link that is able to: gives it its session, what waited for it, and what is retained.</summary>
    public void Connect(InMemoryLink link)
    {
        if (link.IsCut || link.IsOver || link.Events is null || IsConnected(link))
        {
            return;
        }

        bool known = _sessions.TryGetValue(link.Options.ClientId, out InMemorySession? session);
        if (known && session!.Link is { } other)
        {
            // As a real broker does. The other must not come back by itself, or the two would fight for ever.
            other.IsCut = true;
            Lose(other, "the session was taken over", withWill: true);
        }

        bool present = known
            && (time.GetUtcNow() - session!.LostAt).TotalSeconds < session.Options.SessionExpirySeconds;
        if (!present)
        {
            session = _sessions[link.Options.ClientId] = new InMemorySession { Options = link.Options };
        }

        session!.Options = link.Options;
        session.Link = link;
        session.WillAt = null;
        link.Connection++;
        Work.Enqueue(new InMemoryWork(InMemoryWorkKind.Connected, link, link.Connection) { SessionPresent = present });
        foreach ((string filter, _) in link.Options.Subscriptions)
        {
            if (!TopicFilter.IsValid(filter))
            {
                Work.Enqueue(new InMemoryWork(InMemoryWorkKind.SubscriptionRefused, link, link.Connection) { Reason = $"'{filter}' is not a topic filter" });
            }
        }

        DateTimeOffset now = time.GetUtcNow();
        while (session.Waiting.TryDequeue(out InMemoryKept waiting))
        {
            if (waiting.TryTake(now, out LinkMessage message))
            {
                Work.Enqueue(new InMemoryWork(InMemoryWorkKind.Message, link, link.Connection) { Message = message });
            }
        }

        foreach (InMemoryKept kept in _retained.Values)
        {
            if (session.Wants(kept.Message.Topic) is >= 0 and int qos && kept.TryTake(now, out LinkMessage message))
            {
                Work.Enqueue(new InMemoryWork(InMemoryWorkKind.Message, link, link.Connection)
                {
                    Message = message with { Retain = true, Qos = Math.Min(qos, message.Qos) },
                });
            }
        }
    }

    /// <summary>Ends the connection of a link, if it has one, and tells it why.</summary>
    public void Lose(InMemoryLink link, string reason, bool withWill)
    {
        if (IsConnected(link))
        {
            Work.Enqueue(new InMemoryWork(InMemoryWorkKind.Disconnected, link, link.Connection + 1) { Reason = reason });
            Forget(link, withWill);
        }
    }

    /// <summary>Ends the connection of a connected link without telling it.</summary>
    public void Forget(InMemoryLink link, bool withWill)
    {
        InMemorySession session = _sessions[link.Options.ClientId];
        session.Link = null;
        session.LostAt = time.GetUtcNow();
        int delay = Math.Min(link.Options.WillDelaySeconds, link.Options.SessionExpirySeconds);
        session.WillAt = withWill && link.Options.Will is not null ? session.LostAt.AddSeconds(delay) : null;
        link.Connection++;
        link.Unacknowledged = 0;
        link.Unwritten = 0;
    }

    /// <summary>Publishes the wills that are due.</summary>
    public void PublishWills()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (InMemorySession session in _sessions.Values)
        {
            if (session.WillAt <= now)
            {
                session.WillAt = null;
                Route(session.Options.Will!.Value);
            }
        }
    }

    /// <summary>The connection this belonged to is gone: QoS 1 messages to the client are kept, all else is void.</summary>
    public void Miss(in InMemoryWork work)
    {
        if (work is { Kind: InMemoryWorkKind.Message, Message.Qos: 1 }
            && _sessions.TryGetValue(work.Link.Options.ClientId, out InMemorySession? session))
        {
            Hand(session, work.Message);
        }
    }

    /// <summary>Gives a message to everybody who wants it.</summary>
    public void Route(in LinkMessage message)
    {
        if (message.Retain && message.Payload.IsEmpty)
        {
            _retained.Remove(message.Topic);
        }
        else if (message.Retain)
        {
            _retained[message.Topic] = InMemoryKept.From(message, time.GetUtcNow());
        }

        foreach (InMemorySession session in _sessions.Values)
        {
            if (session.Wants(message.Topic) is >= 0 and int qos)
            {
                Hand(session, message with { Retain = false, Qos = Math.Min(qos, message.Qos) });
            }
        }
    }

    private void Hand(InMemorySession session, in LinkMessage message)
    {
        if (session.Link is { } link)
        {
            Work.Enqueue(new InMemoryWork(InMemoryWorkKind.Message, link, link.Connection) { Message = message });
        }
        else if (message.Qos > 0 && session.Waiting.Count < InMemorySession.WaitingMax)
        {
            session.Waiting.Enqueue(InMemoryKept.From(message, time.GetUtcNow()));
        }
    }
}
