using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Serving;

/// <summary>Turns messages into bytes on their topics, and moves them from the outbox to the link. For the agent's thread only.</summary>
internal sealed class Publisher(
    DeviceId device, Topics topics, MessageStamp stamp, Outbox outbox, ILink link, TimeProvider time)
{
    private const string Json = "application/json";
    private const int Day = 24 * 3600;

    // Ends of updates are few; what is not told now is told again after the next start.
    private const int MostAwaited = 256;

    private readonly Dictionary<byte[], Action> _awaited = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<long, byte[]> _inFlight = [];
    private readonly Dictionary<byte[], Delay> _timed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Boot, sequence and time for new messages.</summary>
    public MessageStamp Stamp => stamp;

    /// <summary>Retained state (status, info, reported): QoS 1, only the newest is kept.</summary>
    public void State<T>(string rest, T message, JsonTypeInfo<T> type) =>
        Post(OutboxClass.State, rest, message, type, qos: 1, retain: true, expirySeconds: 0);

    /// <summary>The newest decision of a model: QoS 0, retained for an hour.</summary>
    /// <param name="delay">Told when the link takes it.</param>
    public void Latest<T>(string rest, T message, JsonTypeInfo<T> type, in Delay delay) =>
        Time(Post(OutboxClass.State, rest, message, type, qos: 0, retain: true, expirySeconds: 3600), delay);

    /// <summary>A window of counters, kept a day.</summary>
    public void Window<T>(string rest, T message, JsonTypeInfo<T> type) =>
        Post(OutboxClass.Window, rest, message, type, qos: 1, retain: false, expirySeconds: Day);

    /// <summary>A batch of predictions, worth an hour.</summary>
    /// <param name="delay">Told when the link takes it.</param>
    public void Predictions<T>(string rest, T message, JsonTypeInfo<T> type, in Delay delay) =>
        Time(Post(OutboxClass.Prediction, rest, message, type, qos: 0, retain: false, expirySeconds: 3600), delay);

    /// <summary>An event, worth a week.</summary>
    public void Event<T>(string rest, T message, JsonTypeInfo<T> type) =>
        Post(OutboxClass.Event, rest, message, type, qos: 1, retain: false, expirySeconds: 7 * Day);

    /// <summary>An event that somebody acts on, worth a week.</summary>
    /// <param name="delay">Told when the link takes it.</param>
    public void Decision<T>(string rest, T message, JsonTypeInfo<T> type, in Delay delay) =>
        Time(Post(OutboxClass.Event, rest, message, type, qos: 1, retain: false, expirySeconds: 7 * Day), delay);

    /// <summary>A message of the user's choice, on a topic that is not the device's, worth a day.</summary>
    /// <param name="delay">Told when the link takes it.</param>
    public void Action(string topic, byte[] payload, bool retain, in Delay delay)
    {
        outbox.Post(
            OutboxClass.Event,
            new LinkMessage { Topic = topic, Payload = payload, Qos = 1, Retain = retain, ExpirySeconds = retain ? 0 : Day });
        Time(payload, delay);
    }

    /// <summary>A step (QoS 1) or the progress (QoS 0) of an update, worth a week.</summary>
    /// <param name="landed">Called once the broker has it, or never.</param>
    public void Update<T>(string rest, T message, JsonTypeInfo<T> type, bool progress, Action? landed)
    {
        byte[] payload = Post(OutboxClass.Update, rest, message, type, qos: progress ? 0 : 1, retain: false, expirySeconds: 7 * Day);
        if (landed is not null)
        {
            if (_awaited.Count == MostAwaited)
            {
                _awaited.Clear();
            }

            _awaited[payload] = landed;
        }
    }

    /// <summary>The answer to a command, on the topic it asked for.</summary>
    public void Response<T>(string topic, T message, JsonTypeInfo<T> type, byte[] correlation) => outbox.Post(
        OutboxClass.Response,
        new LinkMessage
        {
            Topic = topic,
            Payload = JsonSerializer.SerializeToUtf8Bytes(message, type),
            Qos = 1,
            ExpirySeconds = 60,
            ContentType = Json,
            Correlation = correlation,
        });

    /// <summary>A request for chunks: sent at once or not at all, since it is asked again.</summary>
    public void ChunkRequest(ReadOnlyMemory<byte> request) => link.TryPublish(
        new LinkMessage
        {
            Topic = topics.Up(device, "chunk/get"),
            Payload = request,
            Qos = 0,
            ExpirySeconds = 30,
            ContentType = "application/x-protobuf",
        },
        token: 0);

    /// <summary>Sends what waits, as far as the link takes it.</summary>
    public void Pump()
    {
        while (link.IsConnected && outbox.TryTake(out LinkMessage message, out long token))
        {
            if (!link.TryPublish(message, token))
            {
                outbox.Return(token);
                return;
            }

            if (!MemoryMarshal.TryGetArray(message.Payload, out ArraySegment<byte> bytes))
            {
                continue;
            }

            if (_awaited.ContainsKey(bytes.Array!))
            {
                _inFlight[token] = bytes.Array!;
            }

            if (_timed.Remove(bytes.Array!, out Delay delay))
            {
                delay.Histogram.Record((long)time.GetElapsedTime(delay.Since).TotalNanoseconds);
            }
        }
    }

    /// <summary>The broker has the message with this token.</summary>
    public void OnPublished(long token)
    {
        outbox.OnPublished(token);
        if (_inFlight.Remove(token, out byte[]? payload) && _awaited.Remove(payload, out Action? landed))
        {
            landed();
        }
    }

    /// <summary>The connection is lost: what was in flight waits again.</summary>
    public void OnDisconnected()
    {
        outbox.OnDisconnected();
        _inFlight.Clear();
    }

    private void Time(byte[] payload, in Delay delay)
    {
        // Most of them leave within the same step; what the outbox drops is forgotten here in time.
        if (_timed.Count == MostAwaited)
        {
            _timed.Clear();
        }

        _timed[payload] = delay;
    }

    private byte[] Post<T>(
        OutboxClass kind, string rest, T message, JsonTypeInfo<T> type, int qos, bool retain, int expirySeconds)
    {
        byte[] payload = JsonSerializer.SerializeToUtf8Bytes(message, type);
        outbox.Post(
            kind,
            new LinkMessage
            {
                Topic = topics.Up(device, rest),
                Payload = payload,
                Qos = qos,
                Retain = retain,
                ExpirySeconds = expirySeconds,
                ContentType = Json,
            });
        return payload;
    }
}

/// <summary>Where the time is to be counted that passes until a message is given to the link.</summary>
/// <param name="Since">From when, on the clock of <see cref="TimeProvider.GetTimestamp"/>.</param>
internal readonly record struct Delay(long Since, LatencyHistogram Histogram);
