using EdgeRuntime.Contracts.Messages;
using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Sampling;

namespace EdgeRuntime.Device.Serving;

/// <summary>Runs a model beside the one that answers, on a thread of its own that every other goes before.</summary>
internal sealed class ShadowThread : IDisposable
{
    // Sleeps instead of being woken: the sample path must not spend even a call of the kernel on it. The tap holds far more frames
    // than come in between, and what it does not hold is counted.
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan Raise = TimeSpan.FromMilliseconds(2);

    private readonly Shadow _shadow;
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private readonly ManualResetEvent _stopping = new(false);
    private int _id;
    private ShadowCounts? _told;

    /// <summary>Starts at once.</summary>
    /// <param name="placement">Starts the thread beside the sample paths' cores.</param>
    /// <param name="failed">Called, on this thread, when the shadow met an error it does not know.</param>
    public ShadowThread(Shadow shadow, ThreadPlacement placement, Action<Exception> failed)
    {
        _shadow = shadow;
        _failed = failed;
        _thread = new Thread(Run) { Name = "shadow", IsBackground = true };
        placement.Start(_thread);
    }

    /// <summary>What it runs.</summary>
    public Shadow Shadow => _shadow;

    /// <summary>Ends after the inference in hand; the model is not touched any more when this returns.</summary>
    public void Dispose()
    {
        _stopping.Set();

        // Whoever waits for an idle thread on a busy machine waits long. More than once: it may be about to make itself idle.
        do
        {
            if (Volatile.Read(ref _id) is int id and > 0)
            {
                _ = Kernel.SetPolicy(id, Kernel.Policy.Other, 0);
            }
        }
        while (!_thread.Join(Raise));

        _stopping.Dispose();
    }

    /// <summary>What was counted since the last call. For the agent's thread.</summary>
    public ShadowCounts TakeCounts()
    {
        ShadowCounts now = _shadow.Counts();
        ShadowCounts since = _told is null ? now : now - _told;
        _told = now;
        return since;
    }

    private void Run()
    {
        try
        {
            Volatile.Write(ref _id, Kernel.ThreadId);
            Kernel.NameThread("shadow");
            _ = Kernel.SetPolicy(0, Kernel.Policy.Idle, 0);
            while (_shadow.Verdict is null && !_stopping.WaitOne(_shadow.Step() ? TimeSpan.Zero : Nap))
            {
            }
        }
        catch (Exception e)
        {
            // The boundary of this loop: what comes here is a mistake in this program, and the process says so and ends.
            _failed(e);
        }
        finally
        {
            // Its number may soon be that of another thread.
            Volatile.Write(ref _id, 0);
        }
    }
}
