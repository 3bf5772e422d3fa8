using System.Collections.Concurrent;

namespace EdgeRuntime.Device.RealTime;

/// <summary>
/// Starts threads from a thread of ordinary priority: a thread inherits the priority of the one that starts it, and without a
/// privilege no way leads back from idle.
/// </summary>
internal sealed class ThreadStarter
{
    private readonly BlockingCollection<Order> _orders = [];

    /// <summary>On a thread of ordinary priority.</summary>
    public ThreadStarter() => new Thread(Run) { Name = "starter", IsBackground = true }.Start();

    /// <summary>Starts a thread and returns when it has been started.</summary>
    public void Start(Thread thread)
    {
        using ManualResetEventSlim started = new();
        _orders.Add(new Order(thread, started));
        started.Wait();
    }

    private void Run()
    {
        foreach (Order order in _orders.GetConsumingEnumerable())
        {
            order.Thread.Start();
            order.Started.Set();
        }
    }

    private sealed record Order(Thread Thread, ManualResetEventSlim Started);
}
