using System.Text.Json;
using EdgeRuntime.Contracts.Json;
using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Contracts.Protobuf;

namespace EdgeRuntime.Engine.Forwarding;

/// <summary>
/// Makes fewer messages of many without losing what they count: windows of one model become one window, batches of
/// predictions one batch. What cannot be merged stays as it is.
/// </summary>
public static class MessageMerging
{
    // Leaves the envelope and the properties their room in a packet of 128 KiB.
    private const int LargestMerged = 96 * 1024;

    /// <summary>Merges messages that nobody may have received yet.</summary>
    /// <param name="messages">In the order in which they were made.</param>
    /// <param name="span">Longest time one merged window may cover.</param>
    /// <returns>In order of the newest that each stands for. A fixed order of merging: the same messages give the same bytes.</returns>
    public static IReadOnlyList<StoredMessage> Merge(IReadOnlyList<StoredMessage> messages, TimeSpan span)
    {
        List<(int Last, StoredMessage Message)> merged = [];
        Dictionary<string, Group> open = new(StringComparer.Ordinal);
        for (int i = 0; i < messages.Count; i++)
        {
            StoredMessage message = messages[i];
            DeviceMessage? read = message.Sent ? null : Read(message);
            if (open.TryGetValue(message.Rest, out Group? group))
            {
                if (read is not null && group.TryAdd(message, read, i, span))
                {
                    continue;
                }

                merged.AddRange(group.Close());
                open.Remove(message.Rest);
            }

            if (read is null)
            {
                merged.Add((i, message));
            }
            else
            {
                open[message.Rest] = new Group(message, read, i);
            }
        }

        foreach (Group group in open.Values)
        {
            merged.AddRange(group.Close());
        }

        return [.. merged.OrderBy(each => each.Last).Select(each => each.Message)];
    }

    // Null for everything that is not merged.
    private static DeviceMessage? Read(StoredMessage message)
    {
        try
        {
            DeviceMessage? read = message.TopicClass switch
            {
                "window" => WindowCodec.IsProtobuf(message.Payload.Span)
                    ? WindowCodec.Read(message.Payload.Span, message.Rest[(message.Rest.IndexOf('/') + 1)..])
                    : JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.WindowMessage),
                "prediction" => JsonSerializer.Deserialize(message.Payload.Span, WireJson.Default.PredictionMessage),
                _ => null,
            };

            // What the record says of its payload must be so, or the result would go under another name.
            return read is not null && read.Boot == message.Boot && read.Sequence == message.Sequence ? read : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    // In the encoding of the newest; windows of two encodings name their features in two ways, and are never merged.
    private static byte[] Write(DeviceMessage message, StoredMessage newest) => message switch
    {
        WindowMessage window when WindowCodec.IsProtobuf(newest.Payload.Span) => WindowCodec.Write(window),
        WindowMessage window => JsonSerializer.SerializeToUtf8Bytes(window, WireJson.Default.WindowMessage),
        _ => JsonSerializer.SerializeToUtf8Bytes((PredictionMessage)message, WireJson.Default.PredictionMessage),
    };

    private sealed class Group(StoredMessage first, DeviceMessage read, int at)
    {
        private readonly List<(int At, StoredMessage Message)> _members = [(at, first)];
        private DeviceMessage _sum = read;

        public bool TryAdd(StoredMessage message, DeviceMessage next, int index, TimeSpan span)
        {
            if (Sum(_sum, next, span) is not DeviceMessage sum)
            {
                return false;
            }

            _sum = sum;
            _members.Add((index, message));
            return true;
        }

        public List<(int At, StoredMessage Message)> Close()
        {
            if (_members.Count == 1)
            {
                return _members;
            }

            (int last, StoredMessage newest) = _members[^1];
            byte[] payload = Write(_sum, newest);
            return payload.Length > LargestMerged
                ? _members
                :
                [
                    (last, newest with
                    {
                        ClockSynchronized = _members.All(member => member.Message.ClockSynchronized),
                        StandsFor = _members.Sum(member => member.Message.StandsFor),
                        Payload = payload,
                    }),
                ];
        }

        private static DeviceMessage? Sum(DeviceMessage sum, DeviceMessage next, TimeSpan span)
        {
            try
            {
                return (sum, next) switch
                {
                    (WindowMessage one, WindowMessage other)
                        when (double)Math.Max(one.EndUnixMs, other.EndUnixMs) - Math.Min(one.StartUnixMs, other.StartUnixMs) <= span.TotalMilliseconds =>
                        WindowMerging.Merge(one, other),
                    (PredictionMessage one, PredictionMessage other) => PredictionMerging.Merge(one, other),
                    _ => null,
                };
            }
            catch (OverflowException)
            {
                // Counts that cannot be: better two messages than a wrong one.
                return null;
            }
        }
    }
}
