using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EdgeRuntime.Contracts.Links;

/// <summary>What one message weighs as an MQTT 5 PUBLISH packet, and which messages can be one at all.</summary>
public static class LinkPacket
{
    /// <summary>No packet on our wire is larger, whatever the broker takes.</summary>
    public const int BytesMax = 128 * 1024;

    private const int FieldBytesMax = ushort.MaxValue;

    /// <summary>Size of the whole packet, in bytes: header, topic, packet identifier, properties, payload.</summary>
    public static int Bytes(in LinkMessage message)
    {
        int properties = (message.ExpirySeconds > 0 ? 5 : 0)
            + StringProperty(message.ContentType)
            + StringProperty(message.ResponseTopic)
            + (message.Correlation.IsEmpty ? 0 : 3 + message.Correlation.Length);
        int remaining = 2 + Encoding.UTF8.GetByteCount(message.Topic)
            + (message.Qos > 0 ? 2 : 0)
            + VariableInteger(properties) + properties
            + message.Payload.Length;
        return 1 + VariableInteger(remaining) + remaining;
    }

    /// <summary>Throws for a message that no broker, or not this one, could ever take.</summary>
    /// <param name="bytesMax">Largest packet the broker takes; <see cref="BytesMax"/> holds besides.</param>
    /// <exception cref="ArgumentException">Says what is wrong with the message.</exception>
    public static void EnsureSendable(in LinkMessage message, int bytesMax)
    {
        if (message.Topic is not { Length: > 0 } topic || topic.AsSpan().ContainsAny('+', '#', '\0')
            || Encoding.UTF8.GetByteCount(topic) > FieldBytesMax)
        {
            Refuse($"'{message.Topic}' is not a topic name: 1 to 65535 bytes of UTF-8 without '+', '#' or NUL");
        }

        if (message.Qos is not (0 or 1))
        {
            Refuse($"QoS {message.Qos} of '{message.Topic}' is neither 0 nor 1");
        }

        if (message.ExpirySeconds < 0)
        {
            Refuse($"expiry of '{message.Topic}' is {message.ExpirySeconds} s, less than 0");
        }

        if (message.Correlation.Length > FieldBytesMax)
        {
            Refuse($"correlation data of '{message.Topic}' is {message.Correlation.Length} bytes, more than {FieldBytesMax}");
        }

        if (StringProperty(message.ContentType) > 3 + FieldBytesMax || StringProperty(message.ResponseTopic) > 3 + FieldBytesMax)
        {
            Refuse($"content type or response topic of '{message.Topic}' is more than {FieldBytesMax} bytes");
        }

        int limit = Math.Min(bytesMax, BytesMax);
        int bytes = Bytes(message);
        if (bytes > limit)
        {
            Refuse($"the packet for '{message.Topic}' is {bytes} bytes, and at most {limit} can be sent");
        }
    }

    private static int StringProperty(string? text) =>
        string.IsNullOrEmpty(text) ? 0 : 3 + Encoding.UTF8.GetByteCount(text);

    private static int VariableInteger(int value) => value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;

    [DoesNotReturn]
    private static void Refuse(string sentence) => throw new ArgumentException(sentence);
}
