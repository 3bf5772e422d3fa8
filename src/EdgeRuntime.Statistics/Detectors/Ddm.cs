namespace EdgeRuntime.Statistics.Detectors;

/// <summary>How <see cref="Ddm"/> works; the defaults are the published ones.</summary>
public sealed record DdmOptions
{
    /// <summary>Bits before the first alarm. (default: 30; 1 or more)</summary>
    public int WarmStart { get; init; } = 30;

    /// <summary>Standard deviations above the smallest error rate that warn. (default: 2; above 0)</summary>
    public double WarningLevel { get; init; } = 2;

    /// <summary>Standard deviations above the smallest error rate that are a change. (default: 3; at least the warning level)</summary>
    public double DriftLevel { get; init; } = 3;
}

/// <summary>
/// Drift detection method, for error bits: the error rate of a model that learned should not rise. Gama, Medas, Castillo and
/// Rodrigues, "Learning with Drift Detection", SBIA 2004.
/// </summary>
/// <remarks>
/// With p the error rate since the start and <c>s = sqrt(p (1 - p) / n)</c>, remembers both where <c>p + s</c> was smallest, and
/// compares <c>p + s</c> with <c>p_min + level s_min</c>. After a change all begins anew.
/// </remarks>
public sealed class Ddm(DdmOptions options) : IDriftDetector
{
    private long _count;
    private double _rate;
    private double _leastRate;
    private double _leastDeviation = double.MaxValue;

    /// <inheritdoc/>
    public int StateSize => 4 * sizeof(double);

    /// <summary>Takes the next bit.</summary>
    /// <param name="value">1 for an error, 0 for none; a rate between counts as such. NaN and the infinities change nothing.</param>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value))
        {
            return DriftSignal.None;
        }

        _count++;
        _rate += (Math.Clamp(value, 0, 1) - _rate) / _count;

        // Rounding may leave a rate of 1 + 1e-16, whose root would be NaN.
        double deviation = Math.Sqrt(Math.Max(_rate * (1 - _rate), 0) / _count);
        if (_count <= options.WarmStart)
        {
            return DriftSignal.None;
        }

        double bound = _rate + deviation;
        if (bound <= _leastRate + _leastDeviation)
        {
            _leastRate = _rate;
            _leastDeviation = deviation;
        }

        if (bound > _leastRate + (options.DriftLevel * _leastDeviation))
        {
            Reset();
            return DriftSignal.Drift;
        }

        return bound > _leastRate + (options.WarningLevel * _leastDeviation) ? DriftSignal.Warning : DriftSignal.None;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = 0;
        _rate = 0;
        _leastRate = 0;
        _leastDeviation = double.MaxValue;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        writer.Write(_count);
        writer.Write(_rate);
        writer.Write(_leastRate);
        writer.Write(_leastDeviation);
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        StateReader reader = new(state, StateSize);
        _count = reader.ReadCount();
        _rate = reader.ReadDouble(0, 1 + 1e-9);
        _leastRate = reader.ReadDouble(0, 1 + 1e-9);
        _leastDeviation = reader.ReadDouble(0, double.MaxValue);
        if (!reader.IsValid)
        {
            Reset();
        }

        return reader.IsValid;
    }
}
