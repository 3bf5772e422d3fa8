namespace EdgeRuntime.Mqtt;

/// <summary>Messages handed to the library and not yet answered: their tokens by packet identifier, and their number.</summary>
/// <remarks>Not thread-safe; the link's lock holds around every call. Allocates nothing once warm.</remarks>
internal sealed class InFlight(int credits)
{
    /// <summary>QoS 0 messages that may wait for the socket. With 128 KiB each, 8 MiB at worst.</summary>
    public const int UnwrittenMax = 64;

    // A broker may grant 65535 credits that nobody uses; the table grows to what is used and then stays.
    private readonly Dictionary<int, (long Token, bool Acknowledged)> _entries = new(Math.Min(credits, UnwrittenMax) + UnwrittenMax);

    /// <summary>QoS 1 messages without an acknowledgement.</summary>
    public int Unacknowledged { get; private set; }

    /// <summary>QoS 0 messages not yet written to the socket.</summary>
    public int Unwritten { get; private set; }

    /// <summary>True when nothing is under way.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Notes one message.</summary>
    /// <param name="acknowledged">True for QoS 1.</param>
    public void Add(int packetId, long token, bool acknowledged)
    {
        _entries[packetId] = (token, acknowledged);
        if (acknowledged)
        {
            Unacknowledged++;
        }
        else
        {
            Unwritten++;
        }
    }

    /// <summary>True when a message with this identifier is under way.</summary>
    public bool Contains(int packetId) => _entries.ContainsKey(packetId);

    /// <summary>Takes one message out. False when its identifier is not known.</summary>
    public bool TryRemove(int packetId, out long token)
    {
        bool known = _entries.Remove(packetId, out (long Token, bool Acknowledged) entry);
        token = entry.Token;
        if (known && entry.Acknowledged)
        {
            Unacknowledged--;
        }
        else if (known)
        {
            Unwritten--;
        }

        return known;
    }

    /// <summary>Forgets everything: the connection is gone.</summary>
    public void Clear()
    {
        _entries.Clear();
        Unacknowledged = 0;
        Unwritten = 0;
    }
}
