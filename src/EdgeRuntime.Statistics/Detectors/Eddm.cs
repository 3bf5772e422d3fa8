namespace EdgeRuntime.Statistics.Detectors;

/// <summary>How <see cref="Eddm"/> works; the defaults are the published ones.</summary>
public sealed record EddmOptions
{
    /// <summary>Bits, and errors among them, before the first alarm. (default: 30; 1 or more)</summary>
    public int WarmStart { get; init; } = 30;

    /// <summary>Share of the longest distance below which it warns. (default: 0.95; 0 to 1)</summary>
    public double WarningLevel { get; init; } = 0.95;

    /// <summary>Share of the longest distance below which it is a change. (default: 0.9; 0 to the warning level)</summary>
    public double DriftLevel { get; init; } = 0.9;
}

/// <summary>
/// Early drift detection method, for error bits: the distance between two errors should not shrink. Baena-García and others, "Early
/// Drift Detection Method", 2006.
/// </summary>
/// <remarks>
/// With m and s the mean and standard deviation of the distances so far, compares <c>m + 2 s</c> with the largest it was. After a
/// change all begins anew. Alarms often where errors are rare or frequent: measure it on a stream of your own first.
/// </remarks>
public sealed class Eddm(EddmOptions options) : IDriftDetector
{
    private long _count;
    private long _lastError;
    private long _errors;
    private double _mean;
    private double _squares;
    private double _longest;

    /// <inheritdoc/>
    public int StateSize => 6 * sizeof(double);

    /// <summary>Takes the next bit.</summary>
    /// <param name="value">1 for an error, 0 for none; above one half is an error. NaN and the infinities change nothing.</param>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value))
        {
            return DriftSignal.None;
        }

        _count++;
        if (value <= 0.5)
        {
            return DriftSignal.None;
        }

        double distance = _count - _lastError;
        _lastError = _count;
        _errors++;
        double before = _mean;
        _mean += (distance - _mean) / _errors;
        _squares += (distance - _mean) * (distance - before);
        if (_count <= options.WarmStart)
        {
            return DriftSignal.None;
        }

        double level = _mean + (2 * Math.Sqrt(_squares / _errors));
        if (level > _longest)
        {
            _longest = level;
            return DriftSignal.None;
        }

        if (_errors <= options.WarmStart)
        {
            return DriftSignal.None;
        }

        double share = level / _longest;
        if (share < options.DriftLevel)
        {
            Reset();
            return DriftSignal.Drift;
        }

        return share < options.WarningLevel ? DriftSignal.Warning : DriftSignal.None;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = 0;
        _lastError = 0;
        _errors = 0;
        _mean = 0;
        _squares = 0;
        _longest = 0;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        writer.Write(_count);
        writer.Write(_lastError);
        writer.Write(_errors);
        writer.Write(_mean);
        writer.Write(_squares);
        writer.Write(_longest);
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        StateReader reader = new(state, StateSize);
        _count = reader.ReadCount();
        _lastError = reader.ReadInteger(0, _count);
        _errors = reader.ReadInteger(0, _count);
        _mean = reader.ReadDouble(0, double.MaxValue);
        _squares = reader.ReadDouble(0, double.MaxValue);
        _longest = reader.ReadDouble(0, double.MaxValue);
        if (!reader.IsValid)
        {
            Reset();
        }

        return reader.IsValid;
    }
}
