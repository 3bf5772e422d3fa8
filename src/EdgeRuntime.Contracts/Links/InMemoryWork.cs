namespace EdgeRuntime.Contracts.Links;

/// <summary>What one piece of <see cref="InMemoryWork"/> is.</summary>
internal enum InMemoryWorkKind
{
    /// <summary>A link published; the broker takes it.</summary>
    Taken,

    /// <summary>A link is told that it connected.</summary>
    Connected,

    /// <summary>A link is told that it lost its connection.</summary>
    Disconnected,

    /// <summary>A link is told that its message arrived.</summary>
    Published,

    /// <summary>A link is given a message.</summary>
    Message,

    /// <summary>A link is told that a filter is malformed.</summary>
    SubscriptionRefused,
}

/// <summary>One step that waits in the queue of an <see cref="InMemoryBroker"/>.</summary>
/// <param name="Connection">The link's connection it belongs to; on another one it is void.</param>
internal readonly record struct InMemoryWork(InMemoryWorkKind Kind, InMemoryLink Link, int Connection)
{
    public LinkMessage Message { get; init; }

    public long Token { get; init; }

    public bool SessionPresent { get; init; }

    public string? Reason { get; init; }

    /// <summary>Calls the owner of the link.</summary>
    public void Tell(ILinkEvents events)
    {
        switch (Kind)
        {
            case InMemoryWorkKind.Connected:
                events.OnConnected(SessionPresent);
                break;
            case InMemoryWorkKind.Disconnected:
                events.OnDisconnected(Reason!);
                break;
            case InMemoryWorkKind.Published:
                events.OnPublished(Token);
                break;
            case InMemoryWorkKind.SubscriptionRefused:
                events.OnSubscriptionRefused(Reason!);
                break;
            default:
                events.OnMessage(Message);
                break;
        }
    }
}
