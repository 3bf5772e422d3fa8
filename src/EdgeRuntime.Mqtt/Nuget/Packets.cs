using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using EdgeRuntime.Contracts.Links;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeRuntime.Mqtt;

/// <summary>Our messages as packets of MQTTnet, and back.</summary>
internal static class Packets
{
    // QoS 1 messages that the broker may send us before the first is acknowledged; as libmosquitto has it.
    private const int ReceiveMaximum = 20;

    /// <summary>The first packet of a connection.</summary>
    /// <param name="will">Null for none; already within what the broker allows.</param>
    public static MqttConnectPacket Connect(LinkOptions options, LinkMessage? will)
    {
        MqttConnectPacket packet = new()
        {
            ClientId = options.ClientId,
            CleanSession = false,
            KeepAlivePeriod = (ushort)options.KeepAliveSeconds,
            SessionExpiryInterval = (uint)options.SessionExpirySeconds,
            MaximumPacketSize = LinkPacket.BytesMax,
            ReceiveMaximum = ReceiveMaximum,
            Username = options.UserName,
            Password = options.UserName is null || options.Password is null ? null : Encoding.UTF8.GetBytes(options.Password),
        };
        if (will is { } last)
        {
            packet.WillFlag = true;
            packet.WillTopic = last.Topic;
            packet.WillMessage = last.Payload.ToArray();
            packet.WillQoS = (MqttQualityOfServiceLevel)last.Qos;
            packet.WillRetain = last.Retain;
            packet.WillDelayInterval = (uint)options.WillDelaySeconds;
            packet.WillMessageExpiryInterval = (uint)last.ExpirySeconds;
            packet.WillContentType = NullIfEmpty(last.ContentType);
            packet.WillResponseTopic = NullIfEmpty(last.ResponseTopic);
            packet.WillCorrelationData = last.Correlation.IsEmpty ? null : last.Correlation.ToArray();
        }

        return packet;
    }

    /// <summary>One message, its payload copied into memory that <see cref="Release"/> gives back.</summary>
    public static MqttPublishPacket Publish(in LinkMessage message, int qos, bool retain, int packetId)
    {
        byte[] payload = ArrayPool<byte>.Shared.Rent(message.Payload.Length);
        message.Payload.CopyTo(payload);
        return new()
        {
            PacketIdentifier = qos == 0 ? (ushort)0 : (ushort)packetId,
            Topic = message.Topic,
            Payload = new ReadOnlySequence<byte>(payload, 0, message.Payload.Length),
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos,
            Retain = retain,
            MessageExpiryInterval = (uint)message.ExpirySeconds,
            ContentType = NullIfEmpty(message.ContentType),
            ResponseTopic = NullIfEmpty(message.ResponseTopic),
            CorrelationData = message.Correlation.IsEmpty ? null : message.Correlation.ToArray(),
        };
    }

    /// <summary>Gives back the memory of a packet that is written, once.</summary>
    public static void Release(MqttPacket packet)
    {
        if (packet is MqttPublishPacket publish && SequenceMarshal.TryGetArray(publish.Payload, out ArraySegment<byte> payload))
        {
            ArrayPool<byte>.Shared.Return(payload.Array!);
        }
    }

    /// <summary>One subscription; kept messages that match it come again.</summary>
    public static MqttSubscribePacket Subscribe(string filter, int qos, int packetId) => new()
    {
        PacketIdentifier = (ushort)packetId,
        TopicFilters = [new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = (MqttQualityOfServiceLevel)qos }],
    };

    /// <summary>What came.</summary>
    public static LinkMessage Message(MqttPublishPacket packet) => new()
    {
        Topic = packet.Topic,
        Payload = packet.Payload.IsSingleSegment ? packet.Payload.First : packet.Payload.ToArray(),
        Qos = (int)packet.QualityOfServiceLevel,
        Retain = packet.Retain,
        ExpirySeconds = (int)Math.Min(packet.MessageExpiryInterval, int.MaxValue),
        ContentType = packet.ContentType,
        ResponseTopic = packet.ResponseTopic,
        Correlation = packet.CorrelationData,
    };

    /// <summary>What the broker allows on this connection; what its CONNACK does not state is unlimited.</summary>
    public static BrokerLimits Limits(MqttConnAckPacket packet, int credits) => BrokerLimits.Of(
        credits,
        packet.ReceiveMaximum == 0 ? ushort.MaxValue : packet.ReceiveMaximum,
        (int)packet.MaximumQoS,
        packet.RetainAvailable,
        packet.MaximumPacketSize == 0 ? uint.MaxValue : packet.MaximumPacketSize);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
