using EdgeRuntime.Statistics.Sketches;

namespace EdgeRuntime.Statistics.Comparisons;

/// <summary>
/// Wasserstein-1 distance of a window's sketch to its reference in standard deviations of the reference, held against what dealing the
/// reference's own values made of it beforehand. So it costs a device one pass over two sketches.
/// </summary>
/// <remarks>
/// With n and m values the distance shrinks as <c>sqrt(1/n + 1/m)</c>; what is left, <c>d sqrt(nm / (n + m))</c>, has a distribution that
/// hangs on the reference's shape, and where that has heavy tails on m: hence a row of thresholds for some m each, between which the
/// logarithm of m decides. Chances below the last of <see cref="Tails"/> follow from it and 5 % by a straight line of their
/// logarithm, which is more than they are where tails fall faster. Not thread-safe.
/// </remarks>
public sealed class CalibratedWasserstein
{
    private readonly WeightedValues _reference;
    private readonly double[] _sizes;
    private readonly double[] _thresholds;
    private readonly double[] _values = new double[new DDSketch().MostClasses];
    private readonly long[] _counts = new long[new DDSketch().MostClasses];

    /// <param name="reference">Its values, as the classes of a sketch.</param>
    /// <param name="sizes">Sizes of windows, ascending, each above 0; at least one.</param>
    /// <param name="thresholds">For each size what the scaled distance exceeds with each of <see cref="Tails"/>, ascending; row by row.</param>
    /// <exception cref="ArgumentException">They are not as said.</exception>
    public CalibratedWasserstein(WeightedValues reference, IReadOnlyList<double> sizes, IReadOnlyList<double> thresholds)
    {
        if (sizes.Count == 0 || thresholds.Count != sizes.Count * Tails.Count)
        {
            throw new ArgumentException($"{thresholds.Count} thresholds are not {Tails.Count} for each of {sizes.Count} sizes");
        }

        _reference = reference;
        _sizes = [.. sizes];
        _thresholds = [.. thresholds];
    }

    /// <summary>Chances that thresholds are made for.</summary>
    public static IReadOnlyList<double> Tails { get; } = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

    /// <summary>Holds a window against the reference.</summary>
    /// <param name="window">Of the default accuracy and size.</param>
    /// <param name="referenceSize">Values of the reference that count as independent.</param>
    /// <param name="windowSize">Values of the window that do.</param>
    /// <param name="limits">What has to be shown for drift.</param>
    public ComparisonResult Compare(DDSketch window, double referenceSize, double windowSize, ComparisonLimits limits)
    {
        int classes = window.CopyClasses(_values, _counts);
        ComparisonResult result = new()
        {
            Method = ComparisonMethod.Wasserstein,
            Statistic = 0,
            Effect = 0,
            Threshold = double.NaN,
            PValue = 1,
            ReferenceSize = referenceSize,
            CurrentSize = windowSize,
            Cells = classes,
            Limits = limits,
        };
        if (classes == 0 || _reference.Total == 0 || !(referenceSize > 0 && windowSize > 0))
        {
            return result;
        }

        double distance = WassersteinTest.Distance(_reference, _values.AsSpan(0, classes), _counts.AsSpan(0, classes)) / Unit(_reference);
        double scale = Scale(referenceSize, windowSize);
        Span<double> row = stackalloc double[Tails.Count];
        Interpolate(windowSize, row);
        return result with
        {
            Statistic = distance,
            Effect = distance,
            PValue = Chance(row, distance * scale),
            Threshold = Exceeded(row, limits.Level) / scale,
        };
    }

    /// <summary>What a distance is multiplied with so that its distribution no longer hangs on the sizes.</summary>
    internal static double Scale(double referenceSize, double windowSize) => Math.Sqrt(referenceSize * windowSize / (referenceSize + windowSize));

    /// <summary>What distances are told in.</summary>
    internal static double Unit(WeightedValues reference) => reference.Deviation > 0 ? reference.Deviation : 1;

    // The row of thresholds for a size; beyond the first and the last of the sizes theirs.
    private void Interpolate(double size, Span<double> row)
    {
        int upper = 0;
        while (upper < _sizes.Length - 1 && _sizes[upper] < size)
        {
            upper++;
        }

        int lower = upper > 0 && size < _sizes[upper] ? upper - 1 : upper;
        double share = lower == upper ? 0 : Math.Log(size / _sizes[lower]) / Math.Log(_sizes[upper] / _sizes[lower]);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = ((1 - share) * _thresholds[(lower * row.Length) + i]) + (share * _thresholds[(upper * row.Length) + i]);
        }
    }

    // How fast the logarithm of the chance falls beyond the last threshold; 0 where that is not known.
    private static double Slope(ReadOnlySpan<double> row) =>
        row[^1] > row[3] ? Math.Log(Tails[3] / Tails[^1]) / (row[^1] - row[3]) : 0;

    private static double Chance(ReadOnlySpan<double> row, double scaled)
    {
        if (scaled >= row[^1])
        {
            return Tails[^1] * Math.Exp(-Slope(row) * (scaled - row[^1]));
        }

        int above = 0;
        while (row[above] <= scaled)
        {
            above++;
        }

        double low = above == 0 ? 0 : row[above - 1];
        double chance = above == 0 ? 1 : Tails[above - 1];
        return chance * Math.Exp((scaled - low) / (row[above] - low) * Math.Log(Tails[above] / chance));
    }

    private static double Exceeded(ReadOnlySpan<double> row, double level)
    {
        if (level <= Tails[^1])
        {
            double slope = Slope(row);
            return slope > 0 ? row[^1] + (Math.Log(Tails[^1] / level) / slope) : level < Tails[^1] ? double.PositiveInfinity : row[^1];
        }

        int at = 0;
        while (Tails[at] > level)
        {
            at++;
        }

        double low = at == 0 ? 0 : row[at - 1];
        double chance = at == 0 ? 1 : Tails[at - 1];
        return low + ((row[at] - low) * Math.Log(level / chance) / Math.Log(Tails[at] / chance));
    }
}
