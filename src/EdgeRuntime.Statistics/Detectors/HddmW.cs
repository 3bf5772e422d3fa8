namespace EdgeRuntime.Statistics.Detectors;

/// <summary>
/// Drift detection by McDiarmid's bound on fading averages, for error bits: the W-test of the paper named at <see cref="HddmA"/>,
/// which answers abrupt changes sooner.
/// </summary>
/// <remarks>
/// Each average fades by lambda and carries the sum c of its squared weights. The start of the stream with the smallest
/// <c>mean + sqrt(c ln(1 / confidence) / 2)</c> is kept; a change where the average of what came after it lies above by
/// <c>sqrt((c1 + c2) ln(1 / confidence) / 2)</c>. Likewise the largest, for decreases.
/// </remarks>
public sealed class HddmW(HddmOptions options) : IDriftDetector
{
    private Fading _all;
    private Fading _least;
    private Fading _afterLeast;
    private Fading _most;
    private Fading _afterMost;

    /// <inheritdoc/>
    public int StateSize => 10 * sizeof(double);

    /// <summary>Takes the next bit.</summary>
    /// <param name="value">1 for an error, 0 for none; a rate between counts as such. NaN and the infinities change nothing.</param>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value))
        {
            return DriftSignal.None;
        }

        double bit = Math.Clamp(value, 0, 1);
        double drift = Math.Log(1 / options.DriftConfidence) / 2;
        double warning = Math.Log(1 / options.WarningConfidence) / 2;
        _all = _all.With(bit, options.Lambda);

        // The bound of what is kept need not be: it comes out of its average and weight again, to the same bit.
        if (_least.IsEmpty || _all.Mean + Bound(_all, drift) < _least.Mean + Bound(_least, drift))
        {
            _least = _all;
            _afterLeast = default;
        }
        else
        {
            _afterLeast = _afterLeast.With(bit, options.Lambda);
        }

        if (_most.IsEmpty || _all.Mean - Bound(_all, drift) > _most.Mean - Bound(_most, drift))
        {
            _most = _all;
            _afterMost = default;
        }
        else
        {
            _afterMost = _afterMost.With(bit, options.Lambda);
        }

        if (IsAbove(_afterLeast, _least, drift))
        {
            Reset();
            return DriftSignal.Drift;
        }

        bool warns = IsAbove(_afterLeast, _least, warning);
        if (options.Decreases != Decreases.Ignored && IsAbove(_most, _afterMost, drift))
        {
            Reset();
            return options.Decreases == Decreases.Signalled ? DriftSignal.Drift : DriftSignal.None;
        }

        warns |= options.Decreases == Decreases.Signalled && IsAbove(_most, _afterMost, warning);
        return warns ? DriftSignal.Warning : DriftSignal.None;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _all = default;
        _least = default;
        _afterLeast = default;
        _most = default;
        _afterMost = default;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> state)
    {
        StateWriter writer = new(state, StateSize);
        foreach (Fading part in (ReadOnlySpan<Fading>)[_all, _least, _afterLeast, _most, _afterMost])
        {
            writer.Write(part.Mean);
            writer.Write(part.Weight);
        }
    }

    /// <inheritdoc/>
    public bool TryLoadState(ReadOnlySpan<byte> state)
    {
        StateReader reader = new(state, StateSize);
        _all = Fading.Read(ref reader);
        _least = Fading.Read(ref reader);
        _afterLeast = Fading.Read(ref reader);
        _most = Fading.Read(ref reader);
        _afterMost = Fading.Read(ref reader);
        if (!reader.IsValid)
        {
            Reset();
        }

        return reader.IsValid;
    }

    private static double Bound(in Fading part, double confidence) => Math.Sqrt(part.Weight * confidence);

    private static bool IsAbove(in Fading above, in Fading below, double confidence) =>
        !above.IsEmpty && !below.IsEmpty && above.Mean - below.Mean > Math.Sqrt((above.Weight + below.Weight) * confidence);

    /// <param name="Weight">The sum of the squared weights of its bits, above 0; 0 while there are none.</param>
    private readonly record struct Fading(double Mean, double Weight)
    {
        public bool IsEmpty => Weight == 0;

        public Fading With(double bit, double lambda)
        {
            double kept = 1 - lambda;
            return IsEmpty
                ? new Fading(bit, 1)
                : new Fading((lambda * bit) + (kept * Mean), (lambda * lambda) + (kept * kept * Weight));
        }

        public static Fading Read(ref StateReader reader) => new(reader.ReadDouble(0, 1), reader.ReadDouble(0, 1));
    }
}
