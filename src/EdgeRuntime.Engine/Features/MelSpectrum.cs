using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

/// <summary>Logarithmic mel spectra, or cepstral coefficients, of the pieces of a window; see <see cref="MelSpec"/>.</summary>
/// <remarks>
/// As <c>tf.signal.stft</c>, <c>linear_to_mel_weight_matrix</c> and <c>mfccs_from_log_mel_spectrograms</c> of TensorFlow:
/// filter weights rise and fall linearly in mel; the line at 0 Hz has none; coefficient k is
/// <c>sqrt(2 / bands) sum_n logmel[n] cos(pi k (2 n + 1) / (2 bands))</c>. All memory is taken at construction. Not
/// thread-safe.
/// </remarks>
internal sealed class MelSpectrum
{
    private readonly int _frameLength;
    private readonly int _frameStep;
    private readonly bool _squared;
    private readonly double _offset;
    private readonly double[] _window;
    private readonly FourierTransform _transform;
    private readonly double[] _re;
    private readonly double[] _im;
    private readonly double[] _magnitudes;
    private readonly double[][] _weights;
    private readonly int[] _firstLines;
    private readonly double[] _bands;
    private readonly double[][] _cosines;
    private readonly double[] _elements;

    /// <param name="spec">A feature <c>log_mel</c> or <c>mfcc</c> of a manifest that was checked.</param>
    public MelSpectrum(FeatureSpec spec, PipelineSpec pipeline)
    {
        MelSpec mel = spec.Mel ?? throw new ArgumentException($"{spec.Statistic} needs mel");
        _frameLength = mel.FrameLength;
        _frameStep = mel.FrameStep;
        _squared = mel.Power == 2;
        _offset = mel.LogOffset ?? 1e-6;
        _window = new double[_frameLength];
        for (int n = 0; n < _frameLength; n++)
        {
            _window[n] = 0.5 - (0.5 * Math.Cos(2 * Math.PI * n / _frameLength));
        }

        _transform = new FourierTransform(mel.Points());
        _re = new double[mel.Points()];
        _im = new double[mel.Points()];
        _magnitudes = new double[(mel.Points() / 2) + 1];
        _bands = new double[mel.Bands];
        _weights = new double[mel.Bands][];
        _firstLines = new int[mel.Bands];
        Filters(spec.LowHz ?? 0, spec.HighHz ?? (pipeline.RateHz / 2), pipeline.RateHz / mel.Points());
        _cosines = spec.Statistic == "mfcc" ? Cosines(mel.Coefficients ?? mel.Bands, mel.Bands) : [];
        _elements = new double[spec.Elements(pipeline)];
    }

    /// <summary>The elements, shape [pieces, bands or coefficients], of the window computed last.</summary>
    public ReadOnlySpan<double> Elements => _elements;

    /// <summary>Computes a window into <see cref="Elements"/>. Allocates nothing.</summary>
    /// <param name="values">Finite, as many as the window has.</param>
    public void Compute(ReadOnlySpan<double> values)
    {
        int width = _cosines.Length > 0 ? _cosines.Length : _bands.Length;
        for (int piece = 0, at = 0; at < _elements.Length; piece++, at += width)
        {
            Magnitudes(values.Slice(piece * _frameStep, _frameLength));
            Weigh();
            Span<double> to = _elements.AsSpan(at, width);
            if (_cosines.Length == 0)
            {
                _bands.CopyTo(to);
                continue;
            }

            for (int k = 0; k < to.Length; k++)
            {
                double sum = 0;
                for (int n = 0; n < _bands.Length; n++)
                {
                    sum += _bands[n] * _cosines[k][n];
                }

                to[k] = sum;
            }
        }
    }

    /// <summary>Says of every element that there is none.</summary>
    public void Clear() => Array.Fill(_elements, double.NaN);

    private void Magnitudes(ReadOnlySpan<double> piece)
    {
        for (int n = 0; n < piece.Length; n++)
        {
            _re[n] = piece[n] * _window[n];
        }

        Array.Clear(_re, piece.Length, _re.Length - piece.Length);
        Array.Clear(_im);
        _transform.Forward(_re, _im);
        for (int k = 0; k < _magnitudes.Length; k++)
        {
            double power = (_re[k] * _re[k]) + (_im[k] * _im[k]);
            _magnitudes[k] = _squared ? power : Math.Sqrt(power);
        }
    }

    private void Weigh()
    {
        for (int band = 0; band < _bands.Length; band++)
        {
            double sum = 0;
            double[] weights = _weights[band];
            for (int i = 0; i < weights.Length; i++)
            {
                sum += weights[i] * _magnitudes[_firstLines[band] + i];
            }

            _bands[band] = Math.Log(sum + _offset);
        }
    }

    private void Filters(double lowHz, double highHz, double hzPerLine)
    {
        double low = Mel(lowHz);
        double step = (Mel(highHz) - low) / (_bands.Length + 1);
        for (int band = 0; band < _bands.Length; band++)
        {
            double left = low + (step * band);
            double centre = low + (step * (band + 1));
            double right = low + (step * (band + 2));
            List<double> weights = [];
            for (int line = 1; line < _magnitudes.Length; line++)
            {
                double mel = Mel(line * hzPerLine);
                double weight = Math.Min((mel - left) / (centre - left), (right - mel) / (right - centre));
                if (weight > 0)
                {
                    _firstLines[band] = weights.Count == 0 ? line : _firstLines[band];
                    weights.Add(weight);
                }
            }

            _weights[band] = [.. weights];
        }
    }

    private static double Mel(double hz) => 1127 * Math.Log(1 + (hz / 700));

    private static double[][] Cosines(int coefficients, int bands)
    {
        double[][] rows = new double[coefficients][];
        double scale = Math.Sqrt(2.0 / bands);
        for (int k = 0; k < coefficients; k++)
        {
            rows[k] = new double[bands];
            for (int n = 0; n < bands; n++)
            {
                rows[k][n] = scale * Math.Cos(Math.PI * k * ((2 * n) + 1) / (2 * bands));
            }
        }

        return rows;
    }
}
