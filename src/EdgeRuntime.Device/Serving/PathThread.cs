using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Reads one sensor on a thread of its own: every frame when it is due, then a wait for the next. Models without a queue
/// are served here too.
/// </summary>
internal sealed class PathThread : IDisposable
{
    private readonly SensorFeed _feed;
    private readonly TimeProvider _clock;
    private readonly Action<Exception> _failed;
    private readonly ThreadPlacement _placement;
    private readonly PathWait _wait;
    private readonly CollectorThread _collector;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _turns;

    /// <summary>Starts at once.</summary>
    /// <param name="name">For people: the thread's name.</param>
    /// <param name="placement">Gives the thread its cores, its scheduling and its way of waiting.</param>
    /// <param name="collector">Told when this thread is about to wait.</param>
    /// <param name="failed">Called, on this thread, when the path met an error it does not know; it then stands still.</param>
    public PathThread(
        SensorFeed feed, string name, TimeProvider clock, ThreadPlacement placement, CollectorThread collector, Action<Exception> failed)
    {
        _feed = feed;
        _clock = clock;
        _placement = placement;
        _collector = collector;
        _wait = PathWait.Create(placement.Options, clock, placement.LongestWait);
        _failed = failed;
        _thread = new Thread(Run) { Name = $"path {name}", IsBackground = true };
        placement.Start(_thread);
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
            _placement.EnterPath(reads: _feed.HasQueues);
            while (!_stopping)
            {
                Interlocked.Increment(ref _turns);

                // All that is due first: a fast sensor delivers several frames per wait.
                if (!_feed.Step())
                {
                    _collector.UseGap();
                    _wait.Until(_feed.Ended ? long.MaxValue : _feed.NextDue);
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
