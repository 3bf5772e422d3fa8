namespace EdgeRuntime.Engine.Features;

/// <summary>One channel over one window, and the statistics of it; channels take turns in one instance.</summary>
/// <remarks>
/// Statistics are over the finite values of the window, x[0] the oldest, n of them; with n = 0 all are NaN.
/// <list type="table">
/// <item><term>last, min, max</term><description>the newest, smallest, largest value</description></item>
/// <item><term>mean, rms</term><description><c>sum x / n</c>, <c>sqrt(sum x² / n)</c></description></item>
/// <item><term>std</term><description>of the population: <c>sqrt(sum (x - mean)² / n)</c></description></item>
/// <item><term>range, delta</term><description><c>max - min</c>, newest minus oldest</description></item>
/// <item><term>slope</term><description>of the least-squares line, per second on the manifest's rate; 0 with n = 1</description></item>
/// <item><term>crest</term><description>largest magnitude by rms; 0 when all are 0</description></item>
/// <item><term>skewness, kurtosis</term><description>of the population, <c>m3 / m2^1.5</c> and the excess <c>m4 / m2² - 3</c>; 0 when all are equal</description></item>
/// <item><term>median, quantile</term><description>linear between the neighbours of rank <c>q (n - 1)</c></description></item>
/// <item><term>zero_crossings</term><description>changes of sign from one value that is not 0 to the next such</description></item>
/// <item><term>band_energy</term><description>
/// sum of the lines of <see cref="PowerSpectrum"/> in <c>[low, high)</c>, of the values with their mean removed; a
/// missing value counts as the mean. In squared units of the channel. Bands that touch add up to their union; all up
/// to, not including, half the rate give the window's mean square deviation but for the one line at half the rate.
/// </description></item>
/// <item><term>sum, count</term><description>of the finite values; a window without any counts 0</description></item>
/// <item><term>mode, distinct</term><description>the value there is most of, the smallest where several share the most; how many differ</description></item>
/// <item><term>spectrum</term><description>amplitudes of the lines of the same spectrum in <c>[low, high)</c></description></item>
/// <item><term>log_mel, mfcc</term><description>see <see cref="MelSpectrum"/>; a missing value counts as the mean</description></item>
/// </list>
/// Moments are computed about the mean in a second pass, in the order of time. All memory is taken at construction. Not
/// thread-safe.
/// </remarks>
internal sealed class ChannelWindow
{
    private readonly double[] _frames;
    private readonly double[] _values;
    private readonly double[] _positions;
    private readonly double[] _sorted;
    private readonly double[] _room;
    private readonly double[] _deviations;
    private readonly double[] _amplitudes;
    private readonly double[] _filled;
    private readonly PowerSpectrum? _spectrum;
    private readonly double _rateHz;
    private int _count;
    private double _min;
    private double _max;
    private double _mean;
    private double _meanSquare;
    private double _m2;
    private double _m3;
    private double _m4;
    private bool _hasMoments;
    private bool _hasSorted;
    private bool _hasLines;
    private int _length;
    private double _sum;

    /// <summary>Takes the memory for windows of <paramref name="length"/> frames.</summary>
    /// <param name="spectrum">For band energies, and used by nobody else; null when none will be asked for.</param>
    public ChannelWindow(int length, double rateHz, PowerSpectrum? spectrum)
    {
        _frames = new double[length];
        _values = new double[length];
        _positions = new double[length];
        _sorted = new double[length];
        _room = new double[length];
        _deviations = spectrum is null ? [] : new double[length];
        _amplitudes = spectrum is null ? [] : new double[(length / 2) + 1];
        _filled = new double[length];
        _spectrum = spectrum;
        _rateHz = rateHz;
    }

    /// <summary>The values frame by frame, oldest first, NaN where missing.</summary>
    public ReadOnlySpan<double> Raw(WindowScale scale)
    {
        if (scale == WindowScale.None)
        {
            return _frames.AsSpan(0, _length);
        }

        (double shift, double divisor) = ScaleOf(scale);
        for (int i = 0; i < _length; i++)
        {
            _filled[i] = (_frames[i] - shift) / divisor;
        }

        return _filled.AsSpan(0, _length);
    }

