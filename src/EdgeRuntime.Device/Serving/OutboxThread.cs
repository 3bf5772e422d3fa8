using EdgeRuntime.Device.RealTime;
using EdgeRuntime.Engine.Forwarding;
using EdgeRuntime.Engine.Models;

namespace EdgeRuntime.Device.Serving;

/// <summary>Everything of the durable outbox that touches the disk, on a thread of its own: neither samples nor the agent wait for an fsync.</summary>
internal sealed class OutboxThread : IDisposable
{
    // Between two segments of a backlog that are counted: a small board has other things to do after a start.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly OutboxKeeper _keeper;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <summary>Starts at once: what an earlier run left is found while the device starts, and nothing waits for it.</summary>
    /// <param name="failed">Called on this thread when it met an error it does not know; it then stands still.</param>
    public OutboxThread(DurableOutbox outbox, IDisk disk, TimeProvider time, bool clockSynchronized, Action<Exception> failed)
    {
        _keeper = new OutboxKeeper(outbox, disk, time, clockSynchronized);
        _failed = failed;
        outbox.Wake = () => _wake.Set();
        _thread = new Thread(Run) { Name = "outbox", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Writes what nobody has acknowledged, and ends. Nothing happens when called again.</summary>
    public void Stop()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
    }

    // Not disposed of itself: somebody may still wake it.
    /// <inheritdoc/>
    public void Dispose() => Stop();

    private void Run()
    {
        Kernel.NameThread("outbox");
        try
        {
            while (!_stopping)
            {
                // Results that came meanwhile have set the signal again.
                _wake.WaitOne(_keeper.Step() ? Breath : Beat);
            }

            _keeper.Stop();
        }
        catch (Exception e)
        {
            // The boundary of this loop: what comes here is a mistake in this program, and the process says so and ends.
            _failed(e);
        }
    }
}
