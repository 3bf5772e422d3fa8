using EdgeRuntime.Contracts.Links;

namespace EdgeRuntime.System.Tests.Stage;

/// <summary>The owner of a link who writes down every message, and lets a test wait for what comes.</summary>
internal sealed class Listener : ILinkEvents
{
    /// <summary>Generous: it is only waited for by tests that fail.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly object _gate = new();
    private readonly List<LinkMessage> _messages = [];
    private bool _isConnected;

    /// <summary>In order of arrival.</summary>
    public IReadOnlyList<LinkMessage> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>True once it was connected.</summary>
    public bool WasConnected => _isConnected;

    /// <summary>Waits until it is so, looking after each event; fails when it does not become so.</summary>
    public void WaitUntil(Func<Listener, bool> isSo, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            while (!isSo(this))
            {
                TimeSpan left = Patience - TimeProvider.System.GetElapsedTime(start);
                Assert.True(
                    left > TimeSpan.Zero && Monitor.Wait(_gate, left),
                    $"waited in vain until {what}; {_messages.Count} messages: {string.Join(", ", _messages.GroupBy(message => message.Topic).Select(group => $"{group.Key} {group.Count()}"))}");
            }
        }
    }

    /// <inheritdoc/>
    public void OnConnected(bool sessionPresent) => Note(() => _isConnected = true);

    /// <inheritdoc/>
    public void OnDisconnected(string reason)
    {
    }

    /// <inheritdoc/>
    public void OnMessage(in LinkMessage message)
    {
        LinkMessage copy = message with { Payload = message.Payload.ToArray(), Correlation = default };
        Note(() => _messages.Add(copy));
    }

    /// <inheritdoc/>
    public void OnPublished(long token)
    {
    }

    private void Note(Action what)
    {
        lock (_gate)
        {
            what();
            Monitor.PulseAll(_gate);
        }
    }
}
