using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>Drives one sample path on a thread of its own: every frame when it is due, then a wait for the next.</summary>
internal sealed class PathThread : IDisposable
{
    private readonly SamplePath _path;
    private readonly TimeProvider _clock;
    private readonly Action<Exception> _failed;
    private readonly ThreadPlacement _placement;
    private readonly PathWait _wait;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _turns;

    /// <summary>Starts at once.</summary>
    /// <param name="placement">Gives the thread its cores, its scheduling and its way of waiting.</param>
    /// <param name="failed">Called, on this thread, when the path met an error it does not know; it then stands still.</param>
    public PathThread(SamplePath path, TimeProvider clock, ThreadPlacement placement, Action<Exception> failed)
    {
        _path = path;
        _clock = clock;
        _placement = placement;
        _wait = PathWait.Create(placement.Options, clock);
        _failed = failed;
        _thread = new Thread(Run) { Name = $"path {path.Model}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Counts up with every turn, at least twice a second while the path lives; a stuck read or inference stops it.</summary>
    public long Turns => Interlocked.Read(ref _turns);

    /// <summary>Ends after the frame in hand.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wait.Wake();
        _thread.Join();
        _wait.Dispose();
    }

    private void Run()
    {
        try
        {
            _placement.EnterPath();
            while (!_stopping)
            {
                Interlocked.Increment(ref _turns);

                // All that is due first: a fast sensor delivers several frames per wait.
                if (!_path.Step())
                {
                    _wait.Until(_path.Ended ? long.MaxValue : _path.NextDue);
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
