using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Transfers;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>The fleet's ears: sorts what the link hears into the queue and to the chunk server, and never blocks. Thread-safe.</summary>
internal sealed partial class FleetLink(
    Topics topics, IngestQueue queue, ChunkServer chunks, IngestCounters counters, TimeProvider time, Action wake, ILogger logger)
    : ILinkEvents
{
    private volatile string _detail = "not connected yet";
    private volatile bool _isConnected;
    private int _connections;

    /// <summary>True while the broker listens.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Why not, while it does not.</summary>
    public string Detail => _detail;

    /// <summary>How often a connection was made; each is a reason to publish every order again.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <inheritdoc/>
    public void OnConnected(bool sessionPresent)
    {
        _detail = "";
        _isConnected = true;
        Interlocked.Increment(ref _connections);
        Log.Connected(logger);
        wake();
    }

    /// <inheritdoc/>
    public void OnDisconnected(string reason)
    {
        bool wasConnected = _isConnected;
        _isConnected = false;
        bool isNews = wasConnected || _detail == "not connected yet";
        _detail = reason;

        // Once, not at every try of a night.
        if (isNews)
        {
            Log.Disconnected(logger, reason);
        }

        wake();
    }

    /// <inheritdoc/>
    public void OnMessage(in LinkMessage message)
    {
        bool isDevice = topics.TrySplit(message.Topic, out DeviceId device, out bool up, out string rest) && up;
        if (isDevice && rest == ChunkCodec.RequestTopic)
        {
            chunks.Ask(device, message.Payload.Span);
            return;
        }

        counters.CountReceived();
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string messageClass = slash < 0 ? rest : rest[..slash];
        // An empty retained message clears a topic; of an alarm that says that it ended, else nothing about the device.
        if (!isDevice || !MessageReader.Knows(messageClass) || (message.Payload.IsEmpty && messageClass != MessageReader.Alarm))
        {
            counters.CountUnknown();
            return;
        }

        queue.Post(new Arrival(
            device, messageClass, slash < 0 ? "" : rest[(slash + 1)..], message.Payload.ToArray(),
            time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    /// <inheritdoc/>
    public void OnPublished(long token)
    {
        chunks.OnRoom();
        wake();
    }

    /// <inheritdoc/>
    public void OnRefused(long token, string reason)
    {
        Log.Refused(logger, reason);
        wake();
    }

    /// <inheritdoc/>
    public void OnSubscriptionRefused(string reason)
    {
        _detail = reason;
        Log.Refused(logger, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Information, "the broker is connected")]
        public static partial void Connected(ILogger logger);

        [LoggerMessage(5001, LogLevel.Warning, "the broker is not connected: {Reason}")]
        public static partial void Disconnected(ILogger logger, string reason);

        [LoggerMessage(5002, LogLevel.Warning, "{Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
