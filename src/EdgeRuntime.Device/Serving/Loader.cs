using System.Collections.Concurrent;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Serving;

/// <summary>Checks and loads packages on a thread of its own, of low priority: the sample path must not notice.</summary>
internal sealed class Loader : IDisposable
{
    private readonly BlockingCollection<VerificationJob> _jobs = [];
    private readonly ThreadPlacement _placement;
    private readonly Action<VerificationJob> _done;
    private readonly Action<Exception> _failed;

    /// <param name="placement">Gives the thread its priority.</param>
    /// <param name="done">Called on the loader's thread with every job that was run.</param>
    /// <param name="failed">Called there when a job met an error it does not know; the loader then stands still.</param>
    public Loader(ThreadPlacement placement, Action<VerificationJob> done, Action<Exception> failed)
    {
        _placement = placement;
        _done = done;
        _failed = failed;
        placement.Start(new Thread(Run) { Name = "loader", IsBackground = true });
    }

    /// <summary>Queues a job. There is at most one for each model, so the queue is bounded by their number.</summary>
    public void Add(VerificationJob job) => _jobs.Add(job);

    /// <summary>Ends after the job in hand, without waiting for it.</summary>
    public void Dispose() => _jobs.CompleteAdding();

    private void Run()
    {
        try
        {
            _placement.EnterLoader();
            bool isStart = true;
            foreach (VerificationJob job in _jobs.GetConsumingEnumerable())
            {
                job.Run();
                _placement.PlaceOperatorThreads();

                // Once, before the last model of the start serves: later a sample path would feel it.
                if (isStart && _jobs.Count == 0)
                {
                    isStart = false;
                    ProcessMemory.GiveBack();
                }

                _done(job);
            }
        }
        catch (Exception e)
        {
            // The boundary of this loop: what comes here is a mistake in this program, and the process says so and ends.
            _failed(e);
        }
    }
}
