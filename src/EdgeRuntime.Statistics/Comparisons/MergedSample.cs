namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>The distinct values of two samples in ascending order, and how often each has them.</summary>
internal sealed class MergedSample
{
    private readonly double[] _values;
    private readonly long[] _first;
    private readonly long[] _second;

    /// <summary>Merges two samples.</summary>
    public MergedSample(SortedSample first, SortedSample second)
    {
        ReadOnlySpan<double> a = first.Values;
        ReadOnlySpan<double> b = second.Values;
        _values = new double[a.Length + b.Length];
        _first = new long[_values.Length];
        _second = new long[_values.Length];
        int i = 0;
        int j = 0;
        while (i < a.Length || j < b.Length)
        {
            double value = j == b.Length || (i < a.Length && a[i] <= b[j]) ? a[i] : b[j];
            _values[Count] = value;
            while (i < a.Length && a[i] == value)
            {
                _first[Count]++;
                i++;
            }

            while (j < b.Length && b[j] == value)
            {
                _second[Count]++;
                j++;
            }

            Count++;
        }
    }

    /// <summary>Distinct values.</summary>
    public int Count { get; }

    /// <summary>The values, ascending.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>How often the first sample has each.</summary>
    public ReadOnlySpan<long> First => _first.AsSpan(0, Count);

    /// <summary>How often the second sample has each.</summary>
    public ReadOnlySpan<long> Second => _second.AsSpan(0, Count);
}
