using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeRuntime.Contracts.Ids;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;
using EdgeRuntime.Fleet.Rollouts;
using EdgeRuntime.Statistics;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Reads what devices send, and refuses what would do harm later: anybody who may publish can send anything.</summary>
internal static class MessageReader
{
    /// <summary>The class of alarms.</summary>
    public const string Alarm = "alarm";

    private const int MostCauses = 1024;

    /// <summary>Classes this program takes in.</summary>
    public static bool Knows(string messageClass) =>
        messageClass is "status" or "info" or "reported" or "latest" or "window" or "event" or "update" or "prediction" or Alarm;

    /// <summary>Classes a device keeps until they are acknowledged.</summary>
    public static bool IsAcknowledged(string messageClass) => messageClass is "window" or "event" or "update" or "prediction";

    /// <summary>Reads one message.</summary>
    /// <param name="reason">What is wrong, when the answer is null.</param>
    public static DeviceMessage? Read(Arrival arrival, out string reason)
    {
        try
        {
            DeviceMessage? message = Parse(arrival);
            reason = message is null ? "the payload is null" : Complaint(arrival, message) ?? "";
            return reason.Length == 0 ? message : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            reason = e.Message;
            return null;
        }
    }

    /// <summary>The first bytes as text that a terminal can show.</summary>
    public static string Shown(ReadOnlySpan<byte> payload)
    {
        const int Longest = 200;
        string text = Encoding.UTF8.GetString(payload[..Math.Min(payload.Length, Longest)]);
        return string.Create(text.Length, text, (to, from) =>
        {
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = char.IsControl(from[i]) ? '\uFFFD' : from[i];
            }
        });
    }

    private static DeviceMessage? Parse(Arrival arrival) => arrival.Class switch
    {
        "status" => Parse(arrival.Payload, WireJson.Default.StatusMessage),
        "info" => Parse(arrival.Payload, WireJson.Default.InfoMessage),
        "reported" => Parse(arrival.Payload, WireJson.Default.ReportedMessage),
        "latest" => Parse(arrival.Payload, WireJson.Default.LatestMessage),
        "window" => WindowCodec.IsProtobuf(arrival.Payload)
            ? WindowCodec.Read(arrival.Payload, arrival.Rest)
            : Parse(arrival.Payload, WireJson.Default.WindowMessage),
        "event" => Parse(arrival.Payload, WireJson.Default.EventMessage),
        "update" => Parse(arrival.Payload, WireJson.Default.UpdateMessage),
        Alarm => Parse(arrival.Payload, WireJson.Default.AlarmMessage),
        _ => Parse(arrival.Payload, WireJson.Default.PredictionMessage),
    };

    /// <summary>Reads a window that was accepted before and stored as it came.</summary>
    public static WindowMessage Accepted(byte[] window) =>
        JsonSerializer.Deserialize(window, WireJson.Default.WindowMessage)!;

    private static T? Parse<T>(byte[] payload, JsonTypeInfo<T> type) where T : DeviceMessage =>
        JsonSerializer.Deserialize(payload, type);

    private static string? Complaint(Arrival arrival, DeviceMessage message) => message switch
    {
        { Sequence: < 1 } => "sequence is less than 1",
        InfoMessage m => HasHole(m.Labels.Values) ?? HasHole(m.Libraries.Values) ?? HasHole(m.Sensors),
        ReportedMessage m => HasHole(m.Models) ?? m.Models.Select(model => Name(model.Name)).FirstOrDefault(complaint => complaint is not null),
        LatestMessage m => Model(arrival, m.Model) ?? HasHole(m.Labels) ?? Same(m.Scores.Count, m.Labels.Count, "scores", "labels"),
        PredictionMessage m => Model(arrival, m.Model),
        UpdateMessage m => m.Deployment == arrival.Rest ? Name(m.Model) : "deployment is not the one in the topic",
        EventMessage m => m.Kind == arrival.Rest ? null : "kind is not the one in the topic",
        AlarmMessage m => m.Name != arrival.Rest ? "name is not the one in the topic"
            : m.Causes.Count > MostCauses ? "there are too many causes" : HasHole(m.Causes) ?? HasHole(m.Explanation?.Groups ?? []),
        WindowMessage m => Model(arrival, m.Model) ?? Window(m),
        _ => null,
    };

    private static string? Window(WindowMessage window)
    {
        if (window.Samples < 0 || window.Failed < 0 || window.Failed > window.Samples || window.EndUnixMs < window.StartUnixMs)
        {
            return "samples, failed or the times are impossible";
        }

        return HasHole(window.Features)
            ?? HasHole(window.Predictions.Labels)
            ?? Same(window.Predictions.Counts.Count, window.Predictions.Labels.Count, "counts", "labels")
            ?? Counts(window.Predictions.Counts, "predictions")
            ?? window.Features.Select(FeatureComplaint.Of).FirstOrDefault(complaint => complaint is not null)
            ?? (window.Features.DistinctBy(feature => feature.Name).Count() < window.Features.Count ? "two features have one name" : null)
            ?? Latency(window.Infer, "infer")
            ?? Latency(window.Path, "path")
            ?? Ledger(window)
            ?? CategoryComplaint.Of(window)
            ?? QualityComplaint.Of(window);
    }

    private static string? Ledger(WindowMessage window)
    {
        const int MostNames = 64;
        const long MostSamples = 1L << 40;
        IReadOnlyDictionary<string, LatencyCounts> stages = window.Stages ?? new Dictionary<string, LatencyCounts>();
        if (window.Due is < 0 or > MostSamples || window.DeadlineMisses is < 0 or > MostSamples
            || window.Dropped.Values.Any(count => count is < 0 or > MostSamples))
        {
            return "a count of samples is impossible";
        }

        return stages.Count > MostNames || window.Dropped.Count > MostNames ? "too many stages or causes"
            : !stages.Keys.Concat(window.Dropped.Keys).All(IsPlain) ? "a stage or a cause has no plain name"
            : HasHole(stages.Values)
                ?? stages.Select(stage => Latency(stage.Value, stage.Key)).FirstOrDefault(complaint => complaint is not null);
    }

    private static bool IsPlain(string name) => name.Length is > 0 and <= 32 && name.All(c => char.IsAsciiLetterLower(c) || c == '_');

    private static string? Latency(LatencyCounts counts, string name)
    {
        const double LongestMicroseconds = 1e12;
        if (!(counts.MaxMicroseconds is >= 0 and <= LongestMicroseconds))
        {
            return $"{name}: the largest value is impossible";
        }

        try
        {
            new LatencyHistogram().AddSparse(counts.Buckets, counts.Counts, WindowTally.Nanoseconds(counts.MaxMicroseconds));
            return null;
        }
        catch (FormatException e)
        {
            return $"{name}: {e.Message}";
        }
    }

    private static string? Counts(IReadOnlyList<long> counts, string name) =>
        counts.Count > 1024 || !counts.All(FeatureComplaint.IsPossible) ? $"{name}: a count is impossible" : null;

    private static string? HasHole<T>(IEnumerable<T> items) where T : class =>
        items.Any(item => item is null) ? "a list holds null" : null;

    private static string? Same(int left, int right, string what, string other) =>
        left == right ? null : $"{left} {what} for {right} {other}";

    private static string? Model(Arrival arrival, string model) =>
        model == arrival.Rest ? Name(model) : "model is not the one in the topic";

    // Model names have the form of device ids: both are levels of a topic.
    private static string? Name(string model) => DeviceId.TryParse(model, out _) ? null : "a model has no valid name";
}
