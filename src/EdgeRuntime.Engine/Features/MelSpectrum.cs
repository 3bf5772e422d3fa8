using EdgeRuntime.Contracts.Packages;

namespace EdgeRuntime.Engine.Features;

/// <summary>Logarithmic mel spectra, or cepstral coefficients, of the pieces of a window; see <see cref="MelSpec"/>.</summary>
/// <remarks>
/// As <c>tf.signal.stft</c>, <c>linear_to_mel_weight_matrix</c> and <c>mfccs_from_log_mel_spectrograms</c> of TensorFlow:
/// filter weights rise and fall linearly in mel; the line at 0 Hz has none; coefficient k is
/// <c>sqrt(2 / bands) sum_n logmel[n] cos(pi k (2 n + 1) / (2 bands))</c>. Or with the filters of <c>librosa.filters.mel</c>
/// or <c>torchaudio.functional.melscale_fbanks</c>, linear in Hz, and coefficient 0 smaller by <c>sqrt(2)</c>. All memory is taken at construction. Not
/// thread-safe.
/// </remarks>
internal sealed class MelSpectrum
{
    // M. Slaney, Auditory Toolbox: 3 mel for 200 Hz up to 1 kHz, then 27 for each factor of 6.4.
    private const double SlaneyHzPerMel = 200.0 / 3;
    private const double SlaneyEdgeHz = 1000;
    private static readonly double SlaneyLogStep = Math.Log(6.4) / 27;

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
        Filters(spec.LowHz ?? 0, spec.HighHz ?? (pipeline.RateHz / 2), pipeline.RateHz / mel.Points(), KindOf(mel));
        _cosines = spec.Statistic == "mfcc" ? Cosines(mel.Coefficients ?? mel.Bands, mel.Bands, KindOf(mel)) : [];
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

    private static FilterKind KindOf(MelSpec mel) => mel.Filters switch
    {
        "librosa" => FilterKind.Librosa,
        "torchaudio" => FilterKind.Torchaudio,
        _ => FilterKind.Tensorflow,
    };

    private void Filters(double lowHz, double highHz, double hzPerLine, FilterKind kind)
    {
        double low = Mel(lowHz, kind);
        double step = (Mel(highHz, kind) - low) / (_bands.Length + 1);
        bool inMel = kind == FilterKind.Tensorflow;
        for (int band = 0; band < _bands.Length; band++)
        {
            double left = low + (step * band);
            double centre = low + (step * (band + 1));
            double right = low + (step * (band + 2));
            if (!inMel)
            {
                (left, centre, right) = (Hz(left, kind), Hz(centre, kind), Hz(right, kind));
            }

            // Of equal area: as high as twice the inverse of its width.
            double height = kind == FilterKind.Librosa ? 2 / (right - left) : 1;
            List<double> weights = [];
            for (int line = 1; line < _magnitudes.Length; line++)
            {
                double at = inMel ? Mel(line * hzPerLine, kind) : line * hzPerLine;
                double weight = Math.Min((at - left) / (centre - left), (right - at) / (right - centre));
                if (weight > 0)
                {
                    _firstLines[band] = weights.Count == 0 ? line : _firstLines[band];
                    weights.Add(weight * height);
                }
            }

            _weights[band] = [.. weights];
        }
    }

    private static double Mel(double hz, FilterKind kind) => kind != FilterKind.Librosa
        ? 1127 * Math.Log(1 + (hz / 700))
        : hz < SlaneyEdgeHz ? hz / SlaneyHzPerMel
        : (SlaneyEdgeHz / SlaneyHzPerMel) + (Math.Log(hz / SlaneyEdgeHz) / SlaneyLogStep);

    private static double Hz(double mel, FilterKind kind) => kind != FilterKind.Librosa
        ? 700 * (Math.Exp(mel / 1127) - 1)
        : mel < SlaneyEdgeHz / SlaneyHzPerMel ? mel * SlaneyHzPerMel
        : SlaneyEdgeHz * Math.Exp(SlaneyLogStep * (mel - (SlaneyEdgeHz / SlaneyHzPerMel)));

    private static double[][] Cosines(int coefficients, int bands, FilterKind kind)
    {
        double[][] rows = new double[coefficients][];
        for (int k = 0; k < coefficients; k++)
        {
            double scale = Math.Sqrt((k == 0 && kind != FilterKind.Tensorflow ? 1.0 : 2.0) / bands);
            rows[k] = new double[bands];
            for (int n = 0; n < bands; n++)
            {
                rows[k][n] = scale * Math.Cos(Math.PI * k * ((2 * n) + 1) / (2 * bands));
            }
        }

        return rows;
    }

    private enum FilterKind
    {
        Tensorflow,
        Librosa,
        Torchaudio,
    }
}
