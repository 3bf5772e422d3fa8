using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Links;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Telemetry;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Turns messages into bytes on their topics, and moves them from the two outboxes to the link: first what is worth sending
/// only now, then what is kept until it is acknowledged. For the agent's thread only.
/// </summary>
internal sealed class Publisher(
    DeviceId device, Topics topics, MessageStamp stamp, Outbox outbox, DurableOutbox durable, ILink link, TimeProvider time)
{
    private const string Json = "application/json";
    private const int Day = 24 * 3600;

    // Ends of updates are few; what is not told now is told again after the next start.
    private const int MostAwaited = 256;

    private readonly Mirror _mirror = new(topics, device, outbox, time);
    private readonly Dictionary<long, Action> _awaited = [];
    private readonly Dictionary<byte[], Delay> _timed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Boot, sequence and time for new messages.</summary>
    public MessageStamp Stamp => stamp;

    /// <summary>Retained state (status, info, reported): QoS 1, only the newest is kept.</summary>
    public void State<T>(string rest, T message, JsonTypeInfo<T> type) =>
        Post(OutboxClass.State, rest, message, type, qos: 1, retain: true, expirySeconds: 0);

    /// <summary>Takes retained state back: an empty message, so that the broker keeps none.</summary>
    public void Forget(string rest) => outbox.Post(
        OutboxClass.State,
        new LinkMessage { Topic = topics.Up(device, rest), Payload = ReadOnlyMemory<byte>.Empty, Qos = 1, Retain = true });

    /// <summary>The newest decision of a model: QoS 0, retained for an hour.</summary>
    /// <param name="delay">Told when the link takes it.</param>
    public void Latest<T>(string rest, T message, JsonTypeInfo<T> type, in Delay delay) =>
        Time(Post(OutboxClass.State, rest, message, type, qos: 0, retain: true, expirySeconds: 3600), delay);

    /// <summary>A window of counters; the broker keeps it a day.</summary>
    /// <param name="protobuf">True for protobuf, which is mirrored as JSON while somebody asked for that.</param>
    public void Window(string rest, WindowMessage message, bool protobuf)
    {
        if (!protobuf)
        {
            Keep(rest, message, WireJson.Default.WindowMessage, qos: 1, expirySeconds: Day);
            return;
        }

        Keep(rest, message, WindowCodec.Write(message), qos: 1, expirySeconds: Day, awaited: false);
        _mirror.Take(rest, message);
    }

    /// <summary>Sends what goes out as protobuf as JSON too, for a while.</summary>
    /// <returns>How many of the newest were sent at once.</returns>
    public int BeginMirror() => _mirror.Begin();

    /// <summary>A batch of predictions; the broker keeps it an hour.</summary>
    /// <param name="delay">Told when the link takes it.</param>
    public void Predictions<T>(string rest, T message, JsonTypeInfo<T> type, in Delay delay) where T : DeviceMessage =>
        Time(Keep(rest, message, type, qos: 0, expirySeconds: 3600).Payload, delay);

    /// <summary>An event; the broker keeps it a week.</summary>
    public void Event<T>(string rest, T message, JsonTypeInfo<T> type) where T : DeviceMessage =>
        Keep(rest, message, type, qos: 1, expirySeconds: 7 * Day);

    /// <summary>An event that is a sentence. A <see cref="Supervision.TellEvent"/>.</summary>
    public void Tell(string kind, EventSeverity severity, string? model, string detail) => Event(
        $"event/{kind}",
        new EventMessage
        {
            Boot = stamp.Boot,
            Sequence = stamp.Next("event"),
            UnixMs = stamp.UnixMs,
            ClockSynchronized = stamp.ClockSynchronized,
            Kind = kind,
            Severity = severity,
            Model = model,
            Detail = detail,
        },
        WireJson.Default.EventMessage);

    /// <summary>An event that somebody acts on; the broker keeps it a week.</summary>
    /// <param name="delay">Told when the link takes it.</param>
    public void Decision<T>(string rest, T message, JsonTypeInfo<T> type, in Delay delay) where T : DeviceMessage =>
        Time(Keep(rest, message, type, qos: 1, expirySeconds: 7 * Day).Payload, delay);

    /// <summary>A message of the user's choice, on a topic that is not the device's, worth a day.</summary>
    /// <param name="delay">Told when the link takes it.</param>
    public void Action(string topic, byte[] payload, bool retain, in Delay delay)
    {
        outbox.Post(
            OutboxClass.Action,
            new LinkMessage { Topic = topic, Payload = payload, Qos = 1, Retain = retain, ExpirySeconds = retain ? 0 : Day });
        Time(payload, delay);
    }

    /// <summary>A step (QoS 1) or the progress (QoS 0) of an update; the broker keeps it a week.</summary>
    /// <param name="landed">Called once it is safe: on the disk, or with the broker. Or never.</param>
    public void Update<T>(string rest, T message, JsonTypeInfo<T> type, bool progress, Action? landed) where T : DeviceMessage
    {
        if (progress)
        {
            Post(OutboxClass.Progress, rest, message, type, qos: 0, retain: false, expirySeconds: 7 * Day);
            return;
        }

        (long number, _) = Keep(rest, message, type, qos: 1, expirySeconds: 7 * Day, awaited: landed is not null);
        if (landed is not null && number != 0)
        {
            if (_awaited.Count == MostAwaited)
            {
                _awaited.Clear();
            }

            _awaited[number] = landed;
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

    /// <summary>Whether a piece of a captured sample could leave soon.</summary>
    public bool HasRoomForSamples => outbox.Counts(OutboxClass.Sample) is { Waiting: < 4, InFlight: < 4 };

    /// <summary>A piece of a captured sample; the broker keeps it a day.</summary>
    public void Sample(string rest, ReadOnlyMemory<byte> chunk) => outbox.Post(
        OutboxClass.Sample,
        new LinkMessage
        {
            Topic = topics.Up(device, rest),
            Payload = chunk,
            Qos = 1,
            ExpirySeconds = Day,
            ContentType = "application/x-protobuf",
        });

    /// <summary>A request for chunks: sent at once or not at all, since it is asked again.</summary>
    public void ChunkRequest(ReadOnlyMemory<byte> request) => link.TryPublish(
        new LinkMessage
        {
            Topic = topics.Up(device, "chunk/get"),
            Payload = request,
            Qos = 0,
            ExpirySeconds = 30,
            ContentType = WindowCodec.ContentType,
        },
        token: 0);

    /// <summary>Sends what waits, as far as the link takes it.</summary>
    public void Pump()
    {
        foreach (long safe in durable.TakeSafe())
        {
            if (_awaited.Remove(safe, out Action? landed))
            {
                landed();
            }
        }

        while (link.IsConnected && outbox.TryTake(out LinkMessage message, out long token))
        {
            if (!link.TryPublish(message, token))
            {
                outbox.Return(token);
                return;
            }

            Sent(message.Payload);
        }

        while (link.IsConnected && durable.TryTake(out StoredMessage kept, out long token) && Publish(kept, token))
        {
        }
    }

    /// <summary>The broker has the message with this token.</summary>
    public void OnPublished(long token)
    {
        if ((token & DurableOutbox.TokenBit) != 0)
        {
            durable.OnPublished(token);
        }
        else
        {
            outbox.OnPublished(token);
        }
    }

    /// <summary>The connection is made.</summary>
    public void OnConnected() => durable.OnConnected();

    /// <summary>The connection is lost: what was in flight waits again.</summary>
    public void OnDisconnected()
    {
        outbox.OnDisconnected();
        durable.OnDisconnected();
    }

    /// <summary>What waits on the disk, and what became of everything else.</summary>
    public OutboxReport Report() => durable.Report();

    /// <summary>Messages that wait, and messages dropped, in both outboxes.</summary>
    public (long Waiting, long Dropped) Backlog()
    {
        (long waiting, long dropped) = durable.Totals();
        foreach (OutboxClass kind in Enum.GetValues<OutboxClass>())
        {
            OutboxCounts counts = outbox.Counts(kind);
            waiting += counts.Waiting;
            dropped += counts.Dropped;
        }

        return (waiting, dropped);
    }

    private bool Publish(StoredMessage kept, long token)
    {
        try
        {
            LinkMessage message = new()
            {
                Topic = topics.Up(device, kept.Rest),
                Payload = kept.Payload,
                Qos = kept.Qos,
                ExpirySeconds = kept.ExpirySeconds,
                ContentType = WindowCodec.IsProtobuf(kept.Payload.Span) ? WindowCodec.ContentType : Json,
            };
            if (!link.TryPublish(message, token))
            {
                durable.Return(token);
                return false;
            }

            Sent(kept.Payload);
        }
        catch (ArgumentException)
        {
            // Larger than this broker takes: it would stand before all others for ever.
            durable.OnImpossible(token);
        }

        return true;
    }

    private void Sent(ReadOnlyMemory<byte> payload)
    {
        if (MemoryMarshal.TryGetArray(payload, out ArraySegment<byte> bytes) && _timed.Remove(bytes.Array!, out Delay delay))
        {
            delay.Histogram.Record((long)time.GetElapsedTime(delay.Since).TotalNanoseconds);
        }
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

    private (long Number, byte[] Payload) Keep<T>(
        string rest, T message, JsonTypeInfo<T> type, int qos, int expirySeconds, bool awaited = false) where T : DeviceMessage =>
        Keep(rest, message, JsonSerializer.SerializeToUtf8Bytes(message, type), qos, expirySeconds, awaited);

    private (long Number, byte[] Payload) Keep(
        string rest, DeviceMessage message, byte[] payload, int qos, int expirySeconds, bool awaited)
    {
        long number = durable.Post(
            new StoredMessage
            {
                Rest = rest,
                Boot = message.Boot,
                Sequence = message.Sequence,
                UnixMs = message.UnixMs,
                ClockSynchronized = message.ClockSynchronized,
                Qos = qos,
                ExpirySeconds = expirySeconds,
                Payload = payload,
            },
            awaited);
        return (number, payload);
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
