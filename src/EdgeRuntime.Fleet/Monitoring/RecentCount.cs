namespace EdgeRuntime.Fleet.Monitoring;

/// <summary>How much of something happened lately, by the second. Fixed memory; not thread-safe.</summary>
/// <param name="seconds">Length of "lately"; at least 1.</param>
public sealed class RecentCount(int seconds)
{
    private readonly long[] _bySecond = new long[seconds];
    private long _newest = long.MinValue;

    /// <summary>Adds some.</summary>
    public void Add(long count, long nowMs)
    {
        Advance(nowMs / 1000);
        _bySecond[Place(nowMs / 1000)] += count;
    }

    /// <summary>All that was added within the last seconds.</summary>
    public long Total(long nowMs)
    {
        Advance(nowMs / 1000);
        return _bySecond.Sum();
    }

    private void Advance(long second)
    {
        if (second <= _newest)
        {
            return;
        }

        long first = Math.Max(_newest + 1, second - seconds + 1);
        for (long passed = first; passed <= second; passed++)
        {
            _bySecond[Place(passed)] = 0;
        }

        _newest = second;
    }

    private int Place(long second) => (int)(((second % seconds) + seconds) % seconds);
}
