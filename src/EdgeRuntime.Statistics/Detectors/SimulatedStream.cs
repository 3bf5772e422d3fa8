namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// A stream that could have been, without a change, and a reference of its own before it: an autoregressive model driven by blocks of
/// residuals that were. The reference is fitted anew, since model, mean and deviation of a reference are only estimates, and the
/// slower a stream, the worse ones: what a detector then sees is not quite white.
/// </summary>
internal sealed class SimulatedStream
{
    // Steps that a model takes, from its mean, to forget where it began: some, or five times as many as it remembers.
    private const int LeastWarmUp = 500;
    private const int MostWarmUp = 5_000;
    private const double Memories = 5;

    private readonly double[] _coefficients;
    private readonly double[] _last;
    private readonly BlockBootstrap _blocks;
    private readonly Whitener _whitener;

    /// <summary>Makes the reference, and begins the stream after it.</summary>
    /// <param name="model">Of the process that the reference came from, as far as it is known.</param>
    /// <param name="residuals">Its residuals, standardised.</param>
    /// <param name="meanLength">Of a block.</param>
    /// <param name="clip">Residuals are kept within so many deviations on both sides.</param>
    /// <param name="random">Decides everything.</param>
    public SimulatedStream(AutoregressiveModel model, double[] residuals, double meanLength, double clip, Random random)
    {
        _coefficients = [.. model.Coefficients];
        _last = new double[_coefficients.Length];
        _blocks = new BlockBootstrap(residuals, meanLength, random);
        double left = Math.Max(1 - _coefficients.Sum(), Memories / MostWarmUp);
        double steps = _last.Length > 0 ? Math.Max(Memories / left, LeastWarmUp) : 0;
        for (int i = 0; i < steps; i++)
        {
            Step();
        }

        double[] reference = new double[residuals.Length + _last.Length];
        for (int i = 0; i < reference.Length; i++)
        {
            reference[i] = Step();
        }

        Model = AutoregressiveModel.Fit(reference, _coefficients.Length);
        _whitener = new Whitener(Model, clip);
        Reference = new double[residuals.Length];
        for (int i = 0; i < reference.Length; i++)
        {
            double residual = _whitener.Next(reference[i]);
            if (i >= _last.Length)
            {
                Reference[i - _last.Length] = residual;
            }
        }
    }

    /// <summary>Fitted to the stream's own reference.</summary>
    public AutoregressiveModel Model { get; }

    /// <summary>The residuals of the reference, as many as there were.</summary>
    public double[] Reference { get; }

    /// <summary>The residual of the next value, by the model of the stream's own reference.</summary>
    public double Next() => _whitener.Next(Step());

    private double Step()
    {
        double value = _blocks.Next();
        for (int i = 0; i < _coefficients.Length; i++)
        {
            value += _coefficients[i] * _last[i];
        }

        for (int i = _last.Length - 1; i > 0; i--)
        {
            _last[i] = _last[i - 1];
        }

        if (_last.Length > 0)
        {
            _last[0] = value;
        }

        return value;
    }
}
