namespace EdgeRuntime.Engine.Features;

/// <summary>Discrete Fourier transform of complex numbers in place, for lengths that are a power of two.</summary>
/// <remarks>Tables are made once; a transform allocates nothing. Sums have a fixed order on every machine.</remarks>
internal sealed class FourierTransform
{
    private readonly int[] _reversed;
    private readonly double[] _cosines;
    private readonly double[] _sines;

    /// <summary>Prepares transforms of <paramref name="length"/> values, a power of two of at least 1.</summary>
    public FourierTransform(int length)
    {
        Length = length;
        _reversed = new int[length];
        for (int i = 1; i < length; i++)
        {
            _reversed[i] = (_reversed[i >> 1] >> 1) | ((i & 1) == 0 ? 0 : length >> 1);
        }

        // Each from its own angle: a recurrence would be cheaper and lose a digit every few hundred steps.
        _cosines = new double[length / 2];
        _sines = new double[length / 2];
        for (int i = 0; i < length / 2; i++)
        {
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * i / length);
            _cosines[i] = cosine;
            _sines[i] = -sine;
        }
    }

    /// <summary>Values of a transform.</summary>
    public int Length { get; }

    /// <summary>Replaces x by <c>X[k] = sum x[n] exp(-2 pi i k n / length)</c>.</summary>
    /// <param name="re">Real parts, <see cref="Length"/> of them.</param>
    /// <param name="im">Imaginary parts, as many.</param>
    public void Forward(Span<double> re, Span<double> im) => Transform(re, im, _reversed, _cosines, _sines);

    private static void Transform(
        Span<double> re, Span<double> im, ReadOnlySpan<int> reversed, ReadOnlySpan<double> cosines, ReadOnlySpan<double> sines)
    {
        int length = reversed.Length;
        for (int i = 0; i < length; i++)
        {
            int j = reversed[i];
            if (i < j)
            {
                (re[i], re[j]) = (re[j], re[i]);
                (im[i], im[j]) = (im[j], im[i]);
            }
        }

        for (int half = 1, stride = length >> 1; half < length; half <<= 1, stride >>= 1)
        {
            for (int start = 0; start < length; start += half << 1)
            {
                for (int i = start, angle = 0; i < start + half; i++, angle += stride)
                {
                    int j = i + half;
                    double turnedRe = (re[j] * cosines[angle]) - (im[j] * sines[angle]);
                    double turnedIm = (re[j] * sines[angle]) + (im[j] * cosines[angle]);
                    re[j] = re[i] - turnedRe;
                    im[j] = im[i] - turnedIm;
                    re[i] += turnedRe;
                    im[i] += turnedIm;
                }
            }
        }
    }
}
