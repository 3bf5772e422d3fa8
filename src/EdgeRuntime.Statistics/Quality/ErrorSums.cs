namespace EdgeRuntime.Statistics.Quality;

/// <summary>
/// Errors of a regression, summed as whole numbers: mean absolute error, root mean square error and bias that are the same
/// bits whatever windows and devices were added first.
/// </summary>
/// <remarks>
/// The unit is a power of two chosen once, from the reference: errors count in 2^(exponent - 62), squares in
/// 2^(2 exponent - 62), fourth powers in 2^(4 exponent - 62). Errors beyond 2^(exponent + 8) count as that much and are
/// counted apart. 2^32 errors fit. Recording allocates nothing. Not thread-safe.
/// </remarks>
public sealed class ErrorSums
{
    /// <summary>Smallest exponent.</summary>
    public const int LeastExponent = -200;

    /// <summary>Largest exponent.</summary>
    public const int MostExponent = 200;

    private const int Fraction = 62;
    private const int Headroom = 8;
    private const long MostErrors = 1L << 32;

    private readonly double _largest;

    /// <summary>Creates empty sums.</summary>
    /// <param name="exponent">-200 to 200; <see cref="ExponentOf"/> chooses it.</param>
    public ErrorSums(int exponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exponent, LeastExponent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exponent, MostExponent);
        Exponent = exponent;
        _largest = Math.ScaleB(1, exponent + Headroom);
    }

    /// <summary>Power of two of the size that values have.</summary>
    public int Exponent { get; }

    /// <summary>Errors summed.</summary>
    public long Count { get; private set; }

    /// <summary>Of these, those too large for the sums, and infinite ones and NaN.</summary>
    public long Beyond { get; private set; }

    /// <summary>Sum of the magnitudes, in 2^(exponent - 62).</summary>
    public Int128 Absolute { get; private set; }

    /// <summary>Sum of the errors with their signs, in 2^(exponent - 62).</summary>
    public Int128 Signed { get; private set; }

    /// <summary>Sum of the squares, in 2^(2 exponent - 62).</summary>
    public Int128 Squares { get; private set; }

    /// <summary>Sum of the fourth powers, in 2^(4 exponent - 62).</summary>
    public Int128 Fourths { get; private set; }

    /// <summary>Mean absolute error; NaN without errors.</summary>
    public double MeanAbsolute => Mean(Absolute, 1);

    /// <summary>Mean error: how much too high the model answers; NaN without errors.</summary>
    public double Bias => Mean(Signed, 1);

    /// <summary>Root mean square error; NaN without errors.</summary>
    public double RootMeanSquare => Math.Sqrt(Mean(Squares, 2));

    /// <summary>Standard error of <see cref="MeanAbsolute"/>: the deviation of the magnitudes by the root of their number.</summary>
    public double MeanAbsoluteError =>
        Math.Sqrt(Math.Max(Mean(Squares, 2) - (MeanAbsolute * MeanAbsolute), 0) / Count);

    /// <summary>Standard error of <see cref="RootMeanSquare"/>: that of the mean square, by the delta method; 0 when all errors are 0.</summary>
    public double RootMeanSquareError
    {
        get
        {
            double square = Mean(Squares, 2);
            double error = Math.Sqrt(Math.Max(Mean(Fourths, 4) - (square * square), 0) / Count);
            return square == 0 ? 0 : error / (2 * Math.Sqrt(square));
        }
    }

    /// <summary>The exponent for values whose largest magnitude is <paramref name="largest"/>.</summary>
    /// <param name="largest">Of the reference's values; what is not finite and above 0 counts as 1.</param>
    public static int ExponentOf(double largest) =>
        double.IsFinite(largest) && largest > 0 ? Math.Clamp(Math.ILogB(largest) + 1, LeastExponent, MostExponent) : 0;

    /// <summary>Counts one error.</summary>
    /// <param name="error">What was said minus what was true.</param>
    public void Record(double error)
    {
        Count++;
        double size = Math.Abs(error);
        if (!(size <= _largest))
        {
            Beyond++;
            size = _largest;
        }

        // Shares of the scale: every power of them is exact to a rounding, and scaled by a power of two without one.
        double share = Math.ScaleB(size, -Exponent);
        Int128 absolute = Fixed(share);
        Absolute += absolute;
        Signed += error < 0 ? -absolute : absolute;
        Squares += Fixed(share * share);
        Fourths += Fixed(share * share * share * share);
    }

    /// <summary>Adds sums as they went over the wire.</summary>
    /// <exception cref="FormatException">They have another exponent, or no errors can have made them; nothing was added.</exception>
    public void Add(int exponent, long count, long beyond, Int128 absolute, Int128 signed, Int128 squares, Int128 fourths)
    {
        if (exponent != Exponent)
        {
            throw new FormatException($"sums of errors in 2^{exponent} cannot be added to those in 2^{Exponent}");
        }

        Int128 largest = Int128.One << (Fraction + Headroom);
        if (count < 0 || count > MostErrors - Count || beyond < 0 || beyond > count || absolute < 0 || absolute > largest * count
            || signed > absolute || signed < -absolute || squares < 0 || squares > (largest << Headroom) * count
            || fourths < 0 || fourths > (largest << (3 * Headroom)) * count)
        {
            throw new FormatException($"no {count} errors have such sums, or they are more than {MostErrors} with those before");
        }

        Count = Count + count;
        Beyond = Beyond + beyond;
        Absolute = Absolute + absolute;
        Signed = Signed + signed;
        Squares = Squares + squares;
        Fourths = Fourths + fourths;
    }

    /// <summary>Forgets everything but the exponent.</summary>
    public void Clear()
    {
        Count = 0;
        Beyond = 0;
        Absolute = 0;
        Signed = 0;
        Squares = 0;
        Fourths = 0;
    }

    private static Int128 Fixed(double share) => (Int128)Math.Round(Math.ScaleB(share, Fraction));

    private double Mean(Int128 sum, int power) => Math.ScaleB((double)sum, (power * Exponent) - Fraction) / Count;
}
