using System.Numerics;

namespace EdgeRuntime.Statistics.Counters;

/// <summary>
/// Mean, spread, skewness, kurtosis and autocorrelation of a stream, from sums of whole numbers: whatever is merged in whatever
/// order, the sums are those of all values together, to the last bit.
/// </summary>
/// <remarks>
/// 128 bytes of state. A value's error is half a step of its <see cref="MomentScale"/>. For the autocorrelation the squared
/// differences of neighbours are summed up (von Neumann 1941); neighbours are values that came one after the other, without a
/// missing one between them. Recording allocates nothing; reading off does. Not thread-safe.
/// </remarks>
public sealed class ExactMoments
{
    private Int128 _squares;
    private Int128 _cubes;
    private Int128 _fourths;
    private Int128 _differences;
    private long _sum;
    private long _previous;
    private bool _hasPrevious;

    /// <summary>Creates empty sums.</summary>
    public ExactMoments(MomentScale scale)
    {
        Scale = scale;
        Clear();
    }

    /// <summary>What one whole number is worth.</summary>
    public MomentScale Scale { get; }

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Of these, how many were beyond the scale's limit and counted as the limit itself.</summary>
    public long Outside { get; private set; }

    /// <summary>Pairs of neighbours; one less than the values where none was missing, and as many where the window before is known.</summary>
    public long Pairs { get; private set; }

    /// <summary>Smallest value to single precision; positive infinity when empty.</summary>
    public float Min { get; private set; }

    /// <summary>Largest value to single precision; negative infinity when empty.</summary>
    public float Max { get; private set; }

    /// <summary>Arithmetic mean, in the value's unit; NaN when empty.</summary>
    public double Mean => Count == 0 ? double.NaN : Scale.Origin + (Scale.Step * ((double)_sum / Count));

    /// <summary>Unbiased variance, in the square of the unit; NaN below two values.</summary>
    public double Variance => Count < 2
        ? double.NaN
        : (double)Central2() / Count / (Count - 1) * Scale.Step * Scale.Step;

    /// <summary>Skewness g1 (population); NaN without a spread.</summary>
    public double Skewness
    {
        get
        {
            double second = (double)Central2();
            BigInteger n = Count;
            BigInteger third = (n * n * _cubes) - (3 * n * _sum * (BigInteger)_squares) + (2 * BigInteger.Pow(_sum, 3));
            return second > 0 ? (double)third / Math.Pow(second, 1.5) : double.NaN;
        }
    }

    /// <summary>Excess kurtosis g2 (population), 0 for a normal distribution; NaN without a spread.</summary>
    public double Kurtosis
    {
        get
        {
            double second = (double)Central2();
            BigInteger n = Count;
            BigInteger sum = _sum;
            BigInteger fourth = (n * n * n * _fourths) - (4 * n * n * sum * _cubes) + (6 * n * sum * sum * _squares)
                - (3 * BigInteger.Pow(sum, 4));
            return second > 0 ? ((double)fourth / second / second) - 3 : double.NaN;
        }
    }

    /// <summary>Correlation of neighbours, 1 - d²/(2 s²) with the mean squared difference d²; NaN without pairs or spread.</summary>
    public double Autocorrelation => Pairs > 0 && Variance > 0 ? 1 - (MeanSquaredDifference / (2 * Variance)) : double.NaN;

    /// <summary>Mean squared difference of neighbours, in the square of the unit; NaN without pairs.</summary>
    public double MeanSquaredDifference => Pairs == 0 ? double.NaN : (double)_differences / Pairs * Scale.Step * Scale.Step;

    /// <summary>
    /// Variance of the residuals <c>x[t] - m - phi (x[t-1] - m)</c> of a first-order process, up to what its ends weigh:
    /// <c>(1 - phi)² s² + phi d²</c>.
    /// </summary>
    /// <param name="phi">The reference's coefficient, -1 to 1.</param>
    public double ResidualVariance(double phi) => ((1 - phi) * (1 - phi) * Variance) + (phi * MeanSquaredDifference);

