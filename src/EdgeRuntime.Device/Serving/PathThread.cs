using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>Drives one sample path on a thread of its own: every frame when it is due, then a wait for the next.</summary>
internal sealed class PathThread : IDisposable
{
    private const int LongestWaitMs = 500;

    private readonly SamplePath _path;
    private readonly TimeProvider _clock;
    private readonly Action<Exception> _failed;
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts at once.</summary>
    /// <param name="failed">Called, on this thread, when the path met an error it does not know; it then stands still.</param>
    public PathThread(SamplePath path, TimeProvider clock, Action<Exception> failed)
    {
        _path = path;
        _clock = clock;
        _failed = failed;
        _thread = new Thread(Run) { Name = $"path {path.Model}", IsBackground = true, Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Ends after the frame in hand.</summary>
    public void Dispose()
    {
        _stopping = true;
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                // All that is due first: a fast sensor delivers several frames per wait.
                if (!_path.Step())
                {
                    _stop.WaitOne(WaitMs());
                }
            }
        }
        catch (Exception e)
        {
            // The boundary of this loop: what comes here is a mistake in this program, and the process says so and ends.
            _failed(e);
        }
    }

    private int WaitMs()
    {
        if (_path.Ended)
        {
            return LongestWaitMs;
        }

        long ticks = _path.NextDue - _clock.GetTimestamp();
        return (int)Math.Clamp(Math.Ceiling(ticks * 1000.0 / _clock.TimestampFrequency), 1, LongestWaitMs);
    }
}
