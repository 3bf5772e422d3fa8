using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Decisions;

/// <summary>Debounce: lets a new decision pass once it was the answer for so many samples in a row and so long.</summary>
internal sealed class Persistence(SampleSpanSpec spec)
{
    private readonly int _samples = spec.Samples ?? 1;
    private readonly double _ms = spec.Ms ?? 0;
    private int _pending = -1;
    private long _count;
    private long _sinceMs;

    /// <summary>Takes what the newest answer comes to.</summary>
    /// <returns><paramref name="next"/> when it has held long enough, else <paramref name="current"/>.</returns>
    public int Next(int next, int current, long milliseconds)
    {
        if (next == current)
        {
            _pending = -1;
            return current;
        }

        if (next != _pending)
        {
            _pending = next;
            _count = 0;
            _sinceMs = milliseconds;
        }

        _count++;
        return _count >= _samples && milliseconds - _sinceMs >= _ms ? next : current;
    }

    /// <summary>Forgets what was about to come into force.</summary>
    public void Clear() => _pending = -1;
}
