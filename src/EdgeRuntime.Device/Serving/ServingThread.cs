using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>Infers what a sensor's thread has queued for one model, on a thread of its own.</summary>
internal sealed class ServingThread : IDisposable
{
    // Of itself, and not only when the sensor's thread calls: a read that hangs must not keep a decision from growing stale.
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(250);

    private readonly SamplePath _path;
    private readonly WakeSignal _signal;
    private readonly ThreadPlacement _placement;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _turns;

    /// <summary>Starts at once.</summary>
    /// <param name="signal">What the path wakes; not owned.</param>
    /// <param name="placement">Gives the thread its cores and its scheduling.</param>
    /// <param name="failed">Called, on this thread, when the path met an error it does not know; it then stands still.</param>
    public ServingThread(SamplePath path, WakeSignal signal, ThreadPlacement placement, Action<Exception> failed)
    {
        _path = path;
        _signal = signal;
        _placement = placement;
        _failed = failed;
        _thread = new Thread(Run) { Name = $"infer {path.Model}", IsBackground = true };
        placement.Start(_thread);
    }

    /// <summary>Counts up with every turn, several times a second; a stuck inference stops it.</summary>
    public long Turns => Interlocked.Read(ref _turns);

    /// <summary>Ends after the sample in hand; what still waits is counted as dropped. The sensor's thread has ended before.</summary>
    public void Dispose()
    {
        _stopping = true;
        _signal.Set();
        _thread.Join();
        _path.Stop();
    }

    private void Run()
    {
        try
        {
            _placement.EnterPath();
            while (!_stopping)
            {
                Interlocked.Increment(ref _turns);
                if (_path.ServeNext())
                {
                    continue;
                }

                _signal.Announce();
                if (_stopping || _path.ServeNext())
                {
                    _signal.StayAwake();
                }
                else
                {
                    _signal.Sleep(_placement.LongestWait < Nap ? _placement.LongestWait : Nap);
                }
            }
        }
        catch (Exception e)
        {
            // The boundary of this loop: what comes here is a mistake in this program, and the process says so and ends.
            _failed(e);
        }
    }
}
