namespace EdgeRuntime.Statistics.Tests;

/// <summary>Counts managed bytes.</summary>
internal static class Allocated
{
    private const int Rounds = 5;

    /// <summary>
    /// Managed bytes that <paramref name="act"/> allocates on this thread each time, once warm: the fewest of some rounds, because the
    /// runtime itself allocates now and then on whatever thread is at hand, such as for a method that it compiles anew.
    /// </summary>
    public static long By(Action act)
    {
        act();
        long fewest = long.MaxValue;
        for (int round = 0; round < Rounds && fewest > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            act();
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return fewest;
    }
}
