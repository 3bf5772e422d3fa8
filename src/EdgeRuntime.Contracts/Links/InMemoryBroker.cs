namespace EdgeRuntime.Contracts.Links;

/// <summary>An MQTT 5 broker in memory, for tests and simulation: retained messages, expiry, sessions, wills, wildcards.</summary>
/// <remarks>
/// Deterministic: nothing happens by itself. What links publish waits in one queue, in order, and <see cref="Deliver"/>
/// carries it out on the caller's thread; time is the provider's. With a thread (see the constructor) the broker delivers
/// by itself, for programs whose threads wait for answers. Not built for load: routing asks every client.
/// </remarks>
public sealed class InMemoryBroker : IDisposable
{
    private const int UnwrittenMax = 64;

    private readonly object _lock = new();
    private readonly TimeProvider _time;
    private readonly Thread? _thread;
    private readonly InMemoryRouter _router;
    private readonly List<InMemoryLink> _links = [];
    private readonly Queue<InMemoryWork> _held = [];
    private InMemoryLink? _calling;
    private int _callingThread;
    private bool _isDelivering;
    private bool _isHolding;
    private bool _isOver;

    /// <param name="time">Clock of expiries and will delays.</param>
    /// <param name="withThread">True to deliver on a thread of the broker's own, as soon as there is something.</param>
    public InMemoryBroker(TimeProvider time, bool withThread = false)
    {
        _time = time;
        _router = new InMemoryRouter(time);
        if (withThread)
        {
            _thread = new Thread(DeliverForEver) { IsBackground = true, Name = "in-memory broker" };
            _thread.Start();
        }
    }

    /// <summary>True until <see cref="GoDown"/>, and again after <see cref="ComeUp"/>.</summary>
    public bool IsUp { get; private set; } = true;

    /// <summary>True to keep acknowledgements back, so that credits run out. Setting it to false gives them all.</summary>
    public bool HoldsAcknowledgements
    {
        get => _isHolding;
        set
        {
            lock (_lock)
            {
                _isHolding = value;
                while (!value && _held.TryDequeue(out InMemoryWork held))
                {
                    Enqueue(held);
                }
            }
        }
    }

    /// <summary>A retained message, as a new subscriber would get it; null when there is none.</summary>
    public LinkMessage? Retained(string topic)
    {
        lock (_lock)
        {
            return _router.Retained(topic);
        }
    }

    /// <summary>Dies like a process that is killed: every connection is lost, and no will is published.</summary>
    /// <param name="forget">True to lose sessions and retained messages, as a broker without persistence does.</param>
    public void GoDown(bool forget)
    {
        lock (_lock)
        {
            IsUp = false;
            foreach (InMemoryLink link in _links)
            {
                _router.Lose(link, "the broker went down", withWill: false);
            }

            if (forget)
            {
                _router.Clear();
            }

            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Comes back; every link whose cable is whole connects again, in the order they were started.</summary>
    public void ComeUp()
    {
        lock (_lock)
        {
            IsUp = true;
            foreach (InMemoryLink link in _links)
            {
                _router.Connect(link);
            }

            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Carries out all that waits and what follows from it, and publishes the wills that are due.</summary>
    /// <returns>How many events were given to links. 0 when another call is delivering.</returns>
    public int Deliver()
    {
        int delivered = 0;
        while (TryNext(out InMemoryWork work))
        {
            delivered += work.Kind == InMemoryWorkKind.Taken ? 0 : 1;
            try
            {
                CarryOut(work);
            }
            finally
            {
                lock (_lock)
                {
                    _isDelivering = false;
                    _calling = null;
                    Monitor.PulseAll(_lock);
                }
            }
        }

        return delivered;
    }

    /// <summary>Ends the broker's thread, if it has one.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            Monitor.PulseAll(_lock);
        }

        _thread?.Join();
    }

    internal bool IsConnected(InMemoryLink link)
    {
        lock (_lock)
        {
            return _router.IsConnected(link);
        }
    }

    internal void Join(InMemoryLink link)
    {
        lock (_lock)
        {
            _links.Add(link);
            if (IsUp)
            {
                _router.Connect(link);
                Monitor.PulseAll(_lock);
            }
            else
            {
                Enqueue(new InMemoryWork(InMemoryWorkKind.Disconnected, link, link.Connection) { Reason = "the broker is down" });
            }
        }
    }

    internal bool TryTake(InMemoryLink link, in LinkMessage message, long token)
    {
        lock (_lock)
        {
            bool full = message.Qos == 0
                ? link.Unwritten >= UnwrittenMax
                : link.Unacknowledged >= link.Options.Credits;
            if (full || !_router.IsConnected(link))
            {
                return false;
            }

            link.Unacknowledged += message.Qos == 0 ? 0 : 1;
            link.Unwritten += message.Qos == 0 ? 1 : 0;
            Enqueue(new InMemoryWork(InMemoryWorkKind.Taken, link, link.Connection) { Message = Copy(message), Token = token });
            return true;
        }
    }

    internal void Cut(InMemoryLink link)
    {
        lock (_lock)
        {
            link.IsCut = true;
            _router.Lose(link, "the cable was cut", withWill: true);
            Monitor.PulseAll(_lock);
        }
    }

    internal void Mend(InMemoryLink link)
    {
        lock (_lock)
        {
            link.IsCut = false;
            if (IsUp)
            {
                _router.Connect(link);
                Monitor.PulseAll(_lock);
            }
        }
    }

    internal void Part(InMemoryLink link, TimeSpan patience)
    {
        if (_thread is null)
        {
            _ = Deliver();
        }

        long started = _time.GetTimestamp();
        lock (_lock)
        {
            while (_thread is not null && _router.IsConnected(link) && link.Unacknowledged + link.Unwritten > 0
                && Environment.CurrentManagedThreadId != _callingThread
                && patience - _time.GetElapsedTime(started) is { Ticks: > 0 } left)
            {
                Monitor.Wait(_lock, left);
            }

            End(link, withWill: false);
        }
    }

    internal void Leave(InMemoryLink link)
    {
        lock (_lock)
        {
            End(link, withWill: true);
        }
    }

    private static LinkMessage Copy(in LinkMessage message) =>
        message with { Payload = message.Payload.ToArray(), Correlation = message.Correlation.ToArray() };

    private void DeliverForEver()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_isOver)
                {
                    return;
                }

                if (_router.Work.Count == 0)
                {
                    // At most a tenth of a second, because wills come due without anybody calling.
                    Monitor.Wait(_lock, 100);
                }
            }

