using System.Numerics;

namespace EdgeRuntime.Engine.Features;

/// <summary>One-sided power spectrum of a window of real values, of any length.</summary>
/// <remarks>
/// <para>
/// With the periodic Hann window <c>w[n] = 0.5 - 0.5 cos(2 pi n / N)</c> and Y the Fourier transform of <c>w y</c>, line
/// k holds <c>c[k] |Y[k]|² / (N sum w²)</c>, where c is 2 but for the line at 0 Hz and, in even windows, the last one at
/// half the rate, where it is 1. By Parseval all lines together are <c>sum (w y)² / sum w²</c>: the mean square of the
/// values, weighted by the squared window. For noise that is their variance on average, for a sine within the band half
/// the square of its amplitude.
/// </para>
/// <para>All memory is taken at construction. Not thread-safe.</para>
/// </remarks>
internal sealed class PowerSpectrum
{
    /// <summary>Shortest window that has a line between 0 Hz and half the rate.</summary>
    public const int ShortestWindow = 4;

    private readonly double[] _window;
    private readonly double _windowEnergy;
    private readonly double _windowSum;
    private readonly double[] _lines;
    private readonly FourierTransform _transform;
    private readonly double[] _re;
    private readonly double[] _im;

    // Of powers of two: the angles that part the spectra of even and odd values. Of other lengths: Bluestein's chirp.
    private readonly double[] _turnRe;
    private readonly double[] _turnIm;
    private readonly double[] _filterRe = [];
    private readonly double[] _filterIm = [];
    private readonly bool _isPowerOfTwo;

    /// <summary>Prepares spectra of <paramref name="length"/> values; at least <see cref="ShortestWindow"/>.</summary>
    public PowerSpectrum(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, ShortestWindow);
        _window = new double[length];
        for (int n = 0; n < length; n++)
        {
            _window[n] = 0.5 - (0.5 * Math.Cos(2 * Math.PI * n / length));
            _windowEnergy += _window[n] * _window[n];
            _windowSum += _window[n];
        }

        _lines = new double[(length / 2) + 1];
        _isPowerOfTwo = BitOperations.IsPow2(length);
        if (_isPowerOfTwo)
        {
            _transform = new FourierTransform(length / 2);
            (_turnRe, _turnIm) = Angles(length / 2, length);
        }
        else
        {
            _transform = new FourierTransform((int)BitOperations.RoundUpToPowerOf2((uint)(2 * length) - 1));
            (_turnRe, _turnIm) = Chirp(length);
            (_filterRe, _filterIm) = Filter(_transform, _turnRe, _turnIm);
        }

