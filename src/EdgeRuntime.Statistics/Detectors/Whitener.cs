namespace EdgeRuntime.Statistics.Detectors;

/// <summary>Turns the values of a stream, one by one, into the standardised residuals of an <see cref="AutoregressiveModel"/>.</summary>
/// <remarks>
/// Residuals are clipped, so that one outlier, which is an outlier and no drift, does not decide. Not thread-safe.
/// </remarks>
public sealed class Whitener
{
    private readonly double[] _coefficients;
    private readonly double[] _last;
    private readonly double _mean;
    private readonly double _deviation;
    private readonly double _clip;
    private int _seen;

    /// <summary>Begins before the first value.</summary>
    /// <param name="clip">Residuals are kept within so many deviations on both sides; above 0.</param>
    public Whitener(AutoregressiveModel model, double clip)
    {
        _coefficients = [.. model.Coefficients];
        _last = new double[_coefficients.Length];
        _mean = model.Mean;
        _deviation = model.Deviation;
        _clip = clip;
    }

    /// <summary>Bytes that <see cref="SaveState"/> writes.</summary>
    public int StateSize => sizeof(double) * (_last.Length + 1);

    /// <summary>Takes the next value. Allocates nothing.</summary>
    /// <returns>
    /// Its residual in standard deviations; NaN for a missing value, for which the prediction then stands, and while there are fewer
    /// values before it than coefficients.
    /// </returns>
    public double Next(double value)
    {
        double predicted = 0;
        for (int i = 0; i < _coefficients.Length; i++)
        {
            predicted += _coefficients[i] * _last[i];
        }

        bool isThere = double.IsFinite(value);
        double away = isThere ? value - _mean : predicted;
        bool isFirst = _seen < _last.Length;
        for (int i = _last.Length - 1; i > 0; i--)
        {
            _last[i] = _last[i - 1];
        }

        if (_last.Length > 0)
        {
            _last[0] = away;
        }

        _seen += isFirst ? 1 : 0;
        return isThere && !isFirst ? Math.Clamp((away - predicted) / _deviation, -_clip, _clip) : double.NaN;
    }

    /// <summary>Forgets the values before.</summary>
    public void Reset()
    {
        Array.Clear(_last);
        _seen = 0;
    }

    /// <summary>Writes the values before, little-endian.</summary>
    /// <exception cref="ArgumentException">There are fewer than <see cref="StateSize"/> bytes.</exception>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        writer.Write((long)_seen);
        foreach (double away in _last)
        {
            writer.Write(away);
        }
    }

    /// <summary>Takes over what a whitener of the same model saved.</summary>
    /// <returns>False when the bytes cannot be that; all is then forgotten.</returns>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        StateReader reader = new(state, StateSize);
        _seen = (int)reader.ReadInteger(0, _last.Length);
        for (int i = 0; i < _last.Length; i++)
        {
            _last[i] = reader.ReadFinite();
        }

        if (!reader.IsValid)
        {
            Reset();
        }

        return reader.IsValid;
    }
}