    /// <summary>Records one value. Allocates nothing.</summary>
    /// <param name="value">Finite.</param>
    public void Record(double value)
    {
        double steps = Scale.StepsOf(value);
        if (!(Math.Abs(steps) <= MomentScale.Limit))
        {
            Outside++;
            steps = steps > 0 ? MomentScale.Limit : -MomentScale.Limit;
        }

        long whole = (long)steps;
        long square = whole * whole;
        _sum += whole;
        _squares += square;
        _cubes += square * whole;
        _fourths += (Int128)Math.BigMul((ulong)square, (ulong)square);
        if (_hasPrevious)
        {
            long difference = whole - _previous;
            _differences += difference * difference;
            Pairs++;
        }

        _previous = whole;
        _hasPrevious = true;
        Count++;

        // To single precision, as on the wire. Rounding keeps the order, so the smallest of all is the smallest of the parts.
        float rounded = (float)Math.Clamp(value, -float.MaxValue, float.MaxValue);
        Min = Math.Min(Min, rounded);
        Max = Math.Max(Max, rounded);
    }

    /// <summary>Says that a value was missing: the next one has no neighbour before it.</summary>
    public void Break() => _hasPrevious = false;

    /// <summary>
    /// Takes the newest value of the window before for the neighbour of the first one here, so that windows added up have the pairs of
    /// the whole stream. Allocates nothing.
    /// </summary>
    /// <param name="before">Of the same scale.</param>
    public void Follow(ExactMoments before)
    {
        _previous = before._previous;
        _hasPrevious = before._hasPrevious;
    }

    /// <summary>Adds every value and pair of <paramref name="other"/>, exactly.</summary>
    /// <exception cref="ArgumentException">The scales differ; nothing was added.</exception>
    /// <exception cref="OverflowException">A sum would leave its range; nothing was added.</exception>
    public void Add(ExactMoments other)
    {
        if (Scale != other.Scale)
        {
            throw new ArgumentException("sums on another scale cannot be added", nameof(other));
        }

        AddValid(other.ToSums());
    }

    /// <summary>Adds sums of this scale, exactly.</summary>
    /// <exception cref="FormatException">No values have these sums; nothing was added.</exception>
    /// <exception cref="OverflowException">A sum would leave its range; nothing was added.</exception>
    public void Add(in MomentSums sums)
    {
        if (sums.Complaint() is string complaint)
        {
            throw new FormatException(complaint);
        }

        AddValid(sums);
    }

    /// <summary>The sums as they are stored and sent.</summary>
    public MomentSums ToSums() => new()
    {
        Count = Count,
        Outside = Outside,
        Pairs = Pairs,
        Sum = _sum,
        Squares = _squares,
        Cubes = _cubes,
        Fourths = _fourths,
        Differences = _differences,
        Min = Count == 0 ? 0 : Min,
        Max = Count == 0 ? 0 : Max,
    };

    /// <summary>Forgets everything but the scale, and the neighbour too. Allocates nothing.</summary>
    public void Clear()
    {
        Count = 0;
        Outside = 0;
        Pairs = 0;
        _sum = 0;
        _squares = 0;
        _cubes = 0;
        _fourths = 0;
        _differences = 0;
        _hasPrevious = false;
        Min = float.PositiveInfinity;
        Max = float.NegativeInfinity;
    }

    private void AddValid(in MomentSums sums)
    {
        // With the count every other sum stays in its range, too: it is bounded by it.
        Count = sums.Count <= MomentSums.LargestCount - Count
            ? Count + sums.Count
            : throw new OverflowException($"{Count} and {sums.Count} values are more than {MomentSums.LargestCount}");
        Outside += sums.Outside;
        Pairs += sums.Pairs;
        _sum += sums.Sum;
        _squares += sums.Squares;
        _cubes += sums.Cubes;
        _fourths += sums.Fourths;
        _differences += sums.Differences;
        if (sums.Count > 0)
        {
            Min = Math.Min(Min, sums.Min);
            Max = Math.Max(Max, sums.Max);
        }
    }

    // n² times the population variance, in steps; a whole number, so nothing cancels however far the mean is from the origin.
    private BigInteger Central2() => ((BigInteger)Count * _squares) - ((BigInteger)_sum * _sum);
}
