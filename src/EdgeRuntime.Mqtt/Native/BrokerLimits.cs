using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Mqtt;

/// <summary>What the broker allows on this connection, as its CONNACK said.</summary>
/// <param name="Credits">QoS 1 messages in flight at most: ours, lowered by its Receive Maximum.</param>
/// <param name="MaximumQos">0 or 1; a QoS 1 message is sent with this one.</param>
/// <param name="Retain">False when it keeps no messages; then none is sent to be kept.</param>
/// <param name="PacketBytesMax">Its largest packet, and never over ours.</param>
internal readonly record struct BrokerLimits(int Credits, int MaximumQos, bool Retain, int PacketBytesMax)
{
    /// <summary>Reads the properties of a CONNACK; what it does not state is unlimited.</summary>
    public static unsafe BrokerLimits Read(nint properties, int credits)
    {
        ushort receiveMaximum = ushort.MaxValue;
        byte maximumQos = 1, retain = 1;
        uint packetBytesMax = LinkPacket.BytesMax;
        _ = LibMosquitto.ReadInt16(properties, LibMosquitto.PropertyReceiveMaximum, &receiveMaximum, 0);
        _ = LibMosquitto.ReadByte(properties, LibMosquitto.PropertyMaximumQos, &maximumQos, 0);
        _ = LibMosquitto.ReadByte(properties, LibMosquitto.PropertyRetainAvailable, &retain, 0);
        _ = LibMosquitto.ReadInt32(properties, LibMosquitto.PropertyMaximumPacketSize, &packetBytesMax, 0);
        return new BrokerLimits(
            Math.Min(credits, (int)receiveMaximum),
            Math.Min((int)maximumQos, 1),
            retain != 0,
            (int)Math.Min(packetBytesMax, LinkPacket.BytesMax));
    }
}
