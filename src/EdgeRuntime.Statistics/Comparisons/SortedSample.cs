namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>The finite values of a sample in ascending order, and how many were missing.</summary>
public sealed class SortedSample
{
    private readonly double[] _values;

    /// <summary>Copies and sorts; NaN and the infinities are counted apart.</summary>
    public SortedSample(ReadOnlySpan<double> values)
    {
        double[] finite = new double[values.Length];
        int count = 0;
        foreach (double value in values)
        {
            finite[count] = value;
            count += double.IsFinite(value) ? 1 : 0;
        }

        Array.Resize(ref finite, count);
        Array.Sort(finite);
        _values = finite;
        Missing = values.Length - count;
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < count; i++)
        {
            // Welford's recurrence: the squares never see the mean's digits.
            double off = finite[i] - mean;
            mean += off / (i + 1);
            squares += off * (finite[i] - mean);
        }

        Mean = count > 0 ? mean : double.NaN;
        Variance = count > 1 ? squares / (count - 1) : double.NaN;
    }

    /// <summary>The values, ascending.</summary>
    public ReadOnlySpan<double> Values => _values;

    /// <summary>How many there are.</summary>
    public int Count => _values.Length;

    /// <summary>Values that were NaN or infinite.</summary>
    public int Missing { get; }

    /// <summary>Their mean; NaN of none.</summary>
    public double Mean { get; }

    /// <summary>Their variance, by n - 1; NaN of fewer than two.</summary>
    public double Variance { get; }

    /// <summary>The value below which a share of them lies, interpolated as numpy does by default.</summary>
    /// <param name="share">0 to 1.</param>
    public double Quantile(double share)
    {
        double at = share * (_values.Length - 1);
        int low = (int)Math.Floor(at);
        int high = Math.Min(low + 1, _values.Length - 1);
        return _values[low] + ((at - low) * (_values[high] - _values[low]));
    }
}
