namespace EdgeRuntime.Statistics.Detectors;

/// <summary>How <see cref="GeometricMovingAverage"/> works; the defaults are those of Frouros, but for both sides.</summary>
public sealed record GeometricMovingAverageOptions
{
    /// <summary>Average deviation that is a change, in units of the values. (default: 1; above 0)</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>Share of the average that stays at each value. (default: 0.99; 0 to 1, 1 exclusive)</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>Values before the first alarm. (default: 30; 1 or more)</summary>
    public int MinimumSamples { get; init; } = 30;

    /// <summary>Find decreases too. (default: true)</summary>
    public bool TwoSided { get; init; } = true;
}

/// <summary>
/// An average of the deviations from the mean so far in which older ones fade. Roberts, "Control Chart Tests Based on Geometric Moving
/// Averages", Technometrics 1, 1959.
/// </summary>
/// <remarks><c>S = alpha S + (1 - alpha) (x - mean)</c>; a change where it exceeds the threshold, whereupon all begins anew.</remarks>
public sealed class GeometricMovingAverage(GeometricMovingAverageOptions options) : IDriftDetector
{
    private long _count;
    private double _mean;
    private double _average;

    /// <inheritdoc/>
    public int StateSize => 3 * sizeof(double);

    /// <inheritdoc/>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value))
        {
            return DriftSignal.None;
        }

        _count++;
        _mean += (value - _mean) / _count;
        _average = (options.Alpha * _average) + ((1 - options.Alpha) * (value - _mean));
        double away = options.TwoSided ? Math.Abs(_average) : _average;
        if (_count < options.MinimumSamples || away <= options.Threshold)
        {
            return DriftSignal.None;
        }

        Reset();
        return DriftSignal.Drift;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = 0;
        _mean = 0;
        _average = 0;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        writer.Write(_count);
        writer.Write(_mean);
        writer.Write(_average);
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        StateReader reader = new(state, StateSize);
        _count = reader.ReadCount();
        _mean = reader.ReadFinite();
        _average = reader.ReadFinite();
        if (!reader.IsValid)
        {
            Reset();
        }

        return reader.IsValid;
    }
}