    private (double Shift, double Divisor) ScaleOf(WindowScale scale)
    {
        (double shift, double divisor) = scale switch
        {
            _ when _count == 0 => (0, 1),
            WindowScale.Max => (0, _max),
            WindowScale.Peak => (0, Math.Max(Math.Abs(_min), Math.Abs(_max))),
            WindowScale.Mean => (_mean, 1),
            WindowScale.Standard => (_mean, Math.Sqrt(Moments())),
            _ => (0.0, 1.0),
        };
        return (shift, divisor == 0 ? 1 : divisor);
    }

    /// <summary>Takes a window from a ring.</summary>
    /// <param name="ring">As long as the longest window.</param>
    /// <param name="oldest">Place of the oldest frame in it.</param>
    /// <param name="length">Frames of the window.</param>
    /// <param name="places">Where each of them stands in time, in steps of the manifest's rate.</param>
    public void Load(ReadOnlySpan<double> ring, int oldest, int length, ReadOnlySpan<double> places)
    {
        int first = Math.Min(length, ring.Length - oldest);
        ring.Slice(oldest, first).CopyTo(_frames);
        ring[..(length - first)].CopyTo(_frames.AsSpan(first));
        _length = length;
        _hasMoments = false;
        _hasSorted = false;
        _hasLines = false;
        _count = 0;
        double sum = 0;
        double squares = 0;
        _min = double.PositiveInfinity;
        _max = double.NegativeInfinity;
        for (int i = 0; i < length; i++)
        {
            double value = _frames[i];
            if (double.IsFinite(value))
            {
                _values[_count] = value;
                _positions[_count] = places[i];
                _count++;
                sum += value;
                squares += value * value;
                _min = Math.Min(_min, value);
                _max = Math.Max(_max, value);
            }
        }

        _sum = sum;

        // The mean of equal values is that value; a rounded sum would leave deviations where there are none.
        _mean = _min == _max ? _min : sum / _count;
        _meanSquare = squares / _count;
    }

    /// <summary>Computes one statistic of the window; NaN when it holds no finite value.</summary>
    public double Compute(FeaturePlan plan)
    {
        if (_count == 0)
        {
            return plan.Kind == StatisticKind.Count ? 0 : double.NaN;
        }

        return plan.Kind switch
        {
            StatisticKind.Last => _values[_count - 1],
            StatisticKind.Mean => _mean,
            StatisticKind.Std => Math.Sqrt(Moments()),
            StatisticKind.Min => _min,
            StatisticKind.Max => _max,
            StatisticKind.Range => _max - _min,
            StatisticKind.Rms => Math.Sqrt(_meanSquare),
            StatisticKind.Delta => _values[_count - 1] - _values[0],
            StatisticKind.Slope => Slope(),
            StatisticKind.Crest => Crest(),
            StatisticKind.Kurtosis => Kurtosis(),
            StatisticKind.Skewness => Skewness(),
            StatisticKind.Median => Quantile(0.5),
            StatisticKind.Quantile => Quantile(plan.Quantile),
            StatisticKind.BandEnergy => BandEnergy(_spectrum!, plan.FirstLine, plan.EndLine),
            StatisticKind.ZeroCrossings => ZeroCrossings(),
            StatisticKind.Sum => _sum,
            StatisticKind.Count => _count,
            StatisticKind.Mode => Runs().Mode,
            StatisticKind.Distinct => Runs().Count,
            _ => double.NaN,
        };
    }

    private double Moments()
    {
        if (!_hasMoments)
        {
            double m2 = 0;
            double m3 = 0;
            double m4 = 0;
            for (int i = 0; i < _count; i++)
            {
                double deviation = _values[i] - _mean;
                double square = deviation * deviation;
                m2 += square;
                m3 += square * deviation;
                m4 += square * square;
            }

            _m2 = m2 / _count;
            _m3 = m3 / _count;
            _m4 = m4 / _count;
            _hasMoments = true;
        }

        return _m2;
    }

    private double Skewness()
    {
        double m2 = Moments();
        double cubed = m2 * Math.Sqrt(m2);
        return cubed == 0 ? 0 : _m3 / cubed;
    }

    private double Kurtosis()
    {
        double m2 = Moments();
        return m2 * m2 == 0 ? 0 : (_m4 / (m2 * m2)) - 3;
    }

    private double Crest()
    {
        double largest = Math.Max(Math.Abs(_min), Math.Abs(_max));
        return largest == 0 ? 0 : largest / Math.Sqrt(_meanSquare);
    }

