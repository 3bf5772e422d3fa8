namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// Drift detection by Hoeffding's bound on averages, for error bits. Frías-Blanco and others, "Online and Non-Parametric Drift
/// Detection Methods Based on Hoeffding's Bounds", IEEE TKDE 27, 2015: the A-test.
/// </summary>
/// <remarks>
/// Remembers the start of the stream after which the mean was surely smallest, and compares the mean of all n bits with that of its
/// c: a change where they differ by <c>sqrt((n - c) / (c n) / 2 ln(2 / confidence))</c>. Likewise the largest, for decreases.
/// </remarks>
public sealed class HddmA(HddmOptions options) : IDriftDetector
{
    private Part _all;
    private Part _least;
    private Part _most;

    /// <inheritdoc/>
    public int StateSize => 6 * sizeof(double);

    /// <summary>Takes the next bit.</summary>
    /// <param name="value">1 for an error, 0 for none; a rate between counts as such. NaN and the infinities change nothing.</param>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value))
        {
            return DriftSignal.None;
        }

        _all = new Part(_all.Count + 1, _all.Sum + Math.Clamp(value, 0, 1));
        if (_all.Count == 1)
        {
            _least = _all;
            _most = _all;
        }

        double bound = Bound(_all.Count);
        if (_least.Mean + Bound(_least.Count) >= _all.Mean + bound)
        {
            _least = _all;
        }

        if (_most.Mean - Bound(_most.Count) <= _all.Mean - bound)
        {
            _most = _all;
        }

        if (Differs(_all.Mean - _least.Mean, _least.Count, options.DriftConfidence))
        {
            Reset();
            return DriftSignal.Drift;
        }

        bool warns = Differs(_all.Mean - _least.Mean, _least.Count, options.WarningConfidence);
        if (options.Decreases != Decreases.Ignored && Differs(_most.Mean - _all.Mean, _most.Count, options.DriftConfidence))
        {
            Reset();
            return options.Decreases == Decreases.Signalled ? DriftSignal.Drift : DriftSignal.None;
        }

        warns |= options.Decreases == Decreases.Signalled
            && Differs(_most.Mean - _all.Mean, _most.Count, options.WarningConfidence);
        return warns ? DriftSignal.Warning : DriftSignal.None;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _all = default;
        _least = default;
        _most = default;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        _all.Write(ref writer);
        _least.Write(ref writer);
        _most.Write(ref writer);
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        StateReader reader = new(state, StateSize);
        _all = Part.Read(ref reader);
        _least = Part.Read(ref reader);
        _most = Part.Read(ref reader);
        bool isWhole = reader.IsValid && _least.Count <= _all.Count && _most.Count <= _all.Count
            && (_all.Count == 0) == (_least.Count == 0) && (_all.Count == 0) == (_most.Count == 0);
        if (!isWhole)
        {
            Reset();
        }

        return isWhole;
    }

    private double Bound(long count) => Math.Sqrt(1.0 / (2 * count) * Math.Log(1 / options.DriftConfidence));

    private bool Differs(double difference, long count, double confidence)
    {
        if (count == _all.Count)
        {
            return false;
        }

        double share = (double)(_all.Count - count) / count * (1.0 / _all.Count);
        return difference >= Math.Sqrt(share / 2 * Math.Log(2 / confidence));
    }

    private readonly record struct Part(long Count, double Sum)
    {
        public double Mean => Sum / Count;

        public void Write(ref StateWriter writer)
        {
            writer.Write(Count);
            writer.Write(Sum);
        }

        public static Part Read(ref StateReader reader) => new(reader.ReadCount(), reader.ReadDouble(0, double.MaxValue));
    }
}
