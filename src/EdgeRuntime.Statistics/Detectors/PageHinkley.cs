namespace EdgeRuntime.Statistics.Detectors;

/// <summary>How <see cref="PageHinkley"/> works; the defaults are those of river, but for both sides.</summary>
public sealed record PageHinkleyOptions
{
    /// <summary>Sum of deviations that is a change, in units of the values. (default: 50; above 0)</summary>
    public double Threshold { get; init; } = 50;

    /// <summary>Deviation that is forgiven at each value, in units of the values. (default: 0.005; 0 or more)</summary>
    public double Delta { get; init; } = 0.005;

    /// <summary>Share of the sum that stays at each value; 1 makes it the classical cumulative sum. (default: 0.9999; above 0, at most 1)</summary>
    public double Alpha { get; init; } = 0.9999;

    /// <summary>Values before the first alarm. (default: 30; 1 or more)</summary>
    public int MinimumSamples { get; init; } = 30;

    /// <summary>Find decreases too. (default: true)</summary>
    public bool TwoSided { get; init; } = true;

    /// <summary>
    /// Values for which the mean 0 stands already: those of a reference by which the values are standardised. After a change the mean
    /// begins with the values that come then. (default: 0; 0 or more)
    /// </summary>
    public long ReferenceSamples { get; init; }

    /// <summary>Keep the sums at 0 or above, without which a long calm delays an alarm. (default: true)</summary>
    public bool Clamped { get; init; } = true;
}

/// <summary>
/// The Page-Hinkley test: adds up how far values lie above (and below) their mean so far. Page, "Continuous Inspection Schemes",
/// Biometrika 41, 1954.
/// </summary>
/// <remarks>
/// <c>S = max(0, alpha S + x - mean - delta)</c>, likewise with the sign turned for decreases; a change where S exceeds the threshold,
/// whereupon sums and mean begin anew. Made for values whose scale is known: standardise them first.
/// </remarks>
public sealed class PageHinkley(PageHinkleyOptions options) : IDriftDetector
{
    private long _count = options.ReferenceSamples;
    private double _mean;
    private double _up;
    private double _down;

    /// <inheritdoc/>
    public int StateSize => 4 * sizeof(double);

    /// <inheritdoc/>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value))
        {
            return DriftSignal.None;
        }

        double statistic = Next(value);
        if (_count < options.MinimumSamples || statistic <= options.Threshold)
        {
            return DriftSignal.None;
        }

        Reset();
        _count = 0;
        return DriftSignal.Drift;
    }

    /// <summary>Takes the next value and gives the sum that is compared with the threshold, without comparing it.</summary>
    /// <param name="value">Finite.</param>
    public double Next(double value)
    {
        _count++;
        _mean += (value - _mean) / _count;
        double least = options.Clamped ? 0 : double.MinValue;
        _up = Math.Max(least, (options.Alpha * _up) + (value - _mean - options.Delta));
        _down = Math.Max(least, (options.Alpha * _down) + (_mean - value - options.Delta));
        return options.TwoSided ? Math.Max(_up, _down) : _up;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _count = options.ReferenceSamples;
        _mean = 0;
        _up = 0;
        _down = 0;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        writer.Write(_count);
        writer.Write(_mean);
        writer.Write(_up);
        writer.Write(_down);
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        StateReader reader = new(state, StateSize);
        _count = reader.ReadCount();
        _mean = reader.ReadFinite();
        _up = reader.ReadFinite();
        _down = reader.ReadFinite();
        if (!reader.IsValid)
        {
            Reset();
        }

        return reader.IsValid;
    }
}
