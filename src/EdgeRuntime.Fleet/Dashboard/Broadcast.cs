using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace EdgeRuntime.Fleet.Dashboard;

/// <summary>Server-sent events to any number of pages. Thread-safe.</summary>
/// <remarks>
/// Bounded: <see cref="MaxSubscribers"/> pages, each with <see cref="QueueLength"/> messages. A page that reads too slowly
/// loses its connection, comes back by itself and fetches the lists again: better than a page that shows the past.
/// </remarks>
public sealed class Broadcast
{
    /// <summary>Pages served at once.</summary>
    public const int MaxSubscribers = 100;

    /// <summary>Messages that may wait for one page.</summary>
    public const int QueueLength = 1000;

    private readonly Lock _lock = new();
    private readonly List<Channel<ReadOnlyMemory<byte>>> _subscribers = [];

    /// <summary>Pages connected.</summary>
    public int Subscribers
    {
        get
        {
            lock (_lock)
            {
                return _subscribers.Count;
            }
        }
    }

    /// <summary>Connects a page; null when there are too many.</summary>
    public Channel<ReadOnlyMemory<byte>>? Subscribe()
    {
        Channel<ReadOnlyMemory<byte>> channel = Channel.CreateBounded<ReadOnlyMemory<byte>>(
            new BoundedChannelOptions(QueueLength) { SingleReader = true });
        lock (_lock)
        {
            if (_subscribers.Count >= MaxSubscribers)
            {
                return null;
            }

            _subscribers.Add(channel);
            return channel;
        }
    }

    /// <summary>Disconnects a page.</summary>
    public void Unsubscribe(Channel<ReadOnlyMemory<byte>> channel)
    {
        lock (_lock)
        {
            _subscribers.Remove(channel);
        }
    }

    /// <summary>Sends a message to every page.</summary>
    public void Send<T>(string name, T value, JsonTypeInfo<T> type)
    {
        lock (_lock)
        {
            if (_subscribers.Count == 0)
            {
                return;
            }

            ReadOnlyMemory<byte> frame = Frame(name, value, type);
            for (int i = _subscribers.Count - 1; i >= 0; i--)
            {
                if (!_subscribers[i].Writer.TryWrite(frame))
                {
                    _subscribers[i].Writer.TryComplete();
                    _subscribers.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>Ends every page's connection.</summary>
    public void Close()
    {
        lock (_lock)
        {
            foreach (Channel<ReadOnlyMemory<byte>> channel in _subscribers)
            {
                channel.Writer.TryComplete();
            }

            _subscribers.Clear();
        }
    }

    /// <summary>One message as it goes on the wire.</summary>
    public static ReadOnlyMemory<byte> Frame<T>(string name, T value, JsonTypeInfo<T> type) =>
        (byte[])[.. Encoding.UTF8.GetBytes($"event: {name}\ndata: "), .. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n', (byte)'\n'];
}
