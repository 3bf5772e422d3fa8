namespace EdgeRuntime.Engine.Monitoring;

/// <summary>What online detectors signalled within one span of time, feature by feature; exact to add.</summary>
/// <param name="features">Features of the reference.</param>
public sealed class SignalCounts(int features)
{
    private readonly long[] _counts = new long[features];
    private readonly long[] _firsts = new long[features];

    /// <summary>Signals of a feature.</summary>
    public long this[int feature] => _counts[feature];

    /// <summary>Sample at which a feature's first signal came, UTC milliseconds; meaningless where there is none.</summary>
    public long FirstOf(int feature) => _firsts[feature];

    /// <summary>Counts signals. Allocates nothing.</summary>
    /// <param name="unixMs">Sample of the first of them.</param>
    /// <param name="count">0 or more.</param>
    public void Add(int feature, long unixMs, long count)
    {
        if (count > 0)
        {
            _firsts[feature] = _counts[feature] == 0 ? unixMs : Math.Min(_firsts[feature], unixMs);
            _counts[feature] += count;
        }
    }

    /// <summary>Adds those of another span.</summary>
    public void Add(SignalCounts other)
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            Add(i, other._firsts[i], other._counts[i]);
        }
    }

    /// <summary>Forgets all. Allocates nothing.</summary>
    public void Clear() => Array.Clear(_counts);
}
