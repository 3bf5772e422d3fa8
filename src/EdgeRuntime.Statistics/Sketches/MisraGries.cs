namespace EdgeRuntime.Statistics.Sketches;

/// <summary>The values that came most often in one window: every one that came in more than one of 65 cases is among them.</summary>
/// <remarks>
/// Misra and Gries (1982) with 64 counters: a count is too small by at most <c>N / 65</c> of N values, and never too large. What is in
/// them hangs on the order of the values, so they are told with the window and never added up. Not thread-safe.
/// </remarks>
public sealed class MisraGries
{
    /// <summary>Most values that are counted at a time.</summary>
    public const int Counters = 64;

    private readonly double[] _values = new double[Counters];
    private readonly long[] _counts = new long[Counters];
    private int _used;

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Records one value. Allocates nothing; where all counters are taken, it costs a step through them.</summary>
    /// <param name="value">Not NaN.</param>
    public void Record(double value)
    {
        Count++;
        int at = _values.AsSpan(0, _used).IndexOf(value);
        if (at >= 0)
        {
            _counts[at]++;
        }
        else if (_used < Counters)
        {
            _values[_used] = value;
            _counts[_used++] = 1;
        }
        else
        {
            LowerAll();
        }
    }

    /// <summary>The values and their counts, the most frequent first; of equals the smaller value.</summary>
    public IReadOnlyList<(double Value, long Least)> Heaviest() =>
        [.. Enumerable.Range(0, _used).Select(i => (_values[i], _counts[i])).OrderByDescending(pair => pair.Item2).ThenBy(pair => pair.Item1)];

    /// <summary>Forgets everything. Allocates nothing.</summary>
    public void Clear()
    {
        _used = 0;
        Count = 0;
    }

    private void LowerAll()
    {
        int kept = 0;
        for (int i = 0; i < _used; i++)
        {
            if (_counts[i] > 1)
            {
                _values[kept] = _values[i];
                _counts[kept++] = _counts[i] - 1;
            }
        }

        _used = kept;
    }
}
