namespace EdgeRuntime.Mqtt;

/// <summary>Numbers that packets are known by until they are answered. Not thread-safe; the link's lock holds around every call.</summary>
internal sealed class PacketIdentifiers
{
    // Identifiers on the wire end here; what QoS 0 messages are known by, on this side only, begins.
    private const int WireMax = ushort.MaxValue;

    private int _last;
    private int _lastUnacknowledged = WireMax;

    /// <summary>True for the number of a message that the broker does not answer.</summary>
    public static bool IsUnacknowledged(int id) => id > WireMax;

    /// <summary>The next one for the wire: 1 to 65535.</summary>
    public int Next(Func<int, bool> isTaken)
    {
        do
        {
            _last = (_last % WireMax) + 1;
        }
        while (isTaken(_last));
        return _last;
    }

    /// <summary>The next one for a message of QoS 0.</summary>
    public int NextUnacknowledged() =>
        _lastUnacknowledged = _lastUnacknowledged == int.MaxValue ? WireMax + 1 : _lastUnacknowledged + 1;
}
