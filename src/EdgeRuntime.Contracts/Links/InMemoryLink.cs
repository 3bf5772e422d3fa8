namespace EdgeRuntime.Contracts.Links;

/// <summary>A link to an <see cref="InMemoryBroker"/>. Connects as soon as the broker is up, and is lost on command.</summary>
/// <remarks>Its events are called from within <see cref="InMemoryBroker.Deliver"/>.</remarks>
public sealed class InMemoryLink : ILink
{
    private readonly InMemoryBroker _broker;

    /// <summary>Makes a link; it connects once started.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message lists all of them.</exception>
    public InMemoryLink(InMemoryBroker broker, LinkOptions options)
    {
        if (options.Validate() is { Count: > 0 } mistakes)
        {
            throw new ArgumentException(string.Join("; ", mistakes));
        }

        _broker = broker;
        Options = options;
    }

    /// <inheritdoc/>
    public bool IsConnected => _broker.IsConnected(this);

    /// <summary>Who this is.</summary>
    internal LinkOptions Options { get; }

    /// <summary>The owner; null until started.</summary>
    internal ILinkEvents? Events { get; private set; }

    /// <summary>Counts connections: what belongs to an earlier one is void.</summary>
    internal int Connection { get; set; }

    /// <summary>The connection that a clean stop ended, whose messages still arrive; -1 when none was.</summary>
    internal int StoppedConnection { get; set; } = -1;

    /// <summary>True while the cable is cut.</summary>
    internal bool IsCut { get; set; }

    /// <summary>True after <see cref="Stop"/> or <see cref="Dispose"/>.</summary>
    internal bool IsOver { get; set; }

    /// <summary>QoS 1 messages without an acknowledgement.</summary>
    internal int Unacknowledged { get; set; }

    /// <summary>QoS 0 messages the broker has not taken yet.</summary>
    internal int Unwritten { get; set; }

    /// <inheritdoc/>
    public void Start(ILinkEvents events)
    {
        if (Events is not null || IsOver)
        {
            throw new InvalidOperationException("a link starts once");
        }

        Events = events;
        _broker.Join(this);
    }

    /// <inheritdoc/>
    public bool TryPublish(in LinkMessage message, long token)
    {
        LinkPacket.EnsureSendable(message, LinkPacket.BytesMax);
        return _broker.TryTake(this, message, token);
    }

    /// <summary>Cuts the cable: the connection is lost, what is in flight is void, and the broker will publish the will.</summary>
    public void Cut() => _broker.Cut(this);

    /// <summary>Mends the cable; the link connects again if the broker is up.</summary>
    public void Mend() => _broker.Mend(this);

    /// <inheritdoc/>
    public void Stop(TimeSpan patience) => _broker.Part(this, patience);

    /// <inheritdoc/>
    public void Dispose() => _broker.Leave(this);
}
