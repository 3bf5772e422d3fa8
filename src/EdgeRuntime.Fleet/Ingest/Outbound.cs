using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.Fleet.Ingest;

/// <summary>Messages for devices that wait for the link's credits. Belongs to the fleet's thread.</summary>
/// <remarks>
/// One message for each topic and key: a newer one replaces the one that waits, so the number is bounded by devices and
/// classes. What is under way when the connection is lost is not kept here: orders are published again on every
/// connection, and receipts when the device repeats what it has no receipt for.
/// </remarks>
internal sealed class Outbound(ILink link)
{
    private readonly Dictionary<string, LinkMessage> _waiting = [];
    private readonly Queue<string> _order = new();

    /// <summary>Messages that wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Messages no broker could take, since start.</summary>
    public long Impossible { get; private set; }

    /// <summary>Queues a message.</summary>
    /// <param name="key">What it replaces; the topic, or finer.</param>
    public void Set(string key, in LinkMessage message)
    {
        if (!_waiting.ContainsKey(key))
        {
            _order.Enqueue(key);
        }

        _waiting[key] = message;
    }

    /// <summary>Hands over what the link takes now; the rest waits.</summary>
    /// <returns>A sentence for each message that can never be sent and was dropped.</returns>
    public List<string> Flush()
    {
        List<string> refused = [];
        while (_order.TryPeek(out string? key))
        {
            try
            {
                if (!link.TryPublish(_waiting[key], 0))
                {
                    break;
                }
            }
            catch (ArgumentException e)
            {
                Impossible++;
                refused.Add(e.Message);
            }

            _order.Dequeue();
            _waiting.Remove(key);
        }

        return refused;
    }
}
