namespace EdgeRuntime.Statistics.Sketches;

/// <summary>
/// A sample's quantiles to a relative accuracy, for values of any range: fixed memory, no allocation, and exact to merge whatever
/// the order.
/// </summary>
/// <remarks>
/// DDSketch (Masson, Rim, Lee: VLDB 2019) with the logarithmic mapping, one store for each sign and a count of zeros. A store keeps
/// the largest magnitudes apart; where values spread over more classes than it has, the smallest magnitudes share one
/// (<see cref="Collapsed"/> counts them) and only their quantiles lose the accuracy. At 2 % a decade takes 57.6 classes, so
/// the 256 of a store reach over 4.4 decades. NaN and the infinities are counted apart. Not thread-safe.
/// </remarks>
public sealed class DDSketch
{
    private readonly LogarithmicMapping _mapping;
    private readonly CollapsingBins _negative;
    private readonly CollapsingBins _positive;

    /// <summary>Creates an empty sketch; its memory is 16 bytes for each class.</summary>
    /// <param name="accuracy">Largest relative error of a quantile; 1e-4 to 0.5. (default: 0.02)</param>
    /// <param name="classes">Classes for each sign; a power of two, 16 to 4,096. (default: 256)</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public DDSketch(double accuracy = 0.02, int classes = 256)
    {
        if (classes is < 16 or > 4096 || !int.IsPow2(classes))
        {
            throw new ArgumentOutOfRangeException(nameof(classes), classes, "a sketch has a power of two of classes, 16 to 4,096");
        }

        _mapping = new LogarithmicMapping(accuracy);
        _negative = new CollapsingBins(classes);
        _positive = new CollapsingBins(classes);
        Classes = classes;
    }

    /// <summary>Largest relative error of a quantile that was not collapsed.</summary>
    public double Accuracy => _mapping.Accuracy;

    /// <summary>Classes for each sign.</summary>
    public int Classes { get; }

    /// <summary>Most classes that can hold something: both signs and zero.</summary>
    public int MostClasses => (2 * Classes) + 1;

    /// <summary>Values recorded, those missing not included.</summary>
    public long Count => Zeros + _negative.Count + _positive.Count;

    /// <summary>Values that were zero, or nearer to it than <see cref="LogarithmicMapping.Smallest"/>.</summary>
    public long Zeros { get; private set; }

    /// <summary>Values that were NaN or infinite.</summary>
    public long Missing { get; private set; }

    /// <summary>Values whose magnitude was too small beside the largest to have a class of their own.</summary>
    public long Collapsed => _negative.Collapsed + _positive.Collapsed;

    internal CollapsingBins Negative => _negative;

    internal CollapsingBins Positive => _positive;

    /// <summary>Records one value. Allocates nothing.</summary>
    public void Record(double value)
    {
        if (!double.IsFinite(value))
        {
            Missing++;
        }
        else if (value >= LogarithmicMapping.Smallest)
        {
            _positive.Record(_mapping.KeyOf(value));
        }
        else if (value <= -LogarithmicMapping.Smallest)
        {
            _negative.Record(_mapping.KeyOf(-value));
        }
        else
        {
            Zeros++;
        }
    }

    /// <summary>Adds every value of <paramref name="other"/>, exactly.</summary>
    /// <exception cref="ArgumentException">Its accuracy or classes are others; nothing was added.</exception>
    /// <exception cref="OverflowException">A count would leave the range of 64 bits; nothing was added.</exception>
    public void Add(DDSketch other)
    {
        if (Accuracy != other.Accuracy || Classes != other.Classes)
        {
            throw new ArgumentException("sketches of another accuracy or size cannot be added", nameof(other));
        }

        _ = checked(Count + other.Count);
        _ = checked(Missing + other.Missing);
        _negative.Add(other._negative);
        _positive.Add(other._positive);
        Zeros += other.Zeros;
        Missing += other.Missing;
    }

    /// <summary>Forgets everything. Allocates nothing.</summary>
    public void Clear()
    {
        _negative.Clear();
        _positive.Clear();
        Zeros = 0;
        Missing = 0;
    }

    /// <summary>The value that a share <paramref name="q"/> of the recorded values does not exceed, to <see cref="Accuracy"/>.</summary>
    /// <param name="q">0 to 1; 0.99 for the 99th percentile.</param>
    /// <returns>An estimate of the value of rank <c>floor(q (Count - 1))</c>, counted from 0; NaN when empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is outside 0 to 1.</exception>
    public double Quantile(double q)
    {
        if (!(q >= 0 && q <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(q), q, "a quantile lies between 0 and 1");
        }

        if (Count == 0)
        {
            return double.NaN;
        }

        long left = (long)(q * (Count - 1));
        if (left < _negative.Count)
        {
            // Of negative values the highest magnitudes come first.
            int key = _negative.High;
            for (; (left -= _negative[key]) >= 0; key--)
            {
            }

            return -_mapping.ValueOf(key);
        }

        left -= _negative.Count;
        if (left < Zeros)
        {
            return 0;
        }

        left = Math.Min(left - Zeros, _positive.Count - 1);
        int positive = _positive.Low;
        for (; (left -= _positive[positive]) >= 0; positive++)
        {
        }

        return _mapping.ValueOf(positive);
    }

    /// <summary>Writes the classes that hold something, by ascending value: what distances between two samples are made of.</summary>
    /// <param name="values">Of each class the value that stands for it; room for <see cref="MostClasses"/>.</param>
    /// <param name="counts">Of each class how many values it holds; as long.</param>
    /// <returns>How many classes were written.</returns>
    /// <exception cref="ArgumentException">A span is too short.</exception>
    public int CopyClasses(Span<double> values, Span<long> counts)
    {
        if (values.Length < MostClasses || counts.Length < MostClasses)
        {
            throw new ArgumentException($"{Math.Min(values.Length, counts.Length)} places are less than {MostClasses}");
        }

        int written = 0;
        for (int key = _negative.High; _negative.Count > 0 && key >= _negative.Low; key--)
        {
            written += Write(values, counts, written, -_mapping.ValueOf(key), _negative[key]);
        }

        written += Write(values, counts, written, 0, Zeros);
        for (int key = _positive.Low; _positive.Count > 0 && key <= _positive.High; key++)
        {
            written += Write(values, counts, written, _mapping.ValueOf(key), _positive[key]);
        }

        return written;
    }

    internal void AddUncounted(long zeros, long missing)
    {
        Zeros += zeros;
        Missing += missing;
    }

    private static int Write(Span<double> values, Span<long> counts, int at, double value, long count)
    {
        if (count == 0)
        {
            return 0;
        }

        values[at] = value;
        counts[at] = count;
        return 1;
    }
}
