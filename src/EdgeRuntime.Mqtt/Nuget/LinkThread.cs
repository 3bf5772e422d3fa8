namespace EdgeRuntime.Mqtt;

/// <summary>
/// A thread that everything of one link returns to: what awaits on it goes on there, one thing at a time, so that the
/// owner is called as the contract of a link promises, and what the owner throws ends the process. It waits for the link's
/// socket too, so that bytes that come need no other thread.
/// </summary>
internal sealed class LinkThread : SynchronizationContext, IDisposable
{
    private const int NoSocket = -1;

    private readonly Queue<(SendOrPostCallback Call, object? State)> _calls = [];
    private readonly Thread _thread;
    private readonly Func<Task> _work;
    private WakeUp? _wakeUp;
    private int _socket = NoSocket;
    private TaskCompletionSource? _readable;
    private TaskCompletionSource? _writable;
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
    /// <exception cref="System.ComponentModel.Win32Exception">The process has no file descriptor left.</exception>
    public void Start()
    {
        _wakeUp = new WakeUp();
        _thread.Start();
    }

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
                _wakeUp?.Wake();
            }
        }
    }

    /// <summary>Not for this thread: nothing here may wait for another.</summary>
    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    /// <summary>Waits until the socket has bytes, or an error. On this thread; of one socket at a time.</summary>
    /// <param name="socket">Its file descriptor.</param>
    public Task ReadableAsync(int socket)
    {
        _socket = socket;
        return (_readable ??= new TaskCompletionSource()).Task;
    }

    /// <summary>As <see cref="ReadableAsync"/>, until the socket takes bytes.</summary>
    public Task WritableAsync(int socket)
    {
        _socket = socket;
        return (_writable ??= new TaskCompletionSource()).Task;
    }

    /// <summary>Waits for the socket no more; who waited never goes on. On this thread, before the socket is closed.</summary>
    public void ForgetSocket()
    {
        _socket = NoSocket;
        _readable = null;
        _writable = null;
    }

    /// <summary>Makes no call any more. A thread that was started does it itself at the end of its work.</summary>
    public void Dispose()
    {
        lock (_calls)
        {
            if (!_isOver)
            {
                _isOver = true;
                _calls.Clear();
                _wakeUp?.Dispose();
            }
        }
    }

    private void Run()
    {
        SetSynchronizationContext(this);
        Task work = _work();
        while (!work.IsCompleted)
        {
            if (TryTake(out (SendOrPostCallback Call, object? State) next))
            {
                next.Call(next.State);
            }
            else
            {
                Wait();
            }
        }

        Dispose();

        // Throws what ended the work; unhandled, as from any thread.
        work.GetAwaiter().GetResult();
    }

    private void Wait()
    {
        _wakeUp!.Arm();
        lock (_calls)
        {
            if (_calls.Count > 0)
            {
                return;
            }
        }

        int wanted = (_readable is null ? 0 : WakeUp.Readable) | (_writable is null ? 0 : WakeUp.Writable);
        short happened = _wakeUp.Wait(wanted == 0 ? NoSocket : _socket, (short)wanted, milliseconds: -1);
        if ((happened & WakeUp.Readable) != 0)
        {
            Interlocked.Exchange(ref _readable, null)?.SetResult();
        }

        if ((happened & WakeUp.Writable) != 0)
        {
            Interlocked.Exchange(ref _writable, null)?.SetResult();
        }
    }

    private bool TryTake(out (SendOrPostCallback Call, object? State) next)
    {
        lock (_calls)
        {
            return _calls.TryDequeue(out next);
        }
    }
}
