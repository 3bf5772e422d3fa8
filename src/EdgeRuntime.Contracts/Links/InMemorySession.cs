namespace EdgeRuntime.Contracts.Links;

/// <summary>What <see cref="InMemoryBroker"/> keeps of one client, also while it is away.</summary>
internal sealed class InMemorySession
{
    /// <summary>QoS 1 messages kept for a client that is away; the newest are refused beyond, as mosquitto does.</summary>
    public const int WaitingMax = 1000;

    /// <summary>The link that is connected; null while the client is away.</summary>
    public InMemoryLink? Link { get; set; }

    /// <summary>What the client said last about itself.</summary>
    public required LinkOptions Options { get; set; }

    /// <summary>When the connection was lost, by the broker's clock.</summary>
    public DateTimeOffset LostAt { get; set; }

    /// <summary>When the will is published; null when none is due.</summary>
    public DateTimeOffset? WillAt { get; set; }

    /// <summary>QoS 1 messages for a client that is away.</summary>
    public Queue<InMemoryKept> Waiting { get; } = [];

    /// <summary>The QoS at which this client wants a topic; -1 when it does not.</summary>
    public int Wants(string topic)
    {
        int wanted = -1;
        foreach ((string filter, int qos) in Options.Subscriptions)
        {
            if (TopicFilter.Matches(filter, topic))
            {
                wanted = Math.Max(wanted, qos);
            }
        }

        return wanted;
    }
}
