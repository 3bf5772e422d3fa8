using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>What the broker allows on this connection, as its CONNACK said.</summary>
/// <param name="Credits">QoS 1 messages in flight at most: ours, lowered by its Receive Maximum.</param>
/// <param name="MaximumQos">0 or 1; a QoS 1 message is sent with this one.</param>
/// <param name="Retain">False when it keeps no messages; then none is sent to be kept.</param>
/// <param name="PacketBytesMax">Its largest packet, and never over ours.</param>
internal readonly record struct BrokerLimits(int Credits, int MaximumQos, bool Retain, int PacketBytesMax)
{
    /// <summary>The lesser of what it allows and what we would do.</summary>
    /// <param name="credits">Ours.</param>
    /// <param name="receiveMaximum">The broker's; 65535 when not stated.</param>
    /// <param name="maximumQos">The broker's; 1 or 2 when not stated.</param>
    /// <param name="retain">Whether it keeps messages.</param>
    /// <param name="packetBytesMax">The broker's largest packet; as large as it can be when not stated.</param>
    public static BrokerLimits Of(int credits, int receiveMaximum, int maximumQos, bool retain, uint packetBytesMax) => new(
        Math.Min(credits, receiveMaximum),
        Math.Min(maximumQos, 1),
        retain,
        (int)Math.Min(packetBytesMax, LinkPacket.BytesMax));
}
