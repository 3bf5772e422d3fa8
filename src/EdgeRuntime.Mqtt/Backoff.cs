namespace EdgeRuntime.Mqtt;

/// <summary>Waits between tries to connect: doubled each time, with full jitter, so that a fleet does not return in step.</summary>
internal sealed class Backoff(TimeSpan shortest, TimeSpan longest, Random random)
{
    private int _failures;

    /// <summary>The next wait: anywhere between the shortest and 2, 4, 8 ... times that, never over the longest.</summary>
    public TimeSpan Next()
    {
        // 62 doublings overflow nothing that Math.Min below would not cut.
        _failures = Math.Min(_failures + 1, 62);
        double ceiling = Math.Min(longest.TotalSeconds, shortest.TotalSeconds * Math.Pow(2, _failures));
        double spread = Math.Max(0, ceiling - shortest.TotalSeconds);
        return shortest + TimeSpan.FromSeconds(random.NextDouble() * spread);
    }

    /// <summary>To be told how long a connection lasted. Only one that lasted forgives the failures before it: two
    /// clients that steal one client id from each other also connect, each time, and must slow down.</summary>
    public void Lasted(TimeSpan connected)
    {
        if (connected >= 10 * shortest)
        {
            _failures = 0;
        }
    }
}
