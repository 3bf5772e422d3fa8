namespace EdgeRuntime.Device.Serving;

/// <summary>
/// Notices collections of garbage and how long they held the process up. Looks now and then, so that the collector need
/// not call anybody. For the agent's thread only.
/// </summary>
internal sealed class GcWatch
{
    private int _collections = GC.CollectionCount(0);
    private TimeSpan _paused = GC.GetTotalPauseDuration();

    /// <summary>Collections since the process began.</summary>
    public static int Collections => GC.CollectionCount(0);

    /// <summary>How long they held the process up, together.</summary>
    public static TimeSpan Paused => GC.GetTotalPauseDuration();

    /// <summary>Collections since the last call, and the pause of each in nanoseconds: their mean where there were several.</summary>
    public (int Collections, long PauseNanoseconds) Look()
    {
        int collections = GC.CollectionCount(0);
        if (collections == _collections)
        {
            return default;
        }

        TimeSpan paused = GC.GetTotalPauseDuration();
        int since = collections - _collections;
        long each = (long)((paused - _paused).TotalNanoseconds / since);
        _collections = collections;
        _paused = paused;
        return (since, each);
    }
}
