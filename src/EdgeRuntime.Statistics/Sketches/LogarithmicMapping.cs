namespace EdgeRuntime.Statistics.Sketches;

/// <summary>Numbers classes that grow with the value, so that the middle of a class is near every value in it, relatively.</summary>
/// <remarks>
/// With accuracy <c>a</c> and <c>gamma = (1 + a) / (1 - a)</c> class <c>k</c> holds <c>gamma^(k-1) &lt; x &lt;= gamma^k</c>, and
/// <c>2 gamma^k / (1 + gamma)</c> is at most the share <c>a</c> away from each of them (Masson, Rim, Lee: DDSketch, VLDB 2019).
/// Keys are the same on every machine: the logarithm is made of the four operations that IEEE 754 rounds exactly, since those of
/// C libraries differ in the last bit, and with it a value on the border of two classes.
/// </remarks>
public sealed class LogarithmicMapping
{
    /// <summary>Values with a smaller magnitude have no class of their own; they count as zero.</summary>
    public const double Smallest = 2.2250738585072014E-308;

    private const double Ln2 = 0.69314718055994530942;
    private const double SqrtHalf = 0.70710678118654752440;
    private const int MantissaBits = 52;
    private const long MantissaMask = (1L << MantissaBits) - 1;
    private const int ExponentBias = 1023;

    private readonly double _gamma;
    private readonly double _logGamma;
    private readonly double _perLog;
    private readonly double _offset;

    /// <summary>Creates a mapping.</summary>
    /// <param name="accuracy">Largest relative error of a class's value; 1e-4 to 0.5.</param>
    /// <param name="offset">Added to every key, as other implementations of DDSketch allow; rounded towards zero for the value 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The accuracy is outside its range.</exception>
    public LogarithmicMapping(double accuracy, double offset = 0)
    {
        if (!(accuracy is >= 1e-4 and <= 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(accuracy), accuracy, "a sketch's accuracy lies between 0.0001 and 0.5");
        }

        Accuracy = accuracy;
        _gamma = (1 + accuracy) / (1 - accuracy);
        _logGamma = Log(_gamma);
        _perLog = 1 / _logGamma;
        _offset = offset;
    }

    /// <summary>Largest relative error of a class's value.</summary>
    public double Accuracy { get; }

    /// <summary>The class of a value.</summary>
    /// <param name="value">Finite, at least <see cref="Smallest"/>.</param>
    public int KeyOf(double value) => (int)(Math.Ceiling(Log(value) * _perLog) + _offset);

    /// <summary>The value that stands for a class.</summary>
    /// <param name="key">From <see cref="KeyOf"/>.</param>
    public double ValueOf(int key)
    {
        // The power first could overflow where the value itself does not.
        double value = Math.Exp(((key - _offset) * _logGamma) + Math.Log(2 / (1 + _gamma)));
        return Math.Min(value, double.MaxValue);
    }

    /// <summary>Natural logarithm of a normal positive number, to a few units in the last place, the same on every machine.</summary>
    private static double Log(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> MantissaBits) - ExponentBias + 1;
        double mantissa = BitConverter.Int64BitsToDouble((bits & MantissaMask) | ((long)(ExponentBias - 1) << MantissaBits));
        if (mantissa < SqrtHalf)
        {
            mantissa *= 2;
            exponent--;
        }

        // ln m = 2 artanh((m - 1) / (m + 1)); |t| < 0.1716, so that ten terms of the series reach double precision.
        double t = (mantissa - 1) / (mantissa + 1);
        double square = t * t;
        double series = 1.0 / 21;
        for (int odd = 19; odd >= 1; odd -= 2)
        {
            series = (series * square) + (1.0 / odd);
        }

        return (exponent * Ln2) + (2 * t * series);
    }
}
