using EdgeRuntime.Device.RealTime;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Has garbage collected while a sample path waits for its next frame anyway. Left to itself the collector begins when some thread's
/// allocation fills the youngest generation: in the middle of a sample, and at the priority of that thread, be it the loader's.
/// </summary>
/// <remarks>
/// A thread of its own, placed as the paths: a path that collected itself would have used up its share of the processor, and its
/// next frame would wait for others. What is allocated faster than the agent looks is collected as ever.
/// </remarks>
internal sealed class CollectorThread : IDisposable
{
    private readonly GarbageDue _due;
    private readonly ThreadPlacement _placement;
    private readonly Action _collect;
    private readonly WakeSignal _signal = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts at once.</summary>
    /// <param name="due">Says when.</param>
    /// <param name="collect">Called on this thread.</param>
    /// <exception cref="IOException">The system has no semaphore to give.</exception>
    public CollectorThread(GarbageDue due, ThreadPlacement placement, Action collect)
    {
        _due = due;
        _placement = placement;
        _collect = collect;
        _thread = new Thread(Run) { Name = "collector", IsBackground = true };
        placement.Start(_thread);
    }

    /// <summary>Has it collected now, if there is enough. On the thread of a sample path that is about to wait; allocates nothing.</summary>
    public void UseGap()
    {
        if (_due.IsDue)
        {
            _signal.Set();
        }
    }

    /// <summary>Ends after the collection in hand. No path may call any more.</summary>
    public void Dispose()
    {
        _stopping = true;
        _signal.Set();
        _thread.Join();
        _signal.Dispose();
    }

    private void Run()
    {
        _placement.EnterPath();
        while (!_stopping)
        {
            _signal.Announce();
            if (_stopping || _due.IsDue)
            {
                _signal.StayAwake();
            }
            else
            {
                _signal.Sleep();
            }

            if (_due.IsDue)
            {
                _collect();
                _due.Done();
            }
        }
    }
}