    private double Slope()
    {
        double position = 0;
        for (int i = 0; i < _count; i++)
        {
            position += _positions[i];
        }

        position /= _count;
        double products = 0;
        double squares = 0;
        for (int i = 0; i < _count; i++)
        {
            double along = _positions[i] - position;
            products += along * (_values[i] - _mean);
            squares += along * along;
        }

        return squares == 0 ? 0 : products / squares * _rateHz;
    }

    private double Quantile(double q)
    {
        ReadOnlySpan<double> sorted = Sorted();
        double rank = q * (_count - 1);
        int lower = Math.Min((int)rank, _count - 1);
        int upper = Math.Min(lower + 1, _count - 1);
        double between = rank - lower;
        double step = sorted[upper] - sorted[lower];

        // From the nearer end, so that the answer never passes it by a rounding.
        return between < 0.5 ? sorted[lower] + (step * between) : sorted[upper] - (step * (1 - between));
    }

    private ReadOnlySpan<double> Sorted()
    {
        Span<double> sorted = _sorted.AsSpan(0, _count);
        if (!_hasSorted)
        {
            _values.AsSpan(0, _count).CopyTo(sorted);
            MergeSort.Sort(sorted, _room);
            _hasSorted = true;
        }

        return sorted;
    }

    // Different values, and the one there is most of; the smallest where several share the most.
    private (int Count, double Mode) Runs()
    {
        ReadOnlySpan<double> sorted = Sorted();
        int different = 0;
        int longest = 0;
        double mode = double.NaN;
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start])
            {
                end++;
            }

            different++;
            if (end - start > longest)
            {
                longest = end - start;
                mode = sorted[start];
            }
        }

        return (different, mode);
    }

    private double ZeroCrossings()
    {
        int crossings = 0;
        double before = 0;
        for (int i = 0; i < _count; i++)
        {
            double value = _values[i];
            if (value != 0)
            {
                crossings += before != 0 && (value < 0) != (before < 0) ? 1 : 0;
                before = value;
            }
        }

        return crossings;
    }

    /// <summary>Amplitudes of the spectral lines from one to before another; NaN when the window holds no finite value.</summary>
    /// <remarks>Of a sine on a line, its amplitude; see <see cref="PowerSpectrum.Amplitude"/>.</remarks>
    public ReadOnlySpan<double> Amplitudes(int first, int end, WindowScale scale)
    {
        Span<double> amplitudes = _amplitudes.AsSpan(0, end - first);
        if (_count == 0)
        {
            amplitudes.Fill(double.NaN);
            return amplitudes;
        }

        // The mean is removed anyway, and amplitudes grow with the values.
        PowerSpectrum spectrum = Transformed(_spectrum!);
        double divisor = ScaleOf(scale).Divisor;
        for (int i = 0; i < amplitudes.Length; i++)
        {
            amplitudes[i] = spectrum.Amplitude(first + i) / divisor;
        }

        return amplitudes;
    }

    /// <summary>Mel spectra of the window, a missing value counted as the mean; NaN when it holds no finite value.</summary>
    public ReadOnlySpan<double> Mel(MelSpectrum mel, WindowScale scale)
    {
        if (_count == 0)
        {
            mel.Clear();
            return mel.Elements;
        }

        (double shift, double divisor) = ScaleOf(scale);
        for (int i = 0; i < _length; i++)
        {
            _filled[i] = ((double.IsFinite(_frames[i]) ? _frames[i] : _mean) - shift) / divisor;
        }

        mel.Compute(_filled.AsSpan(0, _length));
        return mel.Elements;
    }

    private PowerSpectrum Transformed(PowerSpectrum spectrum)
    {
        if (!_hasLines)
        {
            for (int i = 0; i < _frames.Length; i++)
            {
                _deviations[i] = double.IsFinite(_frames[i]) ? _frames[i] - _mean : 0;
            }

            spectrum.Compute(_deviations);
            _hasLines = true;
        }

        return spectrum;
    }

    private double BandEnergy(PowerSpectrum spectrum, int first, int end)
    {
        ReadOnlySpan<double> lines = Transformed(spectrum).Lines;
        double energy = 0;
        for (int k = first; k < end; k++)
        {
            energy += lines[k];
        }

        return energy;
    }
}
