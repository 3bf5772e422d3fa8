using System.Text;
using EdgeRuntime.Contracts.Links;
using Xunit;

namespace EdgeRuntime.Mqtt.Tests;

/// <summary>The owner of a link that writes down all it is told, and lets a test wait for it.</summary>
public sealed class Recorder : ILinkEvents
{
    /// <summary>First level of topics by which a link finds out that its subscriptions are known; not written down.</summary>
    public const string Ready = "ready";

    public const long ReadyToken = long.MinValue;

    /// <summary>Generous: it is only waited for by tests that fail.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly object _lock = new();
    private readonly List<LinkMessage> _messages = [];
    private readonly List<long> _published = [];
    private readonly List<string> _disconnections = [];
    private readonly List<string> _refusals = [];
    private readonly List<bool> _connections = [];
    private readonly List<string> _ready = [];

    /// <summary>Called before the event is written down, on the link's thread.</summary>
    public Action<long>? WhenPublished { get; init; }

    public IReadOnlyList<LinkMessage> Messages => Copy(_messages);

    public IReadOnlyList<string> Payloads => [.. Messages.Select(message => Encoding.UTF8.GetString(message.Payload.Span))];

    public IReadOnlyList<long> Published => Copy(_published);

    public IReadOnlyList<string> Disconnections => Copy(_disconnections);

    public IReadOnlyList<string> Refusals => Copy(_refusals);

    public int ReadyCount => Copy(_ready).Count;

    /// <summary>Whether a session was present, for each connection.</summary>
    public IReadOnlyList<bool> Connections => Copy(_connections);

    /// <summary>Waits until it is so, looking after each event; fails when it does not become so.</summary>
    public void WaitUntil(Func<Recorder, bool> isSo, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        lock (_lock)
        {
            while (!isSo(this))
            {
                TimeSpan left = Patience - TimeProvider.System.GetElapsedTime(start);
                Assert.True(
                    left > TimeSpan.Zero && Monitor.Wait(_lock, left),
                    $"waited in vain until {what}; {_connections.Count} connections, {_messages.Count} messages, "
                    + $"{_published.Count} published, disconnections: {string.Join(" | ", _disconnections)}");
            }
        }
    }

    public void OnConnected(bool sessionPresent) => Note(_connections, sessionPresent);

    public void OnDisconnected(string reason) => Note(_disconnections, reason);

    public void OnMessage(in LinkMessage message)
    {
        if (message.Topic.StartsWith(Ready, StringComparison.Ordinal))
        {
            Note(_ready, message.Topic);
            return;
        }

        Note(_messages, message with { Payload = message.Payload.ToArray(), Correlation = message.Correlation.ToArray() });
    }

    public void OnPublished(long token)
    {
        if (token == ReadyToken)
        {
            return;
        }

        WhenPublished?.Invoke(token);
        Note(_published, token);
    }

    public void OnRefused(long token, string reason) => Note(_refusals, reason);

    public void OnSubscriptionRefused(string reason) => Note(_refusals, reason);

    /// <summary>Lets the waiting test look again.</summary>
    public void Pulse()
    {
        lock (_lock)
        {
            Monitor.PulseAll(_lock);
        }
    }

    private void Note<T>(List<T> list, T what)
    {
        lock (_lock)
        {
            list.Add(what);
            Monitor.PulseAll(_lock);
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}
