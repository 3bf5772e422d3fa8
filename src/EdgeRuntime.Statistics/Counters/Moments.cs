namespace EdgeRuntime.Statistics.Counters;

/// <summary>
/// Count, mean and the second to fourth central moments of numbers in double precision, in one pass: for data that is at hand, where
/// sums need not be equal to the bit whatever the order (<see cref="ExactMoments"/> is for what a fleet merges).
/// </summary>
/// <remarks>
/// Updates after Welford (1962) and Terriberry, merging after Chan, Golub, LeVeque (1979) and Pebay (Sandia report SAND2008-6212).
/// NaN is for the caller to leave out. Not thread-safe.
/// </remarks>
public sealed class Moments
{
    private double _mean;
    private double _second;
    private double _third;
    private double _fourth;

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Smallest value; positive infinity when empty.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>Largest value; negative infinity when empty.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Arithmetic mean; NaN when empty.</summary>
    public double Mean => Count == 0 ? double.NaN : _mean;

    /// <summary>Unbiased variance; NaN below two values.</summary>
    public double Variance => Count < 2 ? double.NaN : _second / (Count - 1);

    /// <summary>Unbiased variance's root; NaN below two values.</summary>
    public double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>Skewness g1 (population); NaN without a spread.</summary>
    public double Skewness => _second > 0 ? Math.Sqrt(Count) * _third / Math.Pow(_second, 1.5) : double.NaN;

    /// <summary>Excess kurtosis g2 (population), 0 for a normal distribution; NaN without a spread.</summary>
    public double Kurtosis => _second > 0 ? (Count * _fourth / (_second * _second)) - 3 : double.NaN;

    /// <summary>Moments of some numbers.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        Moments moments = new();
        foreach (double value in values)
        {
            moments.Record(value);
        }

        return moments;
    }

    /// <summary>Records one value.</summary>
    /// <param name="value">Finite.</param>
    public void Record(double value)
    {
        long before = Count;
        Count++;
        double n = Count;
        double delta = value - _mean;
        double share = delta / n;
        double term = delta * share * before;
        _mean += share;
        _fourth += (term * share * share * ((n * n) - (3 * n) + 3)) + (6 * share * share * _second) - (4 * share * _third);
        _third += (term * share * (n - 2)) - (3 * share * _second);
        _second += term;
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
    }

    /// <summary>Adds the moments of other numbers, to within rounding.</summary>
    public void Add(Moments other)
    {
        if (other.Count == 0)
        {
            return;
        }

        double left = Count;
        double right = other.Count;
        double n = left + right;
        double delta = other._mean - _mean;
        double share = delta / n;
        double product = left * right;
        _fourth += other._fourth
            + (delta * share * share * share * product * ((left * left) - product + (right * right)))
            + (6 * share * share * ((left * left * other._second) + (right * right * _second)))
            + (4 * share * ((left * other._third) - (right * _third)));
        _third += other._third
            + (delta * share * share * product * (left - right))
            + (3 * share * ((left * other._second) - (right * _second)));
        _second += other._second + (delta * share * product);
        _mean += share * right;
        Count += other.Count;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The correlation of a series with itself some places later: <c>sum (x[t] - m)(x[t+lag] - m) / sum (x[t] - m)²</c>.</summary>
    /// <param name="lag">At least 1.</param>
    /// <returns>NaN where the series is not longer than the lag, or has no spread.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The lag is less than 1.</exception>
    public static double Autocorrelation(ReadOnlySpan<double> values, int lag = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lag, 1);
        double mean = Of(values).Mean;
        double products = 0;
        double squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            squares += (values[i] - mean) * (values[i] - mean);
            products += i >= lag ? (values[i] - mean) * (values[i - lag] - mean) : 0;
        }

        return values.Length > lag && squares > 0 ? products / squares : double.NaN;
    }
}
