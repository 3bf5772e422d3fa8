namespace EdgeRuntime.Mqtt;

/// <summary>
/// A thread that everything of one link returns to: what awaits on it goes on there, one thing at a time, so that the
/// owner is called as the contract of a link promises, and what the owner throws ends the process.
/// </summary>
internal sealed class LinkThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Call, object? State)> _calls = [];
    private readonly Thread _thread;
    private readonly Func<Task> _work;
    private bool _isOver;

    /// <param name="work">Runs on the thread from <see cref="Start"/> on; the thread ends with it.</param>
    public LinkThread(Func<Task> work)
    {
        _work = work;
        _thread = new Thread(Run) { IsBackground = true, Name = "mqtt" };
    }

    /// <summary>True when called from this thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Starts the work.</summary>
    public void Start() => _thread.Start();

    /// <summary>Waits for the end of the work. False when the time is over first.</summary>
    public bool Join(TimeSpan patience) => _thread.Join(patience);

    /// <summary>Lets the thread make this call, after those that wait already. Does nothing once the work is over.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_calls)
        {
            if (!_isOver)
            {
                _calls.Enqueue((d, state));
                Monitor.Pulse(_calls);
            }
        }
    }

    /// <summary>Not for this thread: nothing here may wait for another.</summary>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    private void Run()
    {
        SetSynchronizationContext(this);
        Task work = _work();
        while (!work.IsCompleted)
        {
            (SendOrPostCallback call, object? state) = Next();
            call(state);
        }

        lock (_calls)
        {
            _isOver = true;
            _calls.Clear();
        }

        // Throws what ended the work; unhandled, as from any thread.
        work.GetAwaiter().GetResult();
    }

    private (SendOrPostCallback Call, object? State) Next()
    {
        lock (_calls)
        {
            while (_calls.Count == 0)
            {
                Monitor.Wait(_calls);
            }

            return _calls.Dequeue();
        }
    }
}