        _re = new double[_transform.Length];
        _im = new double[_transform.Length];
    }

    /// <summary>Power by line, <c>length / 2 + 1</c> of them, line k at <c>k rate / length</c>, of the window computed last.</summary>
    public ReadOnlySpan<double> Lines => _lines;

    /// <summary>
    /// Amplitude of a line, <c>c |Y[k]| / sum w</c> with the c of the class's remarks: that of a sine on the line.
    /// </summary>
    public double Amplitude(int line)
    {
        double sides = line == 0 || 2 * line == _window.Length ? 1 : 2;
        return Math.Sqrt(sides * _lines[line] * _window.Length * _windowEnergy) / _windowSum;
    }

    /// <summary>Computes the spectrum into <see cref="Lines"/>. Allocates nothing.</summary>
    /// <param name="values">As many as the length says, finite; their mean removed, or it leaks into the lowest lines.</param>
    public void Compute(ReadOnlySpan<double> values)
    {
        if (_isPowerOfTwo)
        {
            HalvedLengthPower(values);
        }
        else
        {
            ChirpedPower(values);
        }

        int length = _window.Length;
        double toPower = 2 / (length * _windowEnergy);
        for (int k = 0; k < _lines.Length; k++)
        {
            _lines[k] *= k == 0 || 2 * k == length ? toPower / 2 : toPower;
        }
    }

    // A real signal of length N fits into N/2 complex numbers, even values as real and odd ones as imaginary parts.
    private void HalvedLengthPower(ReadOnlySpan<double> values)
    {
        int half = _transform.Length;
        for (int n = 0; n < half; n++)
        {
            _re[n] = values[2 * n] * _window[2 * n];
            _im[n] = values[(2 * n) + 1] * _window[(2 * n) + 1];
        }

        _transform.Forward(_re, _im);
        for (int k = 0; k <= half; k++)
        {
            int i = k == half ? 0 : k;
            int mirror = k == 0 ? 0 : half - k;
            double evenRe = (_re[i] + _re[mirror]) / 2;
            double evenIm = (_im[i] - _im[mirror]) / 2;
            double oddRe = (_im[i] + _im[mirror]) / 2;
            double oddIm = (_re[mirror] - _re[i]) / 2;

            // The angle of line N/2 is half a turn; it is not in the table, which ends before.
            double cosine = k == half ? -1 : _turnRe[k];
            double sine = k == half ? 0 : _turnIm[k];
            double re = evenRe + (oddRe * cosine) - (oddIm * sine);
            double im = evenIm + (oddRe * sine) + (oddIm * cosine);
            _lines[k] = (re * re) + (im * im);
        }
    }

    // Bluestein: k n = (k² + n² - (k - n)²) / 2 turns the transform into a convolution, which a longer transform of a
    // power of two computes.
    private void ChirpedPower(ReadOnlySpan<double> values)
    {
        int length = _window.Length;
        for (int n = 0; n < length; n++)
        {
            double value = values[n] * _window[n];
            _re[n] = value * _turnRe[n];
            _im[n] = value * _turnIm[n];
        }

        Array.Clear(_re, length, _re.Length - length);
        Array.Clear(_im, length, _im.Length - length);
        _transform.Forward(_re, _im);
        for (int i = 0; i < _re.Length; i++)
        {
            double re = (_re[i] * _filterRe[i]) - (_im[i] * _filterIm[i]);
            _im[i] = (_re[i] * _filterIm[i]) + (_im[i] * _filterRe[i]);
            _re[i] = re;
        }

        // With real and imaginary parts swapped, the forward transform is the inverse one but for the factor 1/M. The
        // chirp that remains to be multiplied has magnitude 1, and only magnitudes are wanted.
        _transform.Forward(_im, _re);
        double scale = 1.0 / _re.Length;
        for (int k = 0; k < _lines.Length; k++)
        {
            double re = _re[k] * scale;
            double im = _im[k] * scale;
            _lines[k] = (re * re) + (im * im);
        }
    }

    private static (double[] Re, double[] Im) Angles(int count, int turn)
    {
        double[] re = new double[count];
        double[] im = new double[count];
        for (int k = 0; k < count; k++)
        {
            (double sine, re[k]) = Math.SinCos(2 * Math.PI * k / turn);
            im[k] = -sine;
        }

        return (re, im);
    }

    private static (double[] Re, double[] Im) Chirp(int length)
    {
        double[] re = new double[length];
        double[] im = new double[length];
        for (int n = 0; n < length; n++)
        {
            // exp(-i pi n² / N) has period 2 N in n²; reduced first, a large n keeps its precision.
            long square = (long)n * n % (2L * length);
            (double sine, re[n]) = Math.SinCos(Math.PI * square / length);
            im[n] = -sine;
        }

        return (re, im);
    }

    private static (double[] Re, double[] Im) Filter(FourierTransform transform, double[] chirpRe, double[] chirpIm)
    {
        double[] re = new double[transform.Length];
        double[] im = new double[transform.Length];
        re[0] = chirpRe[0];
        im[0] = -chirpIm[0];
        for (int n = 1; n < chirpRe.Length; n++)
        {
            re[n] = re[^n] = chirpRe[n];
            im[n] = im[^n] = -chirpIm[n];
        }

        transform.Forward(re, im);
        return (re, im);
    }
}