            _ = Deliver();
        }
    }

    private void Enqueue(in InMemoryWork work)
    {
        _router.Work.Enqueue(work);
        Monitor.PulseAll(_lock);
    }

    private void End(InMemoryLink link, bool withWill)
    {
        if (_router.IsConnected(link))
        {
            link.StoppedConnection = withWill ? -1 : link.Connection;
            _router.Forget(link, withWill);
        }

        link.IsOver = true;
        _links.Remove(link);
        while (_calling == link && Environment.CurrentManagedThreadId != _callingThread)
        {
            Monitor.Wait(_lock);
        }
    }

    private bool TryNext(out InMemoryWork work)
    {
        lock (_lock)
        {
            work = default;
            if (_isDelivering)
            {
                return false;
            }

            if (IsUp)
            {
                _router.PublishWills();
            }

            if (!_router.Work.TryDequeue(out work))
            {
                return false;
            }

            _isDelivering = true;
            _callingThread = Environment.CurrentManagedThreadId;
            return true;
        }
    }

    private void CarryOut(in InMemoryWork work)
    {
        lock (_lock)
        {
            InMemoryLink link = work.Link;
            if (work.Kind == InMemoryWorkKind.Taken && work.Connection == link.StoppedConnection)
            {
                // Stopped from inside one of its own events, a link cannot wait; what it published still counts.
                _router.Route(work.Message);
                return;
            }

            // A loss is told even when the link has connected again in between; all else belongs to its connection.
            bool isVoid = work.Connection != link.Connection && work.Kind != InMemoryWorkKind.Disconnected;
            if (link.IsOver || isVoid)
            {
                _router.Miss(work);
                return;
            }

            switch (work.Kind)
            {
                case InMemoryWorkKind.Taken:
                    _router.Route(work.Message);
                    Acknowledge(work);
                    return;
                case InMemoryWorkKind.Published when work.Message.Qos == 0:
                    link.Unwritten = Math.Max(0, link.Unwritten - 1);
                    break;
                case InMemoryWorkKind.Published:
                    link.Unacknowledged = Math.Max(0, link.Unacknowledged - 1);
                    break;
            }

            _calling = link;
        }

        work.Tell(work.Link.Events!);
    }

    private void Acknowledge(in InMemoryWork taken)
    {
        InMemoryWork published = taken with { Kind = InMemoryWorkKind.Published };
        if (_isHolding && taken.Message.Qos > 0)
        {
            _held.Enqueue(published);
        }
        else
        {
            Enqueue(published);
        }
    }
}
