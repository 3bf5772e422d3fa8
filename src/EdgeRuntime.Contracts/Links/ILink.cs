namespace EdgeRuntime.Contracts.Links;

/// <summary>One session with an MQTT 5 broker. Over libmosquitto or MQTTnet, as built, and one in memory for simulation.</summary>
/// <remarks>
/// The link connects, subscribes, keeps alive and reconnects (full jitter, 1 to 60 s) by itself on a thread of its own.
/// It holds no queue of its own: what cannot be sent now is the caller's to keep. Thread-safe.
/// </remarks>
public interface ILink : IDisposable
{
    /// <summary>True between a broker's acceptance and the loss of the connection.</summary>
    bool IsConnected { get; }

    /// <summary>
    /// Begins connecting and returns at once. <paramref name="events"/> is called from the link's thread, one call
    /// at a time; it must not block, and what it throws ends the process.
    /// </summary>
    void Start(ILinkEvents events);

    /// <summary>Hands one message to the broker.</summary>
    /// <param name="message">Its payload may be reused as soon as the call returns.</param>
    /// <param name="token">Comes back in <see cref="ILinkEvents.OnPublished"/> once a QoS 1 message is acknowledged
    /// (a QoS 0 one: once it is handed over). Tokens in flight are forgotten when the connection is lost.</param>
    /// <returns>False when not connected, or when all credits (QoS 1 messages in flight) are used; try again after
    /// the next <see cref="ILinkEvents.OnPublished"/> or <see cref="ILinkEvents.OnConnected"/>. QoS 0 messages not yet
    /// written have a bound of their own, so that a slow network cannot fill the memory.</returns>
    /// <exception cref="ArgumentException">No retry can help: the topic is not a topic, or the packet is over 128 KiB or
    /// over what this broker takes. Drop the message and count it.</exception>
    bool TryPublish(in LinkMessage message, long token);

    /// <summary>
    /// Waits until what was published is acknowledged, at most <paramref name="patience"/>, then disconnects cleanly
    /// (so that the broker discards the will) and ends the thread. Does nothing when called again.
    /// <see cref="ILinkEvents.OnDisconnected"/> is not called for it, and no event follows its return.
    /// Disposing without it cuts the connection as a crash would: the broker publishes the will.
    /// </summary>
    void Stop(TimeSpan patience);
}

/// <summary>What a link tells its owner. Implemented by the device's agent and by the fleet's ingest.</summary>
public interface ILinkEvents
{
    /// <summary>The broker accepted the connection and every subscription was sent.</summary>
    /// <param name="sessionPresent">False when the broker kept nothing of the session before.</param>
    void OnConnected(bool sessionPresent);

    /// <summary>The connection ended or could not be made.</summary>
    /// <param name="reason">A sentence for people: what happened, and when the next try is.</param>
    void OnDisconnected(string reason);

    /// <summary>A message arrived. Its memory is valid during the call only.</summary>
    void OnMessage(in LinkMessage message);

    /// <summary>The message published with this token arrived at the broker.</summary>
    void OnPublished(long token);

    /// <summary>The broker took the message published with this token, and refused it; trying again will not help.</summary>
    /// <param name="token">Counts as answered: unless overridden, <see cref="OnPublished"/> is called.</param>
    /// <param name="reason">A sentence for people, such as "the broker refused a message: Not authorized".</param>
    void OnRefused(long token, string reason) => OnPublished(token);

    /// <summary>The broker refused one of the subscriptions; the connection stays, and its messages will not come.</summary>
    /// <param name="reason">A sentence for people that names the filter.</param>
    void OnSubscriptionRefused(string reason)
    {
    }
}

/// <summary>One MQTT 5 message, either way.</summary>
public readonly record struct LinkMessage
{
    /// <summary>Topic name, without wildcards.</summary>
    public required string Topic { get; init; }

    /// <summary>At most 128 KiB less the topic and properties (<see cref="LinkPacket"/>); <see cref="ILink.TryPublish"/> throws for more.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Quality of service: 0 or 1.</summary>
    public int Qos { get; init; }

    /// <summary>Out: the broker keeps the message for later subscribers. In: it was kept, and is not fresh.</summary>
    public bool Retain { get; init; }

    /// <summary>Seconds after which the broker may discard it; 0 for never.</summary>
    public int ExpirySeconds { get; init; }

    /// <summary>MIME type of the payload, or null.</summary>
    public string? ContentType { get; init; }

    /// <summary>Where an answer is expected, or null.</summary>
    public string? ResponseTopic { get; init; }

    /// <summary>Copied from a request into its answer; empty for none.</summary>
    public ReadOnlyMemory<byte> Correlation { get; init; }
}

/// <summary>How a link reaches its broker, and what it says when it is gone.</summary>
public sealed record LinkOptions
{
    /// <summary>Broker's host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Broker's TCP port. (default: 1883; 1 to 65535)</summary>
    public int Port { get; init; } = 1883;

    /// <summary>MQTT client id; for a device its id.</summary>
    public required string ClientId { get; init; }

    /// <summary>User name, or null for an anonymous connection.</summary>
    public string? UserName { get; init; }

    /// <summary>Password, or null.</summary>
    public string? Password { get; init; }

    /// <summary>Seconds of silence after which the broker is asked whether it lives. (default: 20; 5 to 3600)</summary>
    public int KeepAliveSeconds { get; init; } = 20;

    /// <summary>How long the broker keeps the session after a loss, in seconds. (default: 24 h)</summary>
    public int SessionExpirySeconds { get; init; } = 24 * 3600;

    /// <summary>QoS 1 messages in flight at most; the broker's Receive Maximum lowers it. (default: 16; 1 to 65535)</summary>
    public int Credits { get; init; } = 16;

    /// <summary>Shortest wait before a new try, doubled with full jitter up to <see cref="ReconnectMax"/>. (default: 1 s)</summary>
    public TimeSpan ReconnectMin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a new try. (default: 60 s)</summary>
    public TimeSpan ReconnectMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Topic filters with their QoS, subscribed after every connection.</summary>
    public IReadOnlyList<(string Filter, int Qos)> Subscriptions { get; init; } = [];

    /// <summary>Published by the broker when the link is lost without a clean stop; null for none.</summary>
    public LinkMessage? Will { get; init; }

    /// <summary>Seconds the broker waits before it publishes the will, so that short losses do not flap. (default: 90)</summary>
    public int WillDelaySeconds { get; init; } = 90;

    /// <summary>Lists every mistake at once. Empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        if (string.IsNullOrWhiteSpace(Host))
        {
            errors.Add("host: is empty");
        }

        if (Port is < 1 or > 65535)
        {
            errors.Add($"port: {Port} is outside 1 to 65535");
        }

        if (string.IsNullOrEmpty(ClientId))
        {
            errors.Add("client id: is empty");
        }

        if (KeepAliveSeconds is < 5 or > 3600)
        {
            errors.Add($"keep alive: {KeepAliveSeconds} s is outside 5 to 3600 s");
        }

        if (SessionExpirySeconds < 0)
        {
            errors.Add($"session expiry: {SessionExpirySeconds} s is less than 0");
        }

        if (Credits is < 1 or > 65535)
        {
            errors.Add($"credits: {Credits} is outside 1 to 65535");
        }

        if (ReconnectMin <= TimeSpan.Zero || ReconnectMax < ReconnectMin)
        {
            errors.Add($"reconnect: {ReconnectMin} to {ReconnectMax} is no range of waits");
        }

        if (WillDelaySeconds < 0)
        {
            errors.Add($"will delay: {WillDelaySeconds} s is less than 0");
        }

        return errors;
    }
}
