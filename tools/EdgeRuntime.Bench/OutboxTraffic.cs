using System.Text.Json;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Engine.Forwarding;

namespace EdgeRuntime.Bench;

/// <summary>What a device says, as bytes of the size that devices send: of 100 messages one event, ten windows, 89 predictions.</summary>
internal sealed class OutboxTraffic(TimeProvider time)
{
    private const int Features = 6;
    private const int Buckets = 24;

    private static readonly ModelId Digest = ModelId.Of("a package"u8);
    private static readonly BootId Boot = new(0x5eed);

    private long _made;
    private long _results;
    private long _windows;
    private long _samples;

    /// <summary>Makes the next message.</summary>
    public StoredMessage Next()
    {
        long n = _made++;
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return (n % 100) switch
        {
            0 => Stored("event/sensor", ++_results, now, 1, JsonSerializer.SerializeToUtf8Bytes(Event(n, now), WireJson.Default.EventMessage)),
            < 11 => Stored("window/vitals", ++_windows, now, 1, JsonSerializer.SerializeToUtf8Bytes(Window(n, now), WireJson.Default.WindowMessage)),
            _ => Stored("prediction/vitals", ++_samples, now, 0, JsonSerializer.SerializeToUtf8Bytes(Batch(n, now), WireJson.Default.PredictionMessage)),
        };
    }

    private static StoredMessage Stored(string rest, long sequence, long now, int qos, byte[] payload) => new()
    {
        Rest = rest, Boot = Boot, Sequence = sequence, UnixMs = now, ClockSynchronized = true, Qos = qos, ExpirySeconds = 86400, Payload = payload,
    };

    private EventMessage Event(long n, long now) => new()
    {
        Boot = Boot, Sequence = _results, UnixMs = now, ClockSynchronized = true, Kind = "sensor", Severity = EventSeverity.Warning, Model = "vitals",
        Detail = $"channel temperature: the same value for more than 30 s (number {n})",
    };

    private WindowMessage Window(long n, long now) => new()
    {
        Boot = Boot, Sequence = _windows, UnixMs = now, ClockSynchronized = true, Model = "vitals", Version = "1.4.2", Digest = Digest,
        StartUnixMs = now - 1000, EndUnixMs = now, Samples = 5, Failed = 0, Due = 5,
        Predictions = new PredictionCounts { Labels = ["idle", "normal", "busy"], Counts = [n % 4, 1, 4 - (n % 4)], Confidence = [0, 0, 0, 0, 0, 1, 0, 1, 1, 2] },
        Infer = Latency(n, 300), Path = Latency(n, 340),
        Stages = new Dictionary<string, LatencyCounts> { ["read"] = Latency(n, 200), ["features"] = Latency(n, 260) },
        Features =
        [
            .. Enumerable.Range(0, Features).Select(i => new FeatureCounts
            {
                Name = $"feature_{i}", Counts = [0, n % 3, 1, 2, 0, 1, 0, 1, 0, 0, 0, 0], Psi = 0.01 * i, Threshold = 0.2,
            }),
        ],
    };

    private static LatencyCounts Latency(long n, int around) => new()
    {
        Buckets = [around + (int)(n % Buckets), around + Buckets + (int)(n % 7)], Counts = [3, 2], MaxMicroseconds = 40 + (n % 10),
    };

    private PredictionMessage Batch(long n, long now) => new()
    {
        Boot = Boot, Sequence = _samples, UnixMs = now, ClockSynchronized = true, Model = "vitals", Version = "1.4.2",
        Predictions = [new Prediction(n, now, "normal", 0.8125, "normal")],
    };
}
