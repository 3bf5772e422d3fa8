namespace EdgeRuntime.Statistics.Counters;

/// <summary>The whole numbers that values become before their powers are summed up, so that sums do not hang on the order.</summary>
/// <remarks>
/// A value x becomes <c>round((x - origin) / step)</c>, and ends at ±<see cref="Limit"/>. The step is a power of two and the origin a
/// multiple of it, so that the quotient of what a sensor can say is mostly exact.
/// </remarks>
/// <param name="Origin">The value that becomes 0; finite.</param>
/// <param name="Step">Width of one whole number, in the value's unit; above 0.</param>
public readonly record struct MomentScale(double Origin, double Step)
{
    /// <summary>Largest magnitude of a whole number: its fourth power leaves 2^47 of them in 128 bits.</summary>
    public const int Limit = 1 << 20;

    // Steps in the middle of the reference, between this and twice as many: some 32 in a standard deviation, which adds
    // 1/(12 * 32^2), a ten-thousandth, to a variance, and keeps the sums of a window short on the wire.
    private const double StepsInside = 64;

    // Beyond these no reference has a middle; powers of two that are normal.
    private const double Smallest = 1e-290;
    private const double Largest = 1e290;

    /// <summary>The scale that belongs to a reference's bins: every program that knows the edges finds the same one.</summary>
    /// <param name="edges">At least one, finite, ascending.</param>
    public static MomentScale Of(ReadOnlySpan<double> edges)
    {
        // The outermost edges lie where nothing was seen, or at the one largest value that was.
        ReadOnlySpan<double> inner = edges.Length >= 5 ? edges[1..^1] : edges;
        double span = (inner[^1] / 2) - (inner[0] / 2);
        span = span > 0 ? span * 2 : Math.Abs(inner[0]);
        span = span > 0 ? Math.Clamp(span, Smallest, Largest) : 1;
        double step = Math.ScaleB(1, Math.ILogB(span)) / StepsInside;
        double middle = edges[edges.Length / 2];
        double origin = Math.Round(middle / step) * step;
        return new MomentScale(double.IsFinite(origin) ? origin : middle, step);
    }

    /// <summary>The whole number of a value.</summary>
    /// <param name="value">Finite.</param>
    /// <returns>Beyond ±<see cref="Limit"/> where the value is outside.</returns>
    internal double StepsOf(double value) => Math.Round((value - Origin) / Step);
}
