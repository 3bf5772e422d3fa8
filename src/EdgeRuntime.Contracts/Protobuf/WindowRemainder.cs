using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;

namespace EdgeRuntime.Contracts.Protobuf;

/// <summary>
/// What a window holds beyond the fields of its schema, as JSON: it is rare, or of a later version, and must not be lost on the way.
/// </summary>
internal static class WindowRemainder
{
    // Those that the schema has fields for.
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "sequence", "boot", "unix_ms", "clock_synchronized", "model", "version", "digest", "start_unix_ms", "end_unix_ms", "samples",
        "due", "predictions", "infer", "path", "stages", "failed", "features", "merged", "dropped", "deadline_misses", "overload", "gate",
        "estimates", "verdict_hash",
    };

    private static readonly LatencyCounts NoLatency = new() { Buckets = [], Counts = [], MaxMicroseconds = 0 };

    /// <summary>The members that have no field, as the UTF-8 of a JSON object; empty when there are none.</summary>
    public static byte[] Of(WindowMessage window)
    {
        JsonObject members = Members(window with
        {
            Predictions = PredictionCodec.None, Infer = NoLatency, Path = NoLatency, Stages = null, Features = [], Estimates = null,
        });
        foreach (string name in Known)
        {
            members.Remove(name);
        }

        return members.Count == 0 ? [] : Encoding.UTF8.GetBytes(members.ToJsonString());
    }

    /// <summary>A window with those members.</summary>
    /// <param name="more">From <see cref="Of"/>.</param>
    /// <exception cref="JsonException">It is no JSON object, or one of its members is wrong.</exception>
    public static WindowMessage AddTo(WindowMessage window, ReadOnlySpan<byte> more)
    {
        if (more.IsEmpty)
        {
            return window;
        }

        JsonObject members = Members(window);
        try
        {
            JsonObject added = JsonNode.Parse(more) as JsonObject ?? throw new JsonException("it is no object");
            foreach ((string name, JsonNode? value) in added.Where(member => !Known.Contains(member.Key)))
            {
                members[name] = value?.DeepClone();
            }

            return members.Deserialize(WireJson.Default.WindowMessage)!;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // Objects are looked into late, and then complain in these ways of a name that comes twice, or of a text that is none.
            throw new JsonException(e.Message, e);
        }
    }

    private static JsonObject Members(WindowMessage window) =>
        JsonSerializer.SerializeToNode(window, WireJson.Default.WindowMessage)!.AsObject();
}
