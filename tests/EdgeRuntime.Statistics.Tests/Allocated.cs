namespace EdgeRuntime.Statistics.Tests;

/// <summary>Counts managed bytes.</summary>
internal static class Allocated
{
    /// <summary>Managed bytes that <paramref name="act"/> allocates on this thread, once warm.</summary>
    public static long By(Action act)
    {
        act();
        long before = GC.GetAllocatedBytesForCurrentThread();
        act();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
