namespace EdgeRuntime.Device.RealTime;

/// <summary>Says when so much was allocated that the garbage is best collected in the next gap, before the collector begins of itself.</summary>
/// <param name="allocated">Managed bytes allocated since start.</param>
/// <param name="collections">Collections since start.</param>
internal sealed class GarbageDue(Func<long> allocated, Func<int> collections)
{
    /// <summary>Bytes since the last collection: three quarters of the youngest generation, which <c>System.GC.Gen0Size</c> makes 4 MiB.</summary>
    public const long Bytes = 3 * 1024 * 1024;

    private long _allocated = allocated();
    private int _collections = collections();
    private int _isDue;

    /// <summary>Looks how much there is. On the agent's thread, now and then.</summary>
    public void Look()
    {
        int now = collections();
        if (now != _collections)
        {
            _collections = now;
            _allocated = allocated();
            Volatile.Write(ref _isDue, 0);
        }
        else if (allocated() - _allocated >= Bytes)
        {
            Volatile.Write(ref _isDue, 1);
        }
    }

    /// <summary>True once each time it became due. On any thread; allocates nothing.</summary>
    public bool TryTake() => Volatile.Read(ref _isDue) != 0 && Interlocked.Exchange(ref _isDue, 0) != 0;
}
