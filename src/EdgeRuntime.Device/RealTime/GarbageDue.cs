namespace EdgeRuntime.Device.RealTime;

/// <summary>Says when so much was allocated that the garbage is best collected in the next gap, before the collector begins of itself.</summary>
/// <param name="allocated">Managed bytes allocated since start.</param>
internal sealed class GarbageDue(Func<long> allocated)
{
    /// <summary>Bytes since the last collection: three quarters of the youngest generation, which <c>System.GC.Gen0Size</c> makes 4 MiB.</summary>
    public const long Bytes = 3 * 1024 * 1024;

    private long _allocated = allocated();
    private volatile bool _isDue;

    /// <summary>Whether there is enough. On any thread.</summary>
    public bool IsDue => _isDue;

    /// <summary>Looks how much there is. On the agent's thread, now and then.</summary>
    /// <param name="collected">Whether there was a collection since the last look, whoever began it.</param>
    public void Look(bool collected)
    {
        _allocated = collected ? allocated() : _allocated;
        _isDue = allocated() - _allocated >= Bytes;
    }

    /// <summary>It is collected. After the collection, so that the next look knows of it. On any thread.</summary>
    public void Done() => _isDue = false;
}
